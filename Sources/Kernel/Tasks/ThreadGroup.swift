import Credentials
import LinuxABI

/// A process (signal_struct): its threads, its parent and children, its session, and how it ended.
package final class ThreadGroup {
    /// The leader's identity; stays when the leader has exited.
    package internal(set) var pid: PID
    package internal(set) var leader: Task?
    /// In the order of their making; a leader that exited before the others stays.
    package internal(set) var threads = OrderedMembers<Task>()
    /// Threads that have not exited.
    package internal(set) var liveThreads = 0
    /// The leader has exited, and the platform has still to tell its end.
    var awaitsLeader = false
    package internal(set) weak var parent: ThreadGroup?
    /// The parent's thread that forked, or inherited, this process (real_parent).
    package internal(set) weak var parentThread: Task?
    package internal(set) var children = OrderedMembers<ThreadGroup>()
    /// Those of `children` that are zombies and wait to be reaped.
    package internal(set) var deadChildren = OrderedMembers<ThreadGroup>()
    /// How many children have a stop or continuation that wait(2) has not reported.
    var unreportedStops = 0
    /// Position among the siblings, by birth or adoption.
    var siblingOrder: UInt64 = 0
    var nextSiblingOrder: UInt64 = 0
    /// Sent to the parent at exit; 0 sends none (clone(2), "The child termination signal").
    package internal(set) var exitSignal: Int32 = 17
    package internal(set) var processGroup: PID
    package internal(set) var session: PID
    /// Whether the sandbox's terminal is its controlling terminal.
    package internal(set) var hasTerminal = false
    /// wait status (wait(2)), once dead.
    package internal(set) var exitStatus: Int32?
    /// Those who wait for children of this group.
    package let childEvents = WaitQueue()
    /// PR_SET_CHILD_SUBREAPER.
    package internal(set) var isChildSubreaper = false
    /// Counts execs; a child's exit signal other than SIGCHLD is for the program that forked it.
    package internal(set) var execCount: UInt64 = 0
    var parentExecCount: UInt64 = 0
    package internal(set) var hasExecuted = false
    /// 16 soft and hard limits by RLIMIT_* number (getrlimit(2)).
    package var limits: [ResourceLimit]
    /// Signals for the whole process that count for its user.
    var pendingSignals = PendingSignals()
    /// Shared with the processes made with CLONE_SIGHAND.
    package internal(set) var handlers = SignalHandlers()
    package var autoReapsChildren: Bool {
        get { handlers.autoReapsChildren }
        set { handlers.autoReapsChildren = newValue }
    }
    package var ignoresChildSignal: Bool {
        get { handlers.ignoresChildSignal }
        set { handlers.ignoresChildSignal = newValue }
    }
    package var ignoresChildStops: Bool {
        get { handlers.ignoresChildStops }
        set { handlers.ignoresChildStops = newValue }
    }
    /// Asynchronous signals may come from timers on the host (alarm, setitimer, timer_create).
    package var hasTimers = false
    /// One for each of its POSIX timers, whichever it is.
    package var timers: [QuotaUse] = []
    /// Stopped by this signal, until continued.
    package internal(set) var stopSignal: Signal?
    /// For the platform: a stop signal was sent and no SIGCONT since, so it is stopped or may soon be.
    package var mayStop = false
    package internal(set) var stopReported = true
    package internal(set) var continueReported = true
    /// What reaped children used, and theirs (RUSAGE_CHILDREN).
    package internal(set) var childrenUsage = HostStatistics()
    /// What the process had used when its last thread exited.
    package internal(set) var finalUsage: HostStatistics?
    /// The host wait status of an init that waits for the other members of its PID namespace to go.
    var pendingStatus: Int32?
    var isReaped = false
    /// CLOCK_BOOTTIME at the start, in clock ticks of 10 ms.
    package let startTicks: UInt64
    package var oomScoreAdjustment: Int32 = 0
    /// How far oom_score_adj may be lowered without CAP_SYS_RESOURCE.
    package var oomScoreFloor: Int32 = 0
    package var login = LoginIdentity()
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

extension ThreadGroup {
    /// With each SIGXCPU the soft limit of RLIMIT_CPU goes up by a second (check_process_timers).
    package func noteProcessorTimeLimit(of task: Task) {
        let index = ResourceLimit.processorTime
        guard limits[index].soft != ResourceLimit.infinity,
            let present = task.kernel.platform.processorTimeLimit(of: task), present > limits[index].soft
        else { return }
        limits[index].soft = present
    }
}

/// What the model knows of a process's signal actions (sighand_struct): that of SIGCHLD.
package final class SignalHandlers {
    /// SIGCHLD is ignored or SA_NOCLDWAIT is set: children are reaped at once.
    package var autoReapsChildren = false
    /// SIGCHLD's action is SIG_IGN: none is sent.
    package var ignoresChildSignal = false
    /// SA_NOCLDSTOP: no SIGCHLD for stops and continuations.
    package var ignoresChildStops = false
    /// Processes that share them.
    package internal(set) var users = 1

    package init() {}

    func copy() -> SignalHandlers {
        let copy = SignalHandlers()
        copy.autoReapsChildren = autoReapsChildren
        copy.ignoresChildSignal = ignoresChildSignal
        copy.ignoresChildStops = ignoresChildStops
        return copy
    }
}

/// Who logged in, as audit has it: −1 each until somebody sets it (proc_pid_loginuid(5)).
package struct LoginIdentity: Sendable {
    package var uid = KUID.invalid
    package var session: UInt32 = .max
    package init() {}
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
