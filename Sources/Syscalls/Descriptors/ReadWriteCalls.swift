import Credentials
import Kernel
import LinuxABI

/// read(2), write(2) and their kin, where the sentry has a part: control files answer writes themselves, and a /proc
/// file read again from its start shows its present text. All other bytes move on the host.
enum ReadWriteCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .write: write, .pwrite64: positionedWrite,
        .writev: { task, a throws(Refusal) in try vectorWrite(task, a, at: -1) },
        .pwritev: { task, a throws(Refusal) in
            try checkPosition(task, a)
            return try vectorWrite(task, a, at: Int64(bitPattern: a.a3))
        },
        .pwritev2: { task, a throws(Refusal) in
            // −1 is writev(2).
            if a.a3 != .max { try checkPosition(task, a) }
            return try vectorWrite(task, a, at: Int64(bitPattern: a.a3))
        },
        .sendfile: sendFile, .copy_file_range: copyRange, .splice: splice,
        .epoll_ctl: checkTwo, .fsync: check, .fdatasync: check, .sync_file_range: synchronizeRange,
        .fadvise64: advise, .readahead: readAhead, .sync: { _, _ throws(Refusal) in .success },
        .syncfs: { task, a throws(Refusal) in
            _ = try task.openFile(a.a0)
            return .success
        },
    ]

    /// The file for a write; EBADF unless it was opened for it.
    private static func writable(_ task: Task, _ fd: UInt64) throws(Refusal) -> OpenFile {
        let file = try task.files.file(Arguments.int(fd))
        guard file.flags.writes else { throw Refusal(.EBADF) }
        return file
    }

    /// A position is looked at before the file, and whether the file has any before how it was opened (ksys_pwrite64,
    /// do_pwritev).
    private static func checkPosition(_ task: Task, _ a: Arguments) throws(Refusal) {
        if Int64(bitPattern: a.a3) < 0 { throw Refusal(.EINVAL) }
        let file = try task.openFile(a.a0)
        let mode = file.inode.mode
        // Eventfds and their kin have no type in their mode.
        guard mode.kind == .fifo || mode.kind == .socket || mode.rawValue & 0o170000 == 0 else { return }
        if !file.interceptsWrites { throw Refusal(.ESPIPE) }
    }

    @Sendable private static func write(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let file = try writable(task, a.a0)
        guard file.interceptsWrites else { return try passWrite(file, task, isEmpty: a.a2 == 0) }
        let bytes = try task.memory.bytes(UserAddress(a.a1), count: Int(clamping: a.a2))
        let platform = task.kernel.platform
        let position = platform.textPosition(of: file)
        let count = try file.write(bytes, offset: position, by: task)
        platform.setTextPosition(of: file, position &+ Int64(count))
        return .value(Int64(count))
    }

    /// seq_file has no pwrite: control files are not seekable for writing.
    @Sendable private static func positionedWrite(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        try checkPosition(task, a)
        let file = try writable(task, a.a0)
        guard file.interceptsWrites else { return try passWrite(file, task, isEmpty: a.a2 == 0) }
        guard file.allowsPositionedWrites else { throw Refusal(.ESPIPE) }
        let bytes = try task.memory.bytes(UserAddress(a.a1), count: Int(clamping: a.a2))
        return .value(Int64(try file.write(bytes, offset: Int64(bitPattern: a.a3), by: task)))
    }

    private struct Vector: BitwiseCopyable {
        var base: UInt64
        var length: UInt64
    }
    /// IOV_MAX.
    private static let maximumVectors: UInt64 = 1024
    private static let maximumControlWrite: UInt64 = 1 << 20

    /// A control file takes each vector as a write of its own (do_loop_readv_writev). `offset` −1 is the file's position.
    private static func vectorWrite(_ task: Task, _ a: Arguments, at offset: Int64) throws(Refusal) -> Outcome {
        let file = try writable(task, a.a0)
        guard file.interceptsWrites else {
            return try passWrite(file, task, isEmpty: file.inode.lendsPrivileges && isEmpty(a, task))
        }
        guard a.a2 <= maximumVectors, offset >= -1 else { throw Refusal(.EINVAL) }
        if offset >= 0, !file.allowsPositionedWrites { throw Refusal(.ESPIPE) }
        var total: Int64 = 0
        for index in 0..<Int(a.a2) {
            let vector = try task.memory.load(UserAddress(a.a1).advanced(by: index * 16), as: Vector.self)
            guard vector.length <= maximumControlWrite else { throw Refusal(.EINVAL) }
            let bytes = try task.memory.bytes(UserAddress(vector.base), count: Int(vector.length))
            let position = offset < 0 ? task.kernel.platform.textPosition(of: file) : offset &+ total
            let count = try file.write(bytes, offset: position, by: task)
            if offset < 0 { task.kernel.platform.setTextPosition(of: file, position &+ Int64(count)) }
            total += Int64(count)
        }
        return .value(total)
    }

    /// Whether a vector write has nothing to write. Should another thread change the vectors meanwhile, the bits go.
    private static func isEmpty(_ a: Arguments, _ task: Task) -> Bool {
        guard a.a2 <= maximumVectors else { return true }
        for index in 0..<Int(a.a2) {
            let place = UserAddress(a.a1).advanced(by: index * 16)
            guard let vector = try? task.memory.load(place, as: Vector.self) else { return true }
            if vector.length > 0 { return false }
        }
        return true
    }

    /// file_remove_privs(): a write takes set-ID bits and file capabilities from what it changes.
    private static func passWrite(_ file: OpenFile, _ task: Task, isEmpty: Bool) throws(Refusal) -> Outcome {
        if !isEmpty, file.inode.lendsPrivileges { file.path.removePrivileges(writtenBy: task) }
        guard file.hasHostDescription else { throw Refusal(.EINVAL) }
        return .continueOnHost
    }

    @Sendable private static func check(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let file = try task.files.file(Arguments.int(a.a0))
        if file.flags.contains(.path) { throw Refusal(.EBADF) }
        return file.hasHostDescription ? .continueOnHost : .success
    }

    /// readahead(2) is for what lies on a disk (ksys_readahead).
    @Sendable private static func readAhead(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let file = try task.openFile(a.a0)
        guard file.flags.reads else { throw Refusal(.EBADF) }
        if file.inode.mode.kind == .directory { throw Refusal(.EINVAL) }
        return file.hasHostDescription ? .continueOnHost : .success
    }

    /// Directories take any advice that there is, and do nothing with it (generic_fadvise).
    @Sendable private static func advise(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let file = try task.openFile(a.a0)
        if file.hasHostDescription { return .continueOnHost }
        guard Int64(bitPattern: a.a2) >= 0, 0...5 ~= Arguments.int(a.a3) else { throw Refusal(.EINVAL) }
        return .success
    }

    /// sync_file_range(2) of what has no data on the host: the arguments' checks alone (sync_file_range()).
    @Sendable private static func synchronizeRange(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let file = try task.openFile(a.a0)
        if file.hasHostDescription { return .continueOnHost }
        let offset = Int64(bitPattern: a.a1)
        let (end, overflows) = offset.addingReportingOverflow(Int64(bitPattern: a.a2))
        guard Arguments.unsigned(a.a3) & ~7 == 0, offset >= 0, !overflows, end >= offset else { throw Refusal(.EINVAL) }
        return .success
    }

    /// Both fds must be the model's; the loader's are no business of an epoll instance.
    @Sendable private static func checkTwo(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        // The event is copied before the fds are looked at, but for EPOLL_CTL_DEL.
        if Arguments.int(a.a1) != 2 { _ = try task.memory.bytes(UserAddress(a.a3), count: 12) }
        _ = try task.files.file(Arguments.int(a.a0))
        _ = try task.files.file(Arguments.int(a.a2))
        return .continueOnHost
    }

    /// Bytes that the host would move into a control file never reach it: its memory file is not what the model reads.
    /// What they do reach loses its privileges as by a write.
    private static func transfer(_ task: Task, into fd: UInt64, count: UInt64) throws(Refusal) -> Outcome {
        let file = try task.files.file(Arguments.int(fd))
        if file.interceptsWrites { throw Refusal(.EINVAL) }
        if count > 0, file.flags.writes, file.inode.lendsPrivileges { file.path.removePrivileges(writtenBy: task) }
        return .continueOnHost
    }
    @Sendable private static func sendFile(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        try transfer(task, into: a.a0, count: a.a3)
    }
    @Sendable private static func copyRange(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        try CopyCalls.check(task, a)
        return try transfer(task, into: a.a2, count: a.a4)
    }
    @Sendable private static func splice(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        try transfer(task, into: a.a2, count: a.a4)
    }
}
