import Credentials
import LinuxABI

/// How a handler ends: what the caller's call returns, or that it does not return yet.
package enum Outcome {
    case value(Int64)
    /// The host executes the call as it stands; only where all that matters is in registers.
    case continueOnHost
    /// The call waits on `queue`. When woken, or when `deadline` (CLOCK_MONOTONIC, ns) passes, it is dispatched again
    /// from its arguments, in the latter case with `Task.deadlinePassed` set; a signal ends it with `restart`.
    case park(WaitQueue, restart: Errno, deadline: UInt64? = nil)
    /// The caller's own thread makes these calls on the host, whose completion then tells the result.
    case callHost(HostCallSequence)

    package static var success: Outcome { .value(0) }
}

/// The six argument registers of a call.
package struct Arguments: Equatable, Sendable {
    package var a0, a1, a2, a3, a4, a5: UInt64
    package init(
        _ a0: UInt64 = 0, _ a1: UInt64 = 0, _ a2: UInt64 = 0, _ a3: UInt64 = 0, _ a4: UInt64 = 0, _ a5: UInt64 = 0
    ) {
        self.a0 = a0
        self.a1 = a1
        self.a2 = a2
        self.a3 = a3
        self.a4 = a4
        self.a5 = a5
    }
    /// The register at `index`, 0 for indexes that no call has.
    package subscript(index: Int) -> UInt64 {
        get {
            switch index {
            case 0: a0
            case 1: a1
            case 2: a2
            case 3: a3
            case 4: a4
            case 5: a5
            default: 0
            }
        }
        set {
            switch index {
            case 0: a0 = newValue
            case 1: a1 = newValue
            case 2: a2 = newValue
            case 3: a3 = newValue
            case 4: a4 = newValue
            case 5: a5 = newValue
            default: break
            }
        }
    }
    /// An argument's low 32 bits as C's int or unsigned sees them.
    package static func int(_ value: UInt64) -> Int32 { Int32(truncatingIfNeeded: value) }
    package static func unsigned(_ value: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: value) }
}

/// Tasks whose call waits for the same event.
package final class WaitQueue {
    package private(set) var waiters: [Task] = []
    package init() {}
    package func add(_ task: Task) { waiters.append(task) }
    package func remove(_ task: Task) { waiters.removeAll { $0 === task } }
    /// Takes all waiters out; the kernel then dispatches each call again.
    package func takeAll() -> [Task] {
        defer { waiters.removeAll(keepingCapacity: true) }
        return waiters
    }
}

/// What a waiting call keeps in `Task.awaited` when it may have done a part of its work.
package protocol PartialResult: AnyObject {
    /// What the call returns if it is ended now; nil when nothing is done.
    var partialResult: Int64? { get }
}

/// A call that waits: enough to dispatch it again.
package struct ParkedCall {
    package let number: UInt32
    package let arguments: Arguments
    package let queue: WaitQueue
    /// What a signal makes of the call.
    package let restart: Errno
    /// CLOCK_MONOTONIC, ns: when to dispatch it again though nobody woke it.
    package let deadline: UInt64?
    /// What it has done already, and returns if a signal ends it.
    var partial: Int64?
    /// How the call ends when a signal comes.
    package var interruption: Result<Int64, Errno> {
        if let partial { return .success(partial) }
        return .failure(restart)
    }
    package init(number: UInt32, arguments: Arguments, queue: WaitQueue, restart: Errno, deadline: UInt64? = nil) {
        self.number = number
        self.arguments = arguments
        self.queue = queue
        self.restart = restart
        self.deadline = deadline
    }
}
