import Credentials
import LinuxABI

/// A process (signal_struct): its threads, its parent and children, its session, and how it ended.
package final class ThreadGroup {
    /// The leader's identity; stays when the leader has exited.
    package internal(set) var pid: PID
    package internal(set) var leader: Task?
    package internal(set) var threads: [Task] = []
    package internal(set) weak var parent: ThreadGroup?
    package internal(set) var children: [ThreadGroup] = []
    /// Sent to the parent at exit; 0 sends none (clone(2), "The child termination signal").
    package internal(set) var exitSignal: Int32 = 17
    package internal(set) var processGroup: PID
    package internal(set) var session: PID
    /// wait status (wait(2)), once dead.
    package internal(set) var exitStatus: Int32?
    /// Those who wait for children of this group.
    package let childEvents = WaitQueue()
    package internal(set) var isChildSubreaper = false
    package internal(set) var hasExecuted = false
    /// 16 soft and hard limits by RLIMIT_* number (getrlimit(2)).
    package var limits: [ResourceLimit]
    /// SIGCHLD is ignored or SA_NOCLDWAIT is set: children are reaped at once.
    package var autoReapsChildren = false
    /// Stopped by this signal, until continued.
    package internal(set) var stopSignal: Signal?
    package internal(set) var stopReported = true
    package internal(set) var continueReported = true
    /// CLOCK_BOOTTIME at the start, in clock ticks of 10 ms.
    package let startTicks: UInt64
    package var oomScoreAdjustment: Int32 = 0
    package var hostProcess: AnyObject?

    package init(pid: PID, processGroup: PID, session: PID, limits: [ResourceLimit], startTicks: UInt64) {
        self.pid = pid
        self.processGroup = processGroup
        self.session = session
        self.limits = limits
        self.startTicks = startTicks
    }

    package var isZombie: Bool { exitStatus != nil }
    package var isMultithreaded: Bool { threads.count > 1 }
}

package struct ResourceLimit: Hashable, Sendable {
    package var soft: UInt64
    package var hard: UInt64
    package init(soft: UInt64, hard: UInt64) {
        self.soft = soft
        self.hard = hard
    }
    package static let infinity = UInt64.max
}
