import Credentials
import LinuxABI

/// A call that waits, as a value: what it decoded when it began, and the objects that it holds. It is never decoded again, so
/// nothing that others write into memory, registers or fd tables meanwhile changes what it does.
package protocol WaitingCall: AnyObject {
    /// Where it is woken.
    var queue: WaitQueue { get }
    /// CLOCK_MONOTONIC, ns: when it goes on though nobody woke it.
    var deadline: UInt64? { get }
    /// Goes on, because what it waits for may have come. It ends, or waits again by returning `.wait(self)`.
    func resume(_ task: Task, _ wakeup: Wakeup) throws(Refusal) -> Outcome
    /// How it ends when a signal comes: with what it has done already, or with a restart code (signal(7)).
    var interruption: Result<Int64, Errno> { get }
    /// The files that it was given by fds, and those that are to travel with what it sends.
    var heldFiles: [OpenFile] { get }
    /// It has ended without going on, by a signal or the task's death.
    func abandon()
}

extension WaitingCall {
    package var deadline: UInt64? { nil }
    package var heldFiles: [OpenFile] { [] }
    package func abandon() {}
}

/// Why a waiting call goes on.
package enum Wakeup: Sendable {
    case event
    case deadline
}

/// Tasks whose call waits for the same event, in the order in which they came.
package final class WaitQueue {
    package private(set) var waiters: [Task] = []
    package init() {}
    package func add(_ task: Task) { waiters.append(task) }
    package func remove(_ task: Task) { waiters.removeAll { $0 === task } }
    /// Takes all waiters out; the kernel then lets each call go on.
    package func takeAll() -> [Task] {
        defer { waiters.removeAll(keepingCapacity: true) }
        return waiters
    }
}
