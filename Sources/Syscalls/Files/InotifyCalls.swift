import Credentials
import Kernel
import LinuxABI

/// inotify(7): a watch on a regular file reports what is done to its bytes, by an instance of the host that watches the
/// private file behind it. Names live in the model alone: directories and other files can be watched, but report nothing.
enum InotifyCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .inotify_init: { task, _ throws(Refusal) in try make(task, []) },
        .inotify_init1: { task, a throws(Refusal) in try make(task, OpenFlags(rawValue: Arguments.unsigned(a.a0))) },
        .inotify_add_watch: add,
        .inotify_rm_watch: { task, a throws(Refusal) in
            let inode = try instance(task, a.a0)
            let host = try task.kernel.platform.borrow(Arguments.int(a.a0), of: task)
            let number = Arguments.int(a.a1)
            return try hostCall { () throws(Errno) in
                try task.kernel.platform.storage.removeWatch(number, of: host)
                inode.watches[number] = nil
                return .success
            }
        },
    ]

    private static let name = "inotify"
    /// IN_ALL_EVENTS, IN_UNMOUNT, IN_Q_OVERFLOW, IN_IGNORED and the flags that go with them (ALL_INOTIFY_BITS).
    private static let knownBits: UInt32 = 0xf700_efff
    private static let onlyDirectories: UInt32 = 0x0100_0000
    private static let dontFollow: UInt32 = 0x0200_0000
    private static let create: UInt32 = 0x1000_0000
    private static let adds: UInt32 = 0x2000_0000

    @Sendable private static func add(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let mask = Arguments.unsigned(a.a2)
        guard mask & knownBits != 0 else { throw Refusal(.EINVAL) }
        // The fd must be open, then IN_MASK_ADD and IN_MASK_CREATE exclude each other, and only then its kind matters.
        let file = try task.openFile(a.a0)
        guard mask & create == 0 || mask & adds == 0, let instance = instance(file) else { throw Refusal(.EINVAL) }
        let path = try task.resolve(workingDirectoryFD, a.a1, mask & dontFollow != 0 ? .symlinkNofollow : [])
        if mask & onlyDirectories != 0, !path.inode.mode.isDirectory { throw Refusal(.ENOTDIR) }
        try path.check(.read, for: task)
        // Files that are computed have nothing on the host that could be watched.
        guard path.inode.isWatchable else { throw Refusal(.EACCES) }
        let host = try task.kernel.platform.borrow(Arguments.int(a.a0), of: task)
        let use = try task.kernel.takeInotifyWatch(for: task)
        let number = try path.inode.watch(with: host, mask: mask & ~(onlyDirectories | dontFollow), for: task)
        if instance.watches[number] == nil { instance.watches[number] = use }
        return .value(Int64(number))
    }

    private static func make(_ task: Task, _ flags: OpenFlags) throws(Refusal) -> Outcome {
        guard flags.subtracting([.closeOnExec, .nonblock]).isEmpty else { throw Refusal(.EINVAL) }
        let use = try task.kernel.takeInotifyInstance(for: task)
        let hostFlags = Int32(bitPattern: flags.intersection(.nonblock).rawValue)
        let host = try hostCall { () throws(Errno) in
            try task.kernel.platform.makeHostObject(.inotify(flags: hostFlags)).first
        }
        guard let host else { throw Refusal(.EIO) }
        let system = task.kernel.anonymousFiles
        let inode = system.makeInode(.special(name), for: task.credentials)
        inode.quotaUse = use
        let file = system.open(
            inode, flags: flags.subtracting(.closeOnExec),
            for: task.credentials, backing: .owned(host))
        return try task.answer(installing: file, closeOnExec: flags.contains(.closeOnExec))
    }

    private static func hostCall<R>(_ body: () throws(Errno) -> R) throws(Refusal) -> R {
        do throws(Errno) { return try body() } catch { throw Refusal(error) }
    }

    private static func instance(_ file: OpenFile) -> AnonymousInode? {
        guard let inode = file.inode as? AnonymousInode, case .special(name) = inode.kind else { return nil }
        return inode
    }

    private static func instance(_ task: Task, _ fd: UInt64) throws(Refusal) -> AnonymousInode {
        guard let inode = instance(try task.openFile(fd)) else { throw Refusal(.EINVAL) }
        return inode
    }
}
