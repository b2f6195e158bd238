import Credentials
import Kernel
import LinuxABI

/// ftruncate(2) and fallocate(2): the host changes the file's size, the model its privileges.
enum FileSizeCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .ftruncate: { task, a throws(Refusal) in
            guard Int64(bitPattern: a.a1) >= 0 else { throw Refusal(.EINVAL) }
            let file = try task.openFile(a.a0)
            guard file.inode.mode.isRegular, file.flags.writes else { throw Refusal(.EINVAL) }
            // A size is set as other attributes are (do_truncate).
            if let refusal = file.inode.attributesRefusal { throw refusal }
            return try change(file, task)
        },
        .fallocate: { task, a throws(Refusal) in
            guard Int64(bitPattern: a.a2) >= 0, Int64(bitPattern: a.a3) > 0 else { throw Refusal(.EINVAL) }
            let file = try task.openFile(a.a0)
            guard file.flags.writes else { throw Refusal(.EBADF) }
            switch file.inode.mode.kind {
            case .regular: return try change(file, task)
            case .fifo: throw Refusal(.ESPIPE)
            case .directory: throw Refusal(.EISDIR)
            default: throw Refusal(.ENODEV)
            }
        },
    ]

    private static func change(_ file: OpenFile, _ task: Task) throws(Refusal) -> Outcome {
        // A control file has no size to change; fallocate and ftruncate are not for it.
        guard file.hasHostDescription else { throw Refusal(.EINVAL) }
        file.inode.removePrivileges(writtenBy: task)
        return .continueOnHost
    }
}
