import Credentials
import Kernel
import LinuxABI

/// Where bytes may go straight from file to file: copy_file_range(2) and ioctl_ficlone(2). To the host all of the sandbox's files
/// lie on one file system; here they lie on several.
enum CopyCalls {
    /// vfs_copy_file_range(): all refusals but that between file systems are the host's, which makes the copy.
    static func check(_ task: Task, _ a: Arguments) throws(Refusal) {
        let source = try task.openFile(a.a0), target = try task.openFile(a.a2)
        for address in [a.a1, a.a3] where address != 0 {
            _ = try task.memory.load(UserAddress(address), as: Int64.self)
        }
        guard Arguments.unsigned(a.a5) == 0, (try? checkKinds(source, target)) != nil else { return }
        if isAcross(source, target) { throw Refusal(.EXDEV) }
    }

    /// FICLONE and FICLONERANGE: nothing here can share its blocks (vfs_clone_file_range).
    static func clone(
        _ target: OpenFile, _ request: UInt32, _ argument: UInt64, _ task: Task
    ) throws(Refusal) -> Outcome? {
        let source: OpenFile
        switch request {
        case 0x4004_9409: source = try task.openFile(argument)
        case 0x4020_940d:
            let range = try task.memory.bytes(UserAddress(argument), count: 32)
            source = try task.openFile(LittleEndian.load(range, 0))
        default: return nil
        }
        if source.inode.fileSystem !== target.inode.fileSystem { throw Refusal(.EXDEV) }
        try checkKinds(source, target)
        throw Refusal(.EOPNOTSUPP)
    }

    /// generic_file_rw_checks()
    private static func checkKinds(_ source: OpenFile, _ target: OpenFile) throws(Refusal) {
        let kinds = [source.inode.mode.kind, target.inode.mode.kind]
        if kinds.contains(.directory) { throw Refusal(.EISDIR) }
        guard kinds == [.regular, .regular] else { throw Refusal(.EINVAL) }
        guard source.flags.reads, target.flags.writes, !target.flags.contains(.append) else { throw Refusal(.EBADF) }
    }

    /// generic_copy_file_checks(): overlayfs can copy between its instances.
    private static func isAcross(_ source: OpenFile, _ target: OpenFile) -> Bool {
        let from = source.inode.fileSystem, to = target.inode.fileSystem
        return from !== to && !(from is OverlayFS && to is OverlayFS)
    }
}
