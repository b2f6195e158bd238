import Credentials
import Kernel
import LinuxABI

/// ftruncate(2) and fallocate(2): what they do to a file's size and its privileges.
enum FileSizeCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .ftruncate: { task, a throws(Refusal) in
            let size = Int64(bitPattern: a.a1)
            guard size >= 0 else { throw Refusal(.EINVAL) }
            let file = try task.openFile(a.a0)
            guard file.inode.mode.isRegular, file.flags.writes else { throw Refusal(.EINVAL) }
            // A size is set as other attributes are (do_truncate).
            if let refusal = file.inode.attributesRefusal { throw refusal }
            // A control file has no size to change.
            guard file.hasHostDescription else { throw Refusal(.EINVAL) }
            if case .text = file.backing { return .continueOnHost }
            return try setSize(size, of: file, at: Arguments.int(a.a0), task)
        },
        .fallocate: { task, a throws(Refusal) in
            guard Int64(bitPattern: a.a2) >= 0, Int64(bitPattern: a.a3) > 0 else { throw Refusal(.EINVAL) }
            let file = try task.openFile(a.a0)
            guard file.flags.writes else { throw Refusal(.EBADF) }
            switch file.inode.mode.kind {
            case .regular: return try allocate(file, a, task)
            case .fifo: throw Refusal(.ESPIPE)
            case .directory: throw Refusal(.EISDIR)
            default: throw Refusal(.ENODEV)
            }
        },
    ]

    /// A file grows by the sentry's hand, as what the host lets tasks grow is bounded by more than the guest's limits
    /// (`HostStorage.space`), and holes are no bytes.
    private static func setSize(
        _ size: Int64, of file: OpenFile, at fd: Int32, _ task: Task
    ) throws(Refusal) -> Outcome {
        let platform = task.kernel.platform
        let isOnDisk = file.inode.isOnDisk
        let present = isOnDisk ? try file.inode.attributes(for: task).size : platform.size(of: file, near: task)
        let grows = present.map { size > $0 } ?? false
        if grows { try check(size, task) }
        if isOnDisk { file.path.removePrivileges(writtenBy: task) }
        guard grows else { return .continueOnHost }
        let host = try platform.borrow(fd, of: task)
        do throws(Errno) {
            try platform.storage.setSize(of: host, to: size)
        } catch {
            throw Refusal(error)
        }
        return .success
    }

    /// FALLOC_FL_PUNCH_HOLE and FALLOC_FL_COLLAPSE_RANGE allocate nothing.
    private static let frees: UInt32 = 0x2 | 0x8
    private static let keepsSize: UInt32 = 0x1

    /// The host allocates, and checks the guest's own limit.
    private static func allocate(_ file: OpenFile, _ a: Arguments, _ task: Task) throws(Refusal) -> Outcome {
        guard file.hasHostDescription else { throw Refusal(.EINVAL) }
        let mode = Arguments.unsigned(a.a1)
        let (end, overflows) = Int64(bitPattern: a.a2).addingReportingOverflow(Int64(bitPattern: a.a3))
        if overflows { throw Refusal(.EFBIG) }
        if mode & frees == 0, file.inode.isOnDisk {
            // RLIMIT_FSIZE comes before the space (inode_newsize_ok in the file system's own fallocate).
            if mode & keepsSize == 0 { try checkSize(end, of: file.inode, task) }
            try file.inode.reserve(a.a2..<UInt64(end))
        }
        file.path.removePrivileges(writtenBy: task)
        return .continueOnHost
    }

    /// inode_newsize_ok(): a file does not grow beyond RLIMIT_FSIZE.
    static func checkSize(_ size: Int64, of inode: Inode, _ task: Task) throws(Refusal) {
        guard UInt64(clamping: size) > task.group.limits[ResourceLimit.fileSize].soft,
            try inode.attributes(for: task).size < size
        else { return }
        try check(size, task)
    }

    private static func check(_ size: Int64, _ task: Task) throws(Refusal) {
        guard UInt64(clamping: size) > task.group.limits[ResourceLimit.fileSize].soft else { return }
        task.kernel.sendOwn(.xfsz, to: task)
        throw Refusal(.EFBIG)
    }
}
