import Credentials
import Kernel
import LinuxABI

/// mount(2), umount2(2), pivot_root(2) and the newer mount calls: who may, and that is all. Mounting itself is not
/// served yet.
enum MountCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .mount: { task, a throws(Refusal) in
            // The strings are copied before the path is looked up, and permission comes after it (do_mount).
            if a.a2 != 0 { _ = try task.memory.string(UserAddress(a.a2)) }
            if a.a0 != 0 { _ = try task.memory.string(UserAddress(a.a0)) }
            _ = try task.resolve(workingDirectoryFD, a.a1, [])
            try checkMay(task)
            throw Refusal(.ENODEV)
        },
        .umount2: { task, a throws(Refusal) in
            let flags = Arguments.int(a.a1)
            guard flags & ~0xf == 0 else { throw Refusal(.EINVAL) }
            let path = try task.resolve(workingDirectoryFD, a.a0, flags & 8 != 0 ? .symlinkNofollow : [])
            try checkMay(task)
            guard path.dentry === path.mount.root else { throw Refusal(.umountNotMountpoint) }
            throw Refusal(.EBUSY)
        },
        .pivot_root: { task, a throws(Refusal) in
            try checkMay(task)
            _ = try task.lookup(try task.path(a.a0), [.follow, .directory])
            _ = try task.lookup(try task.path(a.a1), [.follow, .directory])
            throw Refusal(.EINVAL)
        },
        .fsopen: notServed, .fsmount: notServed, .fspick: notServed, .move_mount: notServed, .open_tree: notServed,
        .mount_setattr: notServed,
    ]

    /// may_mount().
    private static func checkMay(_ task: Task) throws(Refusal) {
        try task.require(.sysAdmin, over: task.mountNamespace?.owner, .mountNotPermitted)
    }

    @Sendable private static func notServed(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        try checkMay(task)
        throw Refusal(.ENOSYS)
    }
}
