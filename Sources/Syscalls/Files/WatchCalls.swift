import Credentials
import Kernel
import LinuxABI

/// inotify(7): instances exist and can be polled, but no event ever comes.
enum WatchCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .inotify_init: { task, _ throws(Refusal) in try make(task, []) },
        .inotify_init1: { task, a throws(Refusal) in try make(task, OpenFlags(rawValue: Arguments.unsigned(a.a0))) },
        .inotify_add_watch: { task, a throws(Refusal) in
            _ = try instance(task, a.a0)
            let flags: AtFlags = a.a2 & 0x200_0000 != 0 ? .symlinkNofollow : []
            let path = try task.resolve(workingDirectoryFD, a.a1, flags)
            try path.check(.read, for: task)
            return .value(1)
        },
        .inotify_rm_watch: { task, a throws(Refusal) in
            _ = try instance(task, a.a0)
            return .success
        },
    ]

    private static let name = "inotify"

    private static func make(_ task: Task, _ flags: OpenFlags) throws(Refusal) -> Outcome {
        guard flags.subtracting([.closeOnExec, .nonblock]).isEmpty else { throw Refusal(.EINVAL) }
        let host: HostFile?
        do throws(Errno) {
            // A counter that nobody adds to: never readable, as an instance without events.
            let flags = Int32(bitPattern: flags.intersection(.nonblock).rawValue)
            host = try task.kernel.platform.makeHostObject(.eventfd(initial: 0, flags: flags)).first
        } catch {
            throw Refusal(error)
        }
        guard let host else { throw Refusal(.EIO) }
        let system = task.kernel.anonymousFiles
        let file = system.open(
            system.makeInode(.special(name), for: task.credentials), flags: flags.subtracting(.closeOnExec),
            for: task.credentials, backing: .owned(host))
        return .value(Int64(try task.install(file, closeOnExec: flags.contains(.closeOnExec))))
    }

    private static func instance(_ task: Task, _ fd: UInt64) throws(Refusal) -> OpenFile {
        let file = try task.openFile(fd)
        guard file.linkText == Array("anon_inode:inotify".utf8) || file.linkText == Array("anon_inode:[inotify]".utf8)
        else { throw Refusal(.EINVAL) }
        return file
    }
}
