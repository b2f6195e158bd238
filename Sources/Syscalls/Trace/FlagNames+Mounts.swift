extension FlagNames {
    static let mount = FlagNames(
        "MS_",
        [
            ("RDONLY", 1), ("NOSUID", 2), ("NODEV", 4), ("NOEXEC", 8), ("SYNCHRONOUS", 0x10), ("REMOUNT", 0x20),
            ("MANDLOCK", 0x40), ("DIRSYNC", 0x80), ("NOSYMFOLLOW", 0x100), ("NOATIME", 0x400), ("NODIRATIME", 0x800),
            ("BIND", 0x1000), ("MOVE", 0x2000), ("REC", 0x4000), ("SILENT", 0x8000), ("POSIXACL", 0x10000),
            ("UNBINDABLE", 0x20000), ("PRIVATE", 0x40000), ("SLAVE", 0x80000), ("SHARED", 0x100000),
            ("RELATIME", 0x200000), ("I_VERSION", 0x800000), ("STRICTATIME", 0x1000000), ("LAZYTIME", 0x2000000),
        ])
    static let umount = FlagNames(
        "",
        [
            ("MNT_FORCE", 1), ("MNT_DETACH", 2), ("MNT_EXPIRE", 4), ("UMOUNT_NOFOLLOW", 8),
        ])
    static let openTree = FlagNames(
        "",
        [
            ("OPEN_TREE_CLONE", 1), ("AT_SYMLINK_NOFOLLOW", 0x100), ("AT_NO_AUTOMOUNT", 0x800),
            ("AT_EMPTY_PATH", 0x1000), ("AT_RECURSIVE", 0x8000), ("OPEN_TREE_CLOEXEC", 0x80000),
        ])
    static let moveMount = FlagNames(
        "MOVE_MOUNT_",
        [
            ("F_SYMLINKS", 1), ("F_AUTOMOUNTS", 2), ("F_EMPTY_PATH", 4), ("T_SYMLINKS", 0x10), ("T_AUTOMOUNTS", 0x20),
            ("T_EMPTY_PATH", 0x40), ("SET_GROUP", 0x100), ("BENEATH", 0x200),
        ])
    static let fsopen = FlagNames(
        "FSOPEN_",
        [
            ("CLOEXEC", 1)
        ])
    static let fsmount = FlagNames(
        "FSMOUNT_",
        [
            ("CLOEXEC", 1)
        ])
    static let fsconfig = FlagNames(
        "FSCONFIG_",
        [
            ("SET_FLAG", 0), ("SET_STRING", 1), ("SET_BINARY", 2), ("SET_PATH", 3), ("SET_PATH_EMPTY", 4),
            ("SET_FD", 5), ("CMD_CREATE", 6), ("CMD_RECONFIGURE", 7), ("CMD_CREATE_EXCL", 8),
        ])
    static let fspick = FlagNames(
        "FSPICK_",
        [
            ("CLOEXEC", 1), ("SYMLINK_NOFOLLOW", 2), ("NO_AUTOMOUNT", 4), ("EMPTY_PATH", 8),
        ])
}
