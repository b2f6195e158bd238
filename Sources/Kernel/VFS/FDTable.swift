import Credentials
import LinuxABI

/// files_struct: a thread group's fds, or those shared by CLONE_FILES. The sentry's table is the authority; the
/// host's table of the task mirrors it number by number.
package final class FDTable {
    package struct Entry {
        package var file: OpenFile
        package var closeOnExec: Bool
        package init(file: OpenFile, closeOnExec: Bool) {
            self.file = file
            self.closeOnExec = closeOnExec
        }
    }

    /// Indexed by fd.
    package private(set) var entries: [Entry?] = []
    /// Tasks that share this table.
    package var users = 1
    private var lowestFree = 0
    private var signalFiles = 0
    /// Numbers that waiting calls will fill.
    private var reserved: Set<Int32> = []
    /// Whether it holds a signalfd.
    package var showsSignals: Bool { signalFiles > 0 }
    /// The host number at which the platform keeps its loader stub; free for the guest, for whom the platform moves it.
    package var stubNumber: Int32 = FDTable.initialStubNumber
    /// The last slot of a host table that has not grown: it costs a fork nothing.
    package static let initialStubNumber: Int32 = 63

    /// Numbers that are free here and may be taken in the host's table, as somebody closed them while the table was shared.
    private var leftovers: Set<Int32> = []
    /// Where the host last made a copy of a descriptor itself, perhaps only now.
    private var copied: Int32?

    package init() {}

    package func copy() -> FDTable {
        let table = FDTable()
        table.entries = entries
        table.lowestFree = lowestFree
        table.signalFiles = signalFiles
        table.stubNumber = stubNumber
        table.leftovers = leftovers
        return table
    }

    @inlinable package subscript(fd: Int32) -> OpenFile? { entry(fd)?.file }

    package func entry(_ fd: Int32) -> Entry? {
        guard fd >= 0, Int(fd) < entries.count else { return nil }
        return entries[Int(fd)]
    }

    /// The lowest fd that refers to `file`.
    package func number(of file: OpenFile) -> Int32? {
        entries.firstIndex { $0?.file === file }.flatMap { Int32(exactly: $0) }
    }

    /// One more than the highest fd.
    package var end: Int { (entries.lastIndex { $0 != nil } ?? -1) + 1 }

    /// The file behind `fd`; throws EBADF.
    package func file(_ fd: Int32) throws(Refusal) -> OpenFile {
        guard let entry = entry(fd) else { throw Refusal(.EBADF) }
        return entry.file
    }

    /// The lowest free fd at or above `minimum`; throws EMFILE at `limit` (RLIMIT_NOFILE).
    package func lowestFree(from minimum: Int32 = 0, limit: Int) throws(Refusal) -> Int32 {
        var fd = max(Int(minimum), lowestFree)
        while isTaken(fd) { fd += 1 }
        guard fd < limit, let number = Int32(exactly: fd) else { throw Refusal(.EMFILE) }
        return number
    }

    private func isTaken(_ fd: Int) -> Bool {
        if fd < entries.count, entries[fd] != nil { return true }
        return !reserved.isEmpty && reserved.contains(Int32(truncatingIfNeeded: fd))
    }

    /// Whether a waiting call will fill `fd`: nobody else may (do_dup2: EBUSY).
    package func isReserved(_ fd: Int32) -> Bool { !reserved.isEmpty && reserved.contains(fd) }

    /// Keeps the lowest free fd for a call that waits before it has a file (get_unused_fd_flags).
    package func reserve(limit: Int) throws(Refusal) -> ReservedNumber {
        let fd = try lowestFree(limit: limit)
        reserved.insert(fd)
        return ReservedNumber(fd, in: self)
    }

    fileprivate func release(_ fd: Int32) { reserved.remove(fd) }

    /// Puts `file` at `fd`, returning what was there.
    @discardableResult
    package func set(_ fd: Int32, _ file: OpenFile, closeOnExec: Bool) -> OpenFile? {
        let index = Int(fd)
        if index >= entries.count { entries.append(contentsOf: repeatElement(nil, count: index - entries.count + 1)) }
        let old = entries[index]?.file
        if old?.showsSignals == true { signalFiles -= 1 }
        if file.showsSignals { signalFiles += 1 }
        if !leftovers.isEmpty { leftovers.remove(fd) }
        entries[index] = Entry(file: file, closeOnExec: closeOnExec)
        if index == lowestFree { advanceLowestFree() }
        return old
    }

    /// Puts `file`, which has another number already, where the host is about to copy it.
    @discardableResult
    package func setCopy(_ fd: Int32, _ file: OpenFile, closeOnExec: Bool) -> OpenFile? {
        copied = fd
        return set(fd, file, closeOnExec: closeOnExec)
    }

    /// A number at which the host has the file of `fd` by now.
    package func settled(_ fd: Int32) -> Int32 {
        guard fd == copied, let file = self[fd] else { return fd }
        let other = entries.indices.first { $0 != Int(fd) && entries[$0]?.file === file }
        return other.flatMap { Int32(exactly: $0) } ?? fd
    }

    /// Whether the same numbers are taken in the host's table, but for those that the platform uses.
    package var isLikeTheHosts: Bool { leftovers.isEmpty && reserved.isEmpty }

    /// The host's table keeps something at `fd`, which is free here.
    package func leave(_ fd: Int32) { leftovers.insert(fd) }

    /// Removes `fd`, returning what was there.
    @discardableResult
    package func remove(_ fd: Int32) -> OpenFile? {
        guard let old = entry(fd) else { return nil }
        if old.file.showsSignals { signalFiles -= 1 }
        entries[Int(fd)] = nil
        lowestFree = min(lowestFree, Int(fd))
        return old.file
    }

    package func setCloseOnExec(_ fd: Int32, _ value: Bool) {
        guard entry(fd) != nil else { return }
        entries[Int(fd)]?.closeOnExec = value
    }

    /// Drops what an exec by `caller` closes.
    package func removeCloseOnExec(by caller: any Caller) {
        // What stands for a closed number is closed at an exec.
        leftovers = []
        for fd in entries.indices {
            guard let entry = entries[fd], entry.closeOnExec else { continue }
            if entry.file.showsSignals { signalFiles -= 1 }
            entries[fd] = nil
            lowestFree = min(lowestFree, fd)
            entry.file.flush(by: caller)
        }
    }

    /// Drops everything, when `caller`, the last task that used the table, is gone.
    package func removeAll(by caller: any Caller) {
        for entry in entries { entry?.file.flush(by: caller) }
        entries = []
        signalFiles = 0
        lowestFree = 0
    }

    private func advanceLowestFree() {
        while lowestFree < entries.count, entries[lowestFree] != nil { lowestFree += 1 }
    }
}

/// A number of an fd table that is kept for a call that waits, for as long as this lives.
package final class ReservedNumber {
    package let fd: Int32
    private weak var table: FDTable?

    fileprivate init(_ fd: Int32, in table: FDTable) {
        self.fd = fd
        self.table = table
    }

    deinit { table?.release(fd) }
}
