import Credentials
import LinuxABI

/// What a lock allows others beside it: shared locks any number of shared ones, an exclusive lock none.
package enum LockKind: Sendable {
    case shared, exclusive
}

/// The two families of advisory locks, which know nothing of each other.
package enum LockFamily: Sendable {
    /// flock(2): the whole file, for an open file description.
    case flock
    /// fcntl_locking(2): ranges of bytes, for a process or an open file description.
    case record
}

/// Whose a lock is (flc_owner): an open file description's, or, of record locks, all processes' that share an fd table.
package struct LockOwner: Hashable {
    private let identity: ObjectIdentifier
    package let isDescription: Bool

    package init(_ file: OpenFile) {
        identity = ObjectIdentifier(file)
        isDescription = true
    }
    package init(_ table: FDTable) {
        identity = ObjectIdentifier(table)
        isDescription = false
    }
}

/// A piece of a file that is locked in one way.
package struct LockPiece {
    package internal(set) var range: ClosedRange<Int64>
    package let kind: LockKind
    /// The process that took it; only the kernel knows what it is.
    package let holder: AnyObject
    /// The description through which it was taken.
    let file: ObjectIdentifier
}

/// A lock that is asked for, or a range that is to be unlocked; it can wait.
package class LockRequest {
    /// Kept open while the request waits.
    package let file: OpenFile
    package let family: LockFamily
    package let owner: LockOwner
    /// Nil unlocks.
    package let kind: LockKind?
    package let range: ClosedRange<Int64>
    let holder: AnyObject
    /// Once the waiting is over: success, or EDEADLK or ENOLCK.
    package internal(set) var result: Result<Void, Errno>?
    /// Where it waits, and for whose lock.
    weak var locks: LockSet?
    var blocker: LockOwner?

    package static let wholeFile: ClosedRange<Int64> = 0...Int64.max

    package init(
        _ family: LockFamily, _ file: OpenFile, owner: LockOwner, kind: LockKind?,
        range: ClosedRange<Int64> = LockRequest.wholeFile, holder: AnyObject
    ) {
        self.family = family
        self.file = file
        self.owner = owner
        self.kind = kind
        self.range = range
        self.holder = holder
    }

    var piece: LockPiece? {
        kind.map { LockPiece(range: range, kind: $0, holder: holder, file: ObjectIdentifier(file)) }
    }

    /// Waits no longer, because the call has ended (locks_delete_block).
    package func cancel() { locks?.cancel(self) }
}
