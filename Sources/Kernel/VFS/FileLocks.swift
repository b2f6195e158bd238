import Credentials
import LinuxABI

/// The advisory locks on one inode (file_lock_context); an inode without any has none of these.
package final class FileLocks {
    private let table: LockTable
    private let serial: UInt64
    fileprivate(set) unowned var inode: Inode
    let flocks: LockSet
    let records: LockSet

    fileprivate init(_ inode: Inode, _ table: LockTable) {
        self.inode = inode
        self.table = table
        serial = table.nextSerial
        table.nextSerial &+= 1
        flocks = LockSet(.flock, table)
        records = LockSet(.record, table)
        table.files[serial] = LockTable.Entry(locks: self)
    }
    deinit { table.files[serial] = nil }

    private var isEmpty: Bool { flocks.isEmpty && records.isEmpty }

    /// locks_remove_posix(): the record locks of a process go when it closes any of its fds of the file.
    package func releaseRecords(of table: FDTable) {
        records.release(LockOwner(table))
        dropIfEmpty()
    }

    /// locks_remove_file(): a description's locks go with it.
    func releaseAll(of file: OpenFile) {
        let owner = LockOwner(file)
        records.release(owner)
        flocks.release(owner)
        dropIfEmpty()
    }

    fileprivate func dropIfEmpty() {
        if isEmpty { inode.locks = nil }
    }

    /// The record lock that keeps `owner` from locking `range`; without a kind, its own first lock there
    /// (posix_test_lock).
    package func test(
        _ kind: LockKind?, _ range: ClosedRange<Int64>, of owner: LockOwner
    ) -> (owner: LockOwner, piece: LockPiece)? {
        guard let kind else { return records.list.own(in: range, of: owner).map { (owner, $0) } }
        return records.list.conflict(with: kind, in: range, of: owner)
    }
}

/// All advisory locks of the sandbox: how many there are, who waits, and whose waiting is over.
package final class LockTable {
    /// How many the sentry keeps: beyond them locking is ENOLCK.
    static let limit = 1 << 16
    /// Linux gives up the search for a deadlock after so many steps (MAX_DEADLK_ITERATIONS).
    private static let maximumSteps = 10

    struct Entry {
        weak var locks: FileLocks?
    }
    /// Inodes with locks, in the order of their first lock.
    var files: [UInt64: Entry] = [:]
    var nextSerial: UInt64 = 1
    var count: Int { charge.bytes / Self.footprint }
    /// The pieces.
    private var charge: Charge
    /// A piece, with its share of what is kept of its owner and file.
    private static let footprint = 192
    /// Requests whose waiting is over, and whom nobody has woken yet.
    var finished: [LockRequest] = []
    /// Requests for record locks that wait, by owner (blocked_hash).
    private var waiting: [LockOwner: [LockRequest]] = [:]

    package init(budget: Budget) { charge = Charge(overdrawing: budget, .locks, 0) }

    /// Counts pieces that come; throws ENOLCK where there are too many.
    func add(_ pieces: Int) throws(Errno) {
        guard count + pieces <= Self.limit else { throw .ENOLCK }
        do throws(Refusal) { try charge.resize(to: charge.bytes + pieces * Self.footprint) } catch { throw error.errno }
    }
    /// Counts pieces that go.
    func remove(_ pieces: Int) { charge.resize(overdrawingTo: charge.bytes - pieces * Self.footprint) }

    /// Locks or unlocks; false when the request waits.
    package func request(_ request: LockRequest, waits: Bool) throws(Refusal) -> Bool {
        let inode = request.file.inode
        if request.kind == nil, inode.locks == nil { return true }
        let locks = inode.locks ?? FileLocks(inode, self)
        inode.locks = locks
        defer { locks.dropIfEmpty() }
        do throws(Errno) {
            let set = request.family == .flock ? locks.flocks : locks.records
            return try set.request(request, waits: waits)
        } catch {
            throw Refusal(error)
        }
    }

    /// Takes the requests whose waiting is over.
    package func takeFinished() -> [LockRequest] {
        guard !finished.isEmpty else { return [] }
        defer { finished = [] }
        return finished
    }

    // MARK: Deadlocks

    func addWaiting(_ request: LockRequest) { waiting[request.owner, default: []].append(request) }

    func removeWaiting(_ request: LockRequest) {
        waiting[request.owner]?.removeAll { $0 === request }
        if waiting[request.owner]?.isEmpty == true { waiting[request.owner] = nil }
    }

    /// posix_locks_deadlock(): whether `owner` waits, over others, for who makes `request`. Who holds a description's lock
    /// is not known, so nobody is found to wait for one (__locks_insert_block).
    func deadlocks(_ request: LockRequest, on owner: LockOwner) -> Bool {
        guard request.family == .record, !request.owner.isDescription else { return false }
        var owner = owner
        for _ in 0...Self.maximumSteps {
            let waits = waiting[owner]?.last { $0.blocker?.isDescription == false }
            guard let next = waits?.blocker else { return false }
            if next == request.owner { return true }
            owner = next
        }
        return false
    }

    // MARK: What there is

    /// A lock as /proc/locks shows it.
    package struct Record {
        package let inode: Inode
        package let family: LockFamily
        package let owner: LockOwner
        package let kind: LockKind
        package let range: ClosedRange<Int64>
        package let holder: AnyObject
        package let isWaiting: Bool

        init(_ inode: Inode, _ family: LockFamily, _ owner: LockOwner, _ piece: LockPiece, isWaiting: Bool = false) {
            self.inode = inode
            self.family = family
            self.owner = owner
            kind = piece.kind
            range = piece.range
            holder = piece.holder
            self.isWaiting = isWaiting
        }
    }

    /// Every lock, each followed by the requests that wait for its owner.
    package var records: [Record] {
        files.sorted { $0.key < $1.key }.compactMap { $0.value.locks }.flatMap { locks in
            Self.records(locks.inode, locks.flocks) + Self.records(locks.inode, locks.records)
        }
    }

    private static func records(_ inode: Inode, _ set: LockSet) -> [Record] {
        var records: [Record] = []
        var waiting = Dictionary(grouping: set.waiting) { $0.blocker }
        set.list.forEach { owner, piece in
            records.append(Record(inode, set.family, owner, piece))
            guard let requests = waiting[owner] else { return }
            // Each is shown once, below the first lock that it could wait for.
            waiting[owner] = requests.filter { request in
                guard request.range.overlaps(piece.range), let wanted = request.piece else { return true }
                records.append(Record(inode, set.family, request.owner, wanted, isWaiting: true))
                return false
            }
        }
        return records
    }
}

extension OpenFile {
    /// The locks that /proc/[pid]/fdinfo shows: those taken by this description for `table` or for itself
    /// (show_fd_locks).
    package func shownLocks(_ table: FDTable) -> [LockTable.Record] {
        guard let locks = inode.locks else { return [] }
        var shown: [LockTable.Record] = []
        let own = LockOwner(self), process = LockOwner(table)
        for set in [locks.flocks, locks.records] {
            set.list.forEach { owner, piece in
                guard owner == own || owner == process, piece.file == ObjectIdentifier(self) else { return }
                shown.append(LockTable.Record(inode, set.family, owner, piece))
            }
        }
        return shown
    }
}
