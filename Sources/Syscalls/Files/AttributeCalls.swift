import Credentials
import Kernel
import LinuxABI

/// Modes, owners, times, and what access(2) thinks of them.
enum AttributeCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .chmod: { (task, a) throws(Refusal) in try chmod(task, workingDirectoryFD, a.a0, a.a1, []) },
        .fchmodat: { (task, a) throws(Refusal) in try chmod(task, a.a0, a.a1, a.a2, []) },
        .fchmodat2: { (task, a) throws(Refusal) in
            try chmod(task, a.a0, a.a1, a.a2, AtFlags(rawValue: Arguments.unsigned(a.a3)))
        },
        .fchmod: { (task, a) throws(Refusal) in
            try task.openFile(a.a0).path.changeMode(Arguments.unsigned(a.a1), for: task)
            return .success
        },
        .chown: { (task, a) throws(Refusal) in try chown(task, workingDirectoryFD, a.a0, a.a1, a.a2, []) },
        .lchown: { (task, a) throws(Refusal) in
            try chown(task, workingDirectoryFD, a.a0, a.a1, a.a2, .symlinkNofollow)
        },
        .fchownat: { (task, a) throws(Refusal) in
            try chown(task, a.a0, a.a1, a.a2, a.a3, AtFlags(rawValue: Arguments.unsigned(a.a4)))
        },
        .fchown: { (task, a) throws(Refusal) in
            try chown(task, try task.openFile(a.a0).path, a.a1, a.a2)
        },
        .access: { (task, a) throws(Refusal) in try access(task, workingDirectoryFD, a.a0, a.a1, []) },
        .faccessat: { (task, a) throws(Refusal) in try access(task, a.a0, a.a1, a.a2, []) },
        .faccessat2: { (task, a) throws(Refusal) in
            try access(task, a.a0, a.a1, a.a2, AtFlags(rawValue: Arguments.unsigned(a.a3)))
        },
    ]

    private static func chmod(
        _ task: Task, _ dirfd: UInt64, _ path: UInt64, _ mode: UInt64, _ flags: AtFlags
    ) throws(Refusal) -> Outcome {
        guard flags.isSubset(of: [.symlinkNofollow, .emptyPath]) else { throw Refusal(.EINVAL) }
        let found = try task.resolve(dirfd, path, flags)
        // A link has no mode of its own (chmod(2), AT_SYMLINK_NOFOLLOW).
        if found.inode.mode.isSymlink { throw Refusal(.EOPNOTSUPP) }
        try found.changeMode(Arguments.unsigned(mode), for: task)
        return .success
    }

    private static func chown(
        _ task: Task, _ dirfd: UInt64, _ path: UInt64, _ uid: UInt64, _ gid: UInt64, _ flags: AtFlags
    ) throws(Refusal) -> Outcome {
        guard flags.isSubset(of: [.symlinkNofollow, .emptyPath]) else { throw Refusal(.EINVAL) }
        return try chown(task, try task.resolve(dirfd, path, flags), uid, gid)
    }

    private static func chown(_ task: Task, _ path: Path, _ uid: UInt64, _ gid: UInt64) throws(Refusal) -> Outcome {
        try path.checkWritable()
        let owner = try task.newOwner(uid), group = try task.newGroup(gid)
        try path.changeOwner(owner, group, for: task)
        return .success
    }

    // MARK: access

    private static func access(
        _ task: Task, _ dirfd: UInt64, _ path: UInt64, _ mode: UInt64, _ flags: AtFlags
    ) throws(Refusal) -> Outcome {
        let mode = Arguments.unsigned(mode)
        guard mode & ~7 == 0, flags.isSubset(of: [.effectiveAccess, .symlinkNofollow, .emptyPath]) else {
            throw Refusal(.EINVAL)
        }
        let credentials = flags.contains(.effectiveAccess) ? task.credentials : task.credentials.forAccessCheck()
        return try task.withCredentials(credentials) { () throws(Refusal) -> Outcome in
            let found = try task.resolve(dirfd, path, flags)
            let wanted = Access(rawValue: mode)
            // MAY_EXEC on a regular file of a noexec mount.
            if wanted.contains(.execute), found.inode.mode.isRegular, found.forbidsExecution {
                throw Refusal(.fileNoexecMount)
            }
            try found.check(wanted, for: task)
            // A read-only mount refuses last, and not for device nodes, FIFOs and sockets.
            if wanted.contains(.write), [.regular, .directory, .symlink].contains(found.inode.mode.kind) {
                try found.checkWritable()
            }
            return .success
        }
    }
}
