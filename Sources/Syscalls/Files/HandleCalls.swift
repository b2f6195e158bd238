import Credentials
import Kernel
import LinuxABI

/// name_to_handle_at(2) and open_by_handle_at(2).
enum HandleCalls {
    static let handlers: [SyscallNumber: Handler] = [.name_to_handle_at: name, .open_by_handle_at: open]

    /// MAX_HANDLE_SZ.
    private static let maximumSize: UInt32 = 128
    /// AT_HANDLE_FID, AT_HANDLE_MNT_ID_UNIQUE and AT_HANDLE_CONNECTABLE.
    private static let identifyOnly = AtFlags(rawValue: 0x200)
    private static let uniqueMountID = AtFlags(rawValue: 1)
    private static let connectable = AtFlags(rawValue: 2)
    /// FILEID_INVALID, told with the size that a handle needs.
    private static let invalidType: Int32 = 0xff

    /// struct file_handle before its bytes.
    private struct Header: BitwiseCopyable {
        var size: UInt32
        var type: Int32
    }

    private static let name: Handler = { task, a throws(Refusal) in
        let flags = AtFlags(rawValue: Arguments.unsigned(a.a4))
        guard flags.isSubset(of: [.symlinkFollow, .emptyPath, identifyOnly, uniqueMountID, connectable]),
            !flags.contains(connectable) || flags.isDisjoint(with: [.emptyPath, identifyOnly])
        else { throw Refusal(.EINVAL) }
        // Unlike stat's, a null path is no empty one.
        let text = try task.path(a.a1)
        var options: LookupOptions = flags.contains(.symlinkFollow) ? .follow : []
        if flags.contains(.emptyPath) { options.insert(.emptyPath) }
        let base = try task.base(a.a0, for: text, allowsEmpty: flags.contains(.emptyPath))
        let path = try task.lookup(text, from: base, options)

        var handle = path.mount.fileSystem.handle(of: path.inode, path.dentry)
        if flags.contains(identifyOnly) { handle = handle ?? .identifying(path.inode) }
        // Nothing here leads from a file to its directory.
        guard let handle, !flags.contains(connectable) else { throw Refusal(.EOPNOTSUPP) }

        let address = UserAddress(a.a2)
        let room = try task.memory.load(address, as: Header.self).size
        if room > maximumSize { throw Refusal(.EINVAL) }
        let size = UInt32(truncatingIfNeeded: handle.bytes.count)
        let fits = size <= room
        if flags.contains(uniqueMountID) {
            try task.memory.store(path.mount.uniqueID, at: UserAddress(a.a3))
        } else {
            try task.memory.store(path.mount.id, at: UserAddress(a.a3))
        }
        try task.memory.store(Header(size: size, type: fits ? handle.type : invalidType), at: address)
        guard fits else { throw Refusal(.EOVERFLOW) }
        try task.memory.store(handle.bytes, at: address.advanced(by: MemoryLayout<Header>.size))
        return .success
    }

    /// FILEID_IS_CONNECTABLE and FILEID_IS_DIR, which go beside the type.
    private static let connectableBit: Int32 = 0x10000
    private static let directoryBit: Int32 = 0x20000

    private static let open: Handler = { task, a throws(Refusal) in
        let address = UserAddress(a.a1)
        let header = try task.memory.load(address, as: Header.self)
        guard header.size <= maximumSize, header.size != 0, header.type >= 0,
            header.type & ~0xffff & ~(connectableBit | directoryBit) == 0
        else { throw Refusal(.EINVAL) }
        var flags = OpenCalls.effectiveFlags(Arguments.unsigned(a.a2))
        if !flags.contains(.path) { flags.insert(.largefile) }
        var scope = HandleScope(anchor: try anchor(task, Arguments.int(a.a0)))
        let fileSystem = scope.anchor.mount.fileSystem
        try fileSystem.checkHandleUse(OpenFlags(rawValue: Arguments.unsigned(a.a2)), &scope, for: task)
        let bytes = try task.memory.bytes(
            address.advanced(by: MemoryLayout<Header>.size), count: Int(header.size))
        if header.type & connectableBit != 0 { scope.isSubtree = true }
        if header.type & directoryBit != 0 { scope.isDirectoryOnly = true }
        let handle = FileHandle(type: header.type & 0xffff, bytes: bytes)
        guard let dentry = try fileSystem.find(handle, for: task), scope.accepts(dentry, for: task) else {
            throw Refusal(.ESTALE)
        }
        _ = try task.files.lowestFree(limit: task.openFileLimit)
        let file = try fileSystem.open(found: Path(mount: scope.anchor.mount, dentry: dentry), flags, for: task)
        return try task.answer(installing: file, closeOnExec: flags.contains(.closeOnExec))
    }

    /// get_path_anchor(): an fd of any file on the mount, or FD_PIDFS_ROOT and FD_NSFS_ROOT for what has no place.
    private static func anchor(_ task: Task, _ fd: Int32) throws(Refusal) -> Path {
        switch fd {
        case AtFlags.workingDirectory: return task.fs.workingDirectory
        case -10002:
            let mount = task.kernel.processFiles.internalMount
            return Path(mount: mount, dentry: mount.root)
        case -10003:
            let mount = task.kernel.nsfs.mount
            return Path(mount: mount, dentry: mount.root)
        default:
            let file = try task.files.file(fd)
            if file.flags.contains(.path) { throw Refusal(.EBADF) }
            return file.path
        }
    }
}
