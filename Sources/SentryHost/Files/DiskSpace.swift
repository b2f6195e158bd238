import CHostLinux
import Glibc
import Kernel
import LinuxABI
import Synchronization

/// How many bytes the sandbox's private files may have on the host, and have (`--disk`).
///
/// Tasks write to these files natively. So their sizes are measured from time to time, while anybody could make one
/// larger, and between two measurements the host's limit on files' sizes bounds how far one writer comes
/// (`fileSizeLimit`). It is no limit of the guest's own: `Tracer.fileSizeRefused` tells the two apart.
final class DiskSpace: Sendable {
    let limit: UInt64
    let keeper: LimitKeeper
    let droppedFiles = DroppedFiles()
    let directory: PrivateDirectory
    /// The host's number for the file system of the private files.
    private let device: UInt64
    private let state: Mutex<State>

    private struct File {
        var bytes: UInt64 = 0
        /// What its file system counts for it: no more than what its size takes in pages.
        var counted: UInt64 { min(bytes, FileSpaces.pages(size)) }
        var size: UInt64 = 0
        var inode: UInt64 = 0
        /// Open files through which it can grow.
        var writers = 0

        /// Only a file with holes grows by a mapping when nobody has it open for writing any more.
        var isWatched: Bool { writers > 0 || bytes < size }
    }

    private struct State {
        var files: [UInt64: File] = [:]
        /// The files that somebody has open for writing, by the host's inode.
        var written: [UInt64: UInt64] = [:]
        var used: UInt64 = 0
        /// Files that can grow, and which of them are measured next.
        var watched: Set<UInt64> = []
        var fileSizeLimit: UInt64
        var wasReached = false
        /// What the files of one file system have, and may have.
        var spaces = FileSpaces()

        /// What is known of a file from now on; nil when there is nothing to know.
        mutating func set(_ id: UInt64, _ file: File?) {
            let old = files[id] ?? File()
            files[id] = file
            used = used - min(used, old.bytes) &+ (file?.bytes ?? 0)
            spaces.change(id, old.counted, file?.counted ?? 0)
        }

        /// Beyond what size none of the files in a file system with a limit may be written without a question.
        var boundBySpaces: UInt64 {
            if spaces.limits.isEmpty { return .max }
            return written.values.reduce(.max) { bound, id in
                guard let free = spaces.free(of: id), let file = files[id] else { return bound }
                return min(bound, FileSpaces.pages(file.size) &+ free)
            }
        }
    }

    /// What a measurement found.
    struct Measurement {
        /// Until the next one is due, in milliseconds; nil where nothing can grow.
        var delay: Int32?
        var fileSizeLimit: UInt64 = 0
        /// Host inodes of the files that have grown though nothing was left.
        var grown: Set<UInt64> = []
        /// How much more there is than there may be.
        var excess: UInt64 = 0
    }

    /// No more files than this are looked at in one measurement.
    private static let filesAtOnce = 512
    /// More than what is written in a millisecond.
    private static let bytesPerMillisecond: UInt64 = 16 << 20
    /// How much each file may grow at least before somebody asks.
    private static let leastShare: UInt64 = 64 << 10
    private static let longestDelay: UInt64 = 200
    /// Where nothing was asked for.
    private static let usualLimit: UInt64 = 4 << 30

    /// Without `limit` it is 4 GiB, or half of what is free where the files lie.
    init(_ directory: PrivateDirectory, limit: UInt64?) {
        device = fileStatus(directory.descriptor).map { UInt64($0.st_dev) } ?? 0
        self.directory = directory
        let chosen = limit ?? min(Self.usualLimit, Self.free(directory) / 2)
        self.limit = chosen
        keeper = LimitKeeper()
        state = Mutex(State(fileSizeLimit: chosen))
    }

