import LinuxABI

extension SyscallTable {
    /// Mounts, by the classic call and by file descriptors.
    static let mountEntries: [SyscallEntry] = [
        .emulated(.mount, [.path, .path, .string, .flags(.mount), .string]),
        .emulated(.umount2, [.path, .flags(.umount)]),
        .emulated(.pivot_root, [.path, .path]),
        .emulated(.open_tree, [.dirfd, .path, .flags(.openTree)], .fd),
        .emulated(.open_tree_attr, [.dirfd, .path, .flags(.openTree), .structure(.mount_attr), .size], .fd),
        .emulated(.move_mount, [.dirfd, .path, .dirfd, .path, .flags(.moveMount)]),
        .emulated(.fsopen, [.string, .flags(.fsopen)], .fd),
        .emulated(.fsconfig, [.fd, .choice(.fsconfig), .string, .pointer, .int]),
        .emulated(.fsmount, [.fd, .flags(.fsmount), .hex], .fd),
        .emulated(.fspick, [.dirfd, .path, .flags(.fspick)], .fd),
        .emulated(.mount_setattr, [.dirfd, .path, .flags(.at), .structure(.mount_attr), .size]),
        .emulated(.statmount, [.structure(.mnt_id_req), .pointer, .size, .hex]),
        .emulated(.listmount, [.structure(.mnt_id_req), .pointer, .size, .hex]),
    ]
}
