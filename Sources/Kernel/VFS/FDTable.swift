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

    /// By fd, in chunks: a file at a high number costs no room for all below it, and a copy shares what it does not change.
    /// A chunk is as long as its last file needs, and empty where there never was one.
    private var chunks: [[Entry?]] = []
    private static let chunkBits = 8
    private static let chunkSize = 1 << chunkBits
    /// What the chunks take, as if none were shared.
    private var charge: Charge
    /// Tasks that share this table.
    package var users = 1
    private var lowestFree = 0
    private var followedFiles = 0
    /// Numbers that waiting calls will fill.
    private var reserved: Set<Int32> = []
    /// Whether it holds a file whose reads no filter can tell from others.
    package var needsFollowing: Bool { followedFiles > 0 }
    /// The host number at which the platform keeps its loader stub; free for the guest, for whom the platform moves it.
    package var stubNumber: Int32 = FDTable.initialStubNumber
    /// The last slot of a host table that has not grown: it costs a fork nothing.
    package static let initialStubNumber: Int32 = 63

    /// Numbers that are free here and may be taken in the host's table, as somebody closed them while the table was shared.
    private var leftovers: Set<Int32> = []
    /// Where the host last made a copy of a descriptor itself, perhaps only now.
    private var copied: Int32?

    package init(budget: Budget) { charge = Charge(overdrawing: budget, .openFiles, Self.footprint) }

    /// The object and its task's FSContext.
    private static let footprint = 256

    package func copy(budget: Budget) -> FDTable {
        let table = FDTable(budget: budget)
        table.charge.resize(overdrawingTo: charge.bytes)
        table.chunks = chunks
        table.lowestFree = lowestFree
        table.followedFiles = followedFiles
        table.stubNumber = stubNumber
        table.leftovers = leftovers
        return table
    }

    @inlinable package subscript(fd: Int32) -> OpenFile? { entry(fd)?.file }

    package func entry(_ fd: Int32) -> Entry? {
        let chunk = Int(fd) >> Self.chunkBits, place = Int(fd) & (Self.chunkSize - 1)
        guard fd >= 0, chunk < chunks.count, place < chunks[chunk].count else { return nil }
        return chunks[chunk][place]
    }

    private func isOpen(_ fd: Int) -> Bool {
        let chunk = fd >> Self.chunkBits, place = fd & (Self.chunkSize - 1)
        return chunk < chunks.count && place < chunks[chunk].count && chunks[chunk][place] != nil
    }

    /// What is open, from the lowest fd on.
    package var open: some Sequence<(fd: Int32, entry: Entry)> {
        chunks.lazy.enumerated().flatMap { chunk, entries in
            entries.lazy.enumerated().compactMap { place, entry in
                entry.map { (fd: Int32(truncatingIfNeeded: chunk << Self.chunkBits | place), entry: $0) }
            }
        }
    }

    /// No fd that ever was open is as high as this.
    package var slotCount: Int {
        guard let last = chunks.last else { return 0 }
        return (chunks.count - 1) << Self.chunkBits + last.count
    }

    /// The lowest fd that refers to `file`.
    package func number(of file: OpenFile) -> Int32? {
        open.first { $0.entry.file === file }?.fd
    }

    /// One more than the highest fd.
    package var end: Int {
        for (chunk, entries) in chunks.enumerated().reversed() {
            if let place = entries.lastIndex(where: { $0 != nil }) { return chunk << Self.chunkBits + place + 1 }
        }
        return 0
    }

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
        if isOpen(fd) { return true }
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

    /// Makes the room that a file at `fd` needs, and charges for it.
    package func makeRoom(_ fd: Int32) throws(Refusal) {
        let chunk = Int(fd) >> Self.chunkBits, place = Int(fd) & (Self.chunkSize - 1)
        let isKnown = chunk < chunks.count
        if isKnown, place < chunks[chunk].count { return }
        let old = isKnown ? chunks[chunk].count : 0
        let stride = MemoryLayout<Entry?>.stride
        // Twice, as arrays grow.
        let growth = Footprint.array(place + 1, stride: stride) - Footprint.array(old, stride: stride)
        let table = isKnown ? 0 : (chunk + 1 - chunks.count) * 8
        try charge.resize(to: charge.bytes + (growth + table) * 2)
        extend(to: fd)
    }

    private func extend(to fd: Int32) {
        let chunk = Int(fd) >> Self.chunkBits, place = Int(fd) & (Self.chunkSize - 1)
        if chunk >= chunks.count { chunks.append(contentsOf: repeatElement([], count: chunk - chunks.count + 1)) }
        let missing = place - chunks[chunk].count + 1
        if missing > 0 { chunks[chunk].append(contentsOf: repeatElement(nil, count: missing)) }
    }

    /// Puts `file` at `fd`, returning what was there.
    @discardableResult
    package func set(_ fd: Int32, _ file: OpenFile, closeOnExec: Bool) -> OpenFile? {
        let chunk = Int(fd) >> Self.chunkBits, place = Int(fd) & (Self.chunkSize - 1)
        extend(to: fd)
        let old = chunks[chunk][place]?.file
        if old?.needsFollowing == true { followedFiles -= 1 }
        if file.needsFollowing { followedFiles += 1 }
        if !leftovers.isEmpty { leftovers.remove(fd) }
        chunks[chunk][place] = Entry(file: file, closeOnExec: closeOnExec)
        if Int(fd) == lowestFree { advanceLowestFree() }
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
        let other = open.first { $0.fd != fd && $0.entry.file === file }?.fd
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
        if old.file.needsFollowing { followedFiles -= 1 }
        clear(fd)
        return old.file
    }

    package func setCloseOnExec(_ fd: Int32, _ value: Bool) {
        guard entry(fd) != nil else { return }
        chunks[Int(fd) >> Self.chunkBits][Int(fd) & (Self.chunkSize - 1)]?.closeOnExec = value
    }

    private func clear(_ fd: Int32) {
        chunks[Int(fd) >> Self.chunkBits][Int(fd) & (Self.chunkSize - 1)] = nil
        lowestFree = min(lowestFree, Int(fd))
    }

    /// Drops what an exec by `caller` closes.
    package func removeCloseOnExec(by caller: any Caller) {
        // What stands for a closed number is closed at an exec.
        leftovers = []
        for (fd, entry) in Array(open) where entry.closeOnExec {
            if entry.file.needsFollowing { followedFiles -= 1 }
            clear(fd)
            entry.file.flush(by: caller)
        }
    }

    /// Drops everything, when `caller`, the last task that used the table, is gone.
    package func removeAll(by caller: any Caller) {
        for (_, entry) in open { entry.file.flush(by: caller) }
        chunks = []
        charge.resize(overdrawingTo: Self.footprint)
        followedFiles = 0
        lowestFree = 0
    }

    private func advanceLowestFree() {
        while isOpen(lowestFree) { lowestFree += 1 }
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
