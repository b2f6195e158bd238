import Credentials
import Kernel
import LinuxABI

/// Listing directories, and the root and working directory.
enum DirectoryCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .getdents: { (task, a) throws(Refusal) in try list(task, a, isOld: true) },
        .getdents64: { (task, a) throws(Refusal) in try list(task, a, isOld: false) },
        .getcwd: { (task, a) throws(Refusal) in try workingDirectory(task, a.a0, a.a1) },
        .chdir: { (task, a) throws(Refusal) in
            let path = try task.lookup(try task.path(a.a0), [.follow, .directory])
            try path.check(.execute, for: task)
            task.fs.workingDirectory = path
            return .success
        },
        .fchdir: { (task, a) throws(Refusal) in
            let path = try task.files.file(Arguments.int(a.a0)).path
            guard path.inode.mode.isDirectory else { throw Refusal(.ENOTDIR) }
            try path.check(.execute, for: task)
            task.fs.workingDirectory = path
            return .success
        },
        .chroot: { (task, a) throws(Refusal) in
            let path = try task.lookup(try task.path(a.a0), [.follow, .directory])
            try path.check(.execute, for: task)
            try task.require(.sysChroot, over: task.userNamespace, .chrootNotPermitted)
            task.fs.root = path
            return .success
        },
        .umask: { (task, a) throws(Refusal) in
            let old = task.fs.umask
            task.fs.umask = Arguments.unsigned(a.a0) & 0o777
            return .value(Int64(old))
        },
        .lseek: { (task, a) throws(Refusal) in try seek(task, a) },
    ]

    private static func workingDirectory(_ task: Task, _ address: UInt64, _ size: UInt64) throws(Refusal) -> Outcome {
        let place = task.fs.workingDirectory
        if place.dentry.isUnlinked { throw Refusal(.ENOENT) }
        let text = place.text(from: task.fs.root).withUnreachableMark + [0]
        if text.count > 4096 { throw Refusal(.ENAMETOOLONG) }
        if UInt64(text.count) > size { throw Refusal(.ERANGE) }
        try task.memory.store(text, at: UserAddress(address))
        return .value(Int64(text.count))
    }

    // MARK: Listing

    /// Offsets are the entry's index plus one, above a number that no file's size reaches: by it the filter knows a
    /// seek in a directory, which the host's placeholder must not see.
    private static let offsetBase = Int64(SyscallTable.directoryOffsetBase)

    private static func list(_ task: Task, _ a: Arguments, isOld: Bool) throws(Refusal) -> Outcome {
        guard let directory = try task.openFile(a.a0) as? DirectoryFile else { throw Refusal(.ENOTDIR) }
        if directory.path.dentry.isUnlinked { throw Refusal(.ENOENT) }
        if !directory.flags.contains(.noatime) { directory.path.touchAccessTime() }
        let entries: [DirectoryEntry]
        if let listing = directory.listing, directory.position > 0 {
            entries = listing
        } else {
            entries = try directory.inode.entries(for: task)
            try directory.keep(entries)
        }
        // What one call returns is bounded, whatever the guest says its buffer holds.
        let limit = min(Int(Arguments.unsigned(a.a2)), 1 << 20)
        var buffer: [UInt8] = []
        buffer.reserveCapacity(min(limit, 32768))
        var position = directory.position
        let total = Int64(entries.count) + 2
        while position < total {
            let before = buffer.count
            switch position {
            case 0:
                append(".", directory.inode.number, .directory, offsetBase + position + 1, isOld, &buffer)
            case 1:
                let parent = directory.path.dentry === directory.path.mount.root ? nil : directory.path.dentry.parent
                append(
                    "..", (parent?.inode ?? directory.inode).number, .directory, offsetBase + position + 1, isOld,
                    &buffer)
            default:
                let entry = entries[Int(position - 2)]
                append(entry.name, entry.inode, entry.kind, offsetBase + position + 1, isOld, &buffer)
            }
            if buffer.count > limit {
                buffer.removeLast(buffer.count - before)
                break
            }
            position += 1
        }
        if buffer.isEmpty {
            if position < total { throw Refusal(.EINVAL) }
            return .success
        }
        try task.memory.store(buffer, at: UserAddress(a.a1))
        directory.position = position
        return .value(Int64(buffer.count))
    }

    /// struct linux_dirent64 {ino, off, reclen, type, name}; the old form has the type in its last byte.
    private static func append(
        _ name: Name, _ inode: UInt64, _ kind: FileKind, _ next: Int64, _ isOld: Bool, _ buffer: inout [UInt8]
    ) {
        let start = buffer.count
        let header = isOld ? 18 : 19
        let length = (header + name.bytes.count + (isOld ? 2 : 1) + 7) & ~7
        buffer.append(littleEndian: inode)
        buffer.append(littleEndian: next)
        buffer.append(littleEndian: UInt16(truncatingIfNeeded: length))
        if !isOld { buffer.append(kind.direntType) }
        buffer.append(contentsOf: name.bytes)
        buffer.append(contentsOf: repeatElement(0, count: start + length - buffer.count))
        if isOld { buffer[start + length - 1] = kind.direntType }
    }

    private static func shown(_ position: Int64) -> Int64 { position == 0 ? 0 : offsetBase &+ position }

    /// Directories keep their position in the model; everything else seeks on the host.
    private static func seek(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let file = try task.openFile(a.a0)
        guard let directory = file as? DirectoryFile else {
            // Reading a /proc file again from its start shows its present text.
            if case .text = file.backing, Arguments.int(a.a2) == 0 { task.kernel.platform.rewriteText(of: file) }
            return .continueOnHost
        }
        let offset = Int64(bitPattern: a.a1)
        let position: Int64
        switch Arguments.int(a.a2) {
        case 0: position = offset
        case 1: position = shown(directory.position) &+ offset
        // ext4_dir_llseek(): a directory ends behind all hashes.
        case 2:
            let (end, overflows) = Int64.max.addingReportingOverflow(offset)
            guard !overflows else { throw Refusal(.EINVAL) }
            position = end
        default: throw Refusal(.EINVAL)
        }
        guard position >= 0 else { throw Refusal(.EINVAL) }
        directory.position = position >= offsetBase ? position - offsetBase : position
        return .value(position)
    }
}