    private static func free(_ directory: PrivateDirectory) -> UInt64 {
        var space = statvfs()
        guard unsafe fstatvfs(directory.descriptor, &space) == 0 else { return .max }
        return UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize)).partialValue
    }

    var free: UInt64 { state.withLock { limit - min(limit, $0.used) } }
    /// How much one of the open files may grow: all of them together not much more than what is left.
    var share: UInt64 { state.withLock { share($0) } }

    private func share(_ state: State) -> UInt64 {
        let free = limit - min(limit, state.used)
        return min(free, max(Self.leastShare, free / UInt64(max(1, state.written.count))))
    }

    /// What no file may grow beyond by the host's writes.
    var fileSizeLimit: UInt64 { state.withLock { $0.fileSizeLimit } }

    // MARK: Files

    /// What of them all the file may still have.
    func share(of id: UInt64) -> UInt64 { state.withLock { min(share($0), $0.spaces.free(of: id) ?? .max) } }

    /// Gives the files of a file system a limit of their own, or takes it away.
    func limit(space: UInt64, to limit: UInt64?) { state.withLock { $0.spaces.limits[space] = limit } }
    /// What is left in the file's file system; nil where that has no limit of its own.
    func freeInSpace(of id: UInt64) -> UInt64? { state.withLock { $0.spaces.free(of: id) } }
    /// What the files of a file system have.
    func used(space: UInt64) -> UInt64 {
        removeUnmapped(isUrgent: true)
        _ = measure()
        return state.withLock { $0.spaces.used[space] ?? 0 }
    }
    /// The file that somebody has open for writing and that is `inode` on the host.
    func written(device: UInt64, inode: UInt64) -> UInt64? {
        device == self.device ? state.withLock { $0.written[inode] } : nil
    }

    /// There is a private file that may have bytes already.
    func made(_ id: UInt64) { state.withLock { _ = measure(id, &$0) } }

    func opened(_ id: UInt64) {
        let isBound = state.withLock { state -> Bool in
            state.files[id, default: File()].writers += 1
            _ = measure(id, &state)
            if let file = state.files[id] { state.written[file.inode] = id }
            guard state.spaces.free(of: id) != nil else { return false }
            state.fileSizeLimit = min(state.fileSizeLimit, state.boundBySpaces)
            return true
        }
        // Processes get the bound before one of them has the file (`HostPlatform.endFileSizeExceptions`).
        if isBound { keeper.noteException() } else { keeper.wake() }
    }

    func closed(_ id: UInt64) {
        state.withLock { state in
            guard let file = state.files[id] else { return }
            if file.writers <= 1 { state.written[file.inode] = nil }
            state.files[id]?.writers = max(0, file.writers - 1)
            _ = measure(id, &state)
        }
    }

    func removed(_ id: UInt64) {
        state.withLock { state in
            state.watched.remove(id)
            guard let file = state.files[id] else { return }
            state.written[file.inode] = nil
            state.set(id, nil)
        }
    }

    /// Whether `count` more bytes fit, in the file `id` and in all.
    func hasRoom(_ count: UInt64, of id: UInt64) -> Bool {
        _ = measure()
        if let free = freeInSpace(of: id), free < count {
            removeUnmapped(isUrgent: true)
            if let free = freeInSpace(of: id), free < count { return false }
        }
        if free >= count { return true }
        removeUnmapped(isUrgent: true)
        if free >= count { return true }
        tellReached()
        return false
    }

    /// A file is about to be made by a copy, which counts from now on.
    func reserveNew(_ count: UInt64, of id: UInt64) throws(LinuxABI.Errno) {
        guard hasRoom(count, of: id) else { throw .ENOSPC }
        state.withLock { $0.set(id, File(bytes: count)) }
    }

    /// The host is about to allocate a part of a file: ENOSPC where that is more than what is left. What it may come to is
    /// counted until the file is measured.
    func reserve(_ range: Range<UInt64>, of id: UInt64) throws(LinuxABI.Errno) {
        let most = state.withLock { state -> UInt64 in
            _ = measure(id, &state)
            let file = state.files[id] ?? File()
            // Without holes, only what lies behind the end.
            let start = file.bytes < file.size ? range.lowerBound : max(range.lowerBound, file.size)
            return range.upperBound - min(start, range.upperBound)
        }
        guard hasRoom(most, of: id) else { throw .ENOSPC }
        state.withLock { state in
            guard var file = state.files[id] else { return }
            file.bytes &+= most
            state.set(id, file)
            state.watched.insert(id)
        }
        keeper.wake()
    }

    /// Whether a file of the host is a private one that somebody has open for writing.
    func owns(device: UInt64, inode: UInt64) -> Bool {
        device == self.device && state.withLock { $0.written[inode] != nil }
    }

    private func measure(_ id: UInt64, _ state: inout State) -> Bool {
        guard let status = try? directory.status(id), status.st_mode & S_IFMT == S_IFREG else { return false }
        var file = state.files[id] ?? File()
        let before = file.bytes
        file.bytes = UInt64(clamping: status.st_blocks) &* 512
        file.size = UInt64(clamping: status.st_size)
        file.inode = UInt64(status.st_ino)
        if file.isWatched { state.watched.insert(id) } else { state.watched.remove(id) }
        // One without bytes and writers need not be known.
        state.set(id, file.bytes > 0 || file.writers > 0 ? file : nil)
        return file.bytes > before
    }

    // MARK: Measuring

    /// Measures the files that can grow.
    func measure() -> Measurement {
        let found = state.withLock { state -> Measurement in
            var result = Measurement()
            let wasFull = state.used >= limit
            var largest: UInt64 = 0
            for id in state.watched.prefix(Self.filesAtOnce) {
                let grew = measure(id, &state)
                guard let file = state.files[id] else { continue }
                if file.writers > 0 { largest = max(largest, file.size) }
                if grew { result.grown.insert(file.inode) }
            }
            if state.watched.count > Self.filesAtOnce { shuffle(&state.watched) }
            let free = limit - min(limit, state.used)
            if !wasFull, free > 0 { result.grown = [] }
            result.excess = state.used - min(limit, state.used)
            let share = share(state)
            let wanted = share == 0 ? 0 : largest.addingReportingOverflow(share).overflow ? .max : largest &+ share
            let present = state.fileSizeLimit
            // A little more or less does not matter until little is left.
            if wanted != present, wanted == 0 || present == 0 || max(wanted, present) - min(wanted, present) > share / 4
            {
                state.fileSizeLimit = wanted
            }
            let bound = state.boundBySpaces
            if bound < wanted { state.fileSizeLimit = bound } else if bound < .max { state.fileSizeLimit = wanted }
            result.fileSizeLimit = state.fileSizeLimit
            if !state.watched.isEmpty {
                let pace = min(Self.longestDelay, free / Self.bytesPerMillisecond)
                result.delay = Int32(max(free == 0 && result.grown.isEmpty ? 20 : 2, pace))
            }
            return result
        }
        if found.excess > 0 { tellReached() }
        return found
    }

    /// Sets begin anywhere, but always at the same place: a new one begins elsewhere.
    private func shuffle(_ ids: inout Set<UInt64>) { ids = Set(ids.shuffled()) }

    /// Says so, the first time that something does not fit.
    func tellReached() {
        let isFirst = state.withLock { state in
            defer { state.wasReached = true }
            return !state.wasReached
        }
        if isFirst { LimitMessages.diskReached(limit) }
    }
}
