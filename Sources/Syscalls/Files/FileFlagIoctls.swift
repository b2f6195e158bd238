import Credentials
import Kernel
import LinuxABI

/// Requests of ioctl(2) to what holds a file: its flags (FS_IOC_SETFLAGS(2const)), and the whole file system's freezing.
enum FileFlagIoctls {
    private static let getFlags: UInt32 = 0x8008_6601
    private static let setFlags: UInt32 = 0x4008_6602
    private static let freeze: UInt32 = 0xc004_5877
    private static let thaw: UInt32 = 0xc004_5878
    /// FS_IMMUTABLE_FL and FS_APPEND_FL.
    private static let restraining: UInt32 = 0x10 | 0x20

    /// Nil for other requests.
    static func call(
        _ file: OpenFile, _ request: UInt32, _ argument: UInt64, _ task: Task
    ) throws(Refusal) -> Outcome? {
        switch request {
        case getFlags:
            guard file.inode.hasFileFlags else { throw Refusal(.ENOTTY) }
            // No file here has any.
            try task.memory.store(0 as UInt32, at: UserAddress(argument))
            return .success
        case setFlags: return try setFlags(file, try task.memory.load(UserAddress(argument)), task)
        case freeze, thaw:
            // ioctl_fsfreeze(): nothing here can be frozen.
            try task.require(.sysAdmin, over: file.inode.fileSystem.userNamespace, .freezeNeedsAdmin)
            throw Refusal(.EOPNOTSUPP)
        default: return nil
        }
    }

    /// ioctl_setflags() and vfs_fileattr_set().
    private static func setFlags(_ file: OpenFile, _ flags: UInt32, _ task: Task) throws(Refusal) -> Outcome {
        try file.path.checkWritable()
        guard file.inode.hasFileFlags else { throw Refusal(.ENOTTY) }
        guard file.path.access(for: task).isOwnerOrCapable(of: file.inode) else { throw Refusal(.fileFlagsNotOwner) }
        if flags & restraining != 0, !task.hasGlobally(.linuxImmutable) { throw Refusal(.fileFlagsImmutable) }
        guard flags == 0 else { throw Refusal(.EOPNOTSUPP) }
        return .success
    }
}
