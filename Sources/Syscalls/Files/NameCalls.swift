import Credentials
import Kernel
import LinuxABI

/// Calls that make, remove and move names.
enum NameCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .mkdir: { (task, a) throws(Refusal) in try mkdir(task, workingDirectoryFD, a.a0, a.a1) },
        .mkdirat: { (task, a) throws(Refusal) in try mkdir(task, a.a0, a.a1, a.a2) },
        .mknod: { (task, a) throws(Refusal) in try mknod(task, workingDirectoryFD, a.a0, a.a1, a.a2) },
        .mknodat: { (task, a) throws(Refusal) in try mknod(task, a.a0, a.a1, a.a2, a.a3) },
        .rmdir: { (task, a) throws(Refusal) in try rmdir(task, workingDirectoryFD, a.a0) },
        .unlink: { (task, a) throws(Refusal) in try unlink(task, workingDirectoryFD, a.a0) },
        .unlinkat: { (task, a) throws(Refusal) in
            let flags = AtFlags(rawValue: Arguments.unsigned(a.a2))
            guard flags.isSubset(of: .removeDirectory) else { throw Refusal(.EINVAL) }
            return flags.isEmpty ? try unlink(task, a.a0, a.a1) : try rmdir(task, a.a0, a.a1)
        },
        .symlink: { (task, a) throws(Refusal) in try symlink(task, a.a0, workingDirectoryFD, a.a1) },
        .symlinkat: { (task, a) throws(Refusal) in try symlink(task, a.a0, a.a1, a.a2) },
        .link: { (task, a) throws(Refusal) in
            try link(task, workingDirectoryFD, a.a0, workingDirectoryFD, a.a1, [])
        },
        .linkat: { (task, a) throws(Refusal) in
            try link(task, a.a0, a.a1, a.a2, a.a3, AtFlags(rawValue: Arguments.unsigned(a.a4)))
        },
        .rename: { (task, a) throws(Refusal) in
            try rename(task, workingDirectoryFD, a.a0, workingDirectoryFD, a.a1, 0)
        },
        .renameat: { (task, a) throws(Refusal) in try rename(task, a.a0, a.a1, a.a2, a.a3, 0) },
        .renameat2: { (task, a) throws(Refusal) in
            try rename(task, a.a0, a.a1, a.a2, a.a3, Arguments.unsigned(a.a4))
        },
        .readlink: { (task, a) throws(Refusal) in try readlink(task, workingDirectoryFD, a.a0, a.a1, a.a2) },
        .readlinkat: { (task, a) throws(Refusal) in try readlink(task, a.a0, a.a1, a.a2, a.a3) },
        .truncate: { (task, a) throws(Refusal) in try truncate(task, a.a0, Int64(bitPattern: a.a1)) },
    ]

    private static func mkdir(
        _ task: Task, _ dirfd: UInt64, _ address: UInt64, _ mode: UInt64
    ) throws(Refusal) -> Outcome {
        let path = try task.path(address)
        try task.makeDirectory(path, from: try task.base(dirfd, for: path), permissions: Arguments.unsigned(mode))
        return .success
    }

    private static func mknod(
        _ task: Task, _ dirfd: UInt64, _ address: UInt64, _ mode: UInt64, _ device: UInt64
    ) throws(Refusal) -> Outcome {
        var mode = FileMode(rawValue: Arguments.unsigned(mode) & 0o177777)
        // may_mknod(): no type means a regular file; directories are mkdir's.
        if mode.rawValue & 0o170000 == 0 { mode.rawValue |= FileKind.regular.rawValue }
        guard let kind = FileKind(rawValue: mode.rawValue & 0o170000), kind != .symlink else {
            throw Refusal(.EINVAL)
        }
        if kind == .directory { throw Refusal(.EPERM) }
        let path = try task.path(address)
        let number = DeviceNumber(encoded: UInt64(Arguments.unsigned(device)))
        _ = try task.makeNode(path, from: try task.base(dirfd, for: path), mode: mode, device: number)
        return .success
    }

    private static func rmdir(_ task: Task, _ dirfd: UInt64, _ address: UInt64) throws(Refusal) -> Outcome {
        let path = try task.path(address)
        try task.removeDirectory(path, from: try task.base(dirfd, for: path))
        return .success
    }

    private static func unlink(_ task: Task, _ dirfd: UInt64, _ address: UInt64) throws(Refusal) -> Outcome {
        let path = try task.path(address)
        try task.unlink(path, from: try task.base(dirfd, for: path))
        return .success
    }

    private static func symlink(
        _ task: Task, _ targetAddress: UInt64, _ dirfd: UInt64, _ address: UInt64
    ) throws(Refusal) -> Outcome {
        let target = try task.path(targetAddress)
        if target.isEmpty { throw Refusal(.ENOENT) }
        let path = try task.path(address)
        try task.makeSymlink(target, at: path, from: try task.base(dirfd, for: path))
        return .success
    }

    private static func link(
        _ task: Task, _ oldFD: UInt64, _ oldAddress: UInt64, _ newFD: UInt64, _ newAddress: UInt64, _ flags: AtFlags
    ) throws(Refusal) -> Outcome {
        guard flags.isSubset(of: [.symlinkFollow, .emptyPath]) else { throw Refusal(.EINVAL) }
        if flags.contains(.emptyPath), Arguments.int(oldFD) != AtFlags.workingDirectory,
            try task.path(oldAddress).isEmpty
        {
            try task.checkLink(toOpen: try task.files.file(Arguments.int(oldFD)))
        }
        let old = try task.resolve(oldFD, oldAddress, flags, followsByDefault: false)
        let path = try task.path(newAddress)
        try task.makeLink(to: old, at: path, from: try task.base(newFD, for: path))
        return .success
    }

    private static func rename(
        _ task: Task, _ oldFD: UInt64, _ oldAddress: UInt64, _ newFD: UInt64, _ newAddress: UInt64, _ raw: UInt32
    ) throws(Refusal) -> Outcome {
        let flags = RenameFlags(rawValue: raw)
        guard raw & ~7 == 0, !flags.contains(.exchange) || flags.isDisjoint(with: [.noReplace, .whiteout]) else {
            throw Refusal(.EINVAL)
        }
        let old = try task.path(oldAddress)
        let new = try task.path(newAddress)
        try task.rename(
            old, from: try task.base(oldFD, for: old), to: new, from: try task.base(newFD, for: new), flags)
        return .success
    }

    private static func readlink(
        _ task: Task, _ dirfd: UInt64, _ address: UInt64, _ buffer: UInt64, _ size: UInt64
    ) throws(Refusal) -> Outcome {
        let size = Arguments.int(size)
        if size <= 0 { throw Refusal(.EINVAL) }
        let path = try task.path(address)
        // readlinkat(2): an empty path means the link that the fd is open on (O_PATH|O_NOFOLLOW).
        let found = try task.lookup(
            path, from: try task.base(dirfd, for: path, allowsEmpty: true), .emptyPath)
        guard found.inode.mode.isSymlink else {
            throw path.isEmpty ? Refusal(.ENOENT) : Refusal(.EINVAL)
        }
        found.touchAccessTime()
        let text = try found.inode.readLink(for: task).prefix(Int(size))
        try task.memory.store(Array(text), at: UserAddress(buffer))
        return .value(Int64(text.count))
    }

    private static func truncate(_ task: Task, _ address: UInt64, _ size: Int64) throws(Refusal) -> Outcome {
        if size < 0 { throw Refusal(.EINVAL) }
        let path = try task.lookup(try task.path(address))
        if path.inode.mode.isDirectory { throw Refusal(.EISDIR) }
        guard path.inode.mode.isRegular else { throw Refusal(.EINVAL) }
        try path.checkWritable()
        try path.check(.write, for: task)
        // get_write_access(): a running program's file does not change.
        if path.inode.denyWriteCount > 0 { throw Refusal(.ETXTBSY) }
        try FileSizeCalls.checkSize(size, of: path.inode, task)
        path.removePrivileges(writtenBy: task)
        try path.inode.truncate(to: size, for: task)
        return .success
    }
}
