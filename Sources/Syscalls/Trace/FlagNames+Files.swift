extension FlagNames {
    static let open = FlagNames(
        "O_",
        [
            ("WRONLY", 1), ("RDWR", 2), ("CREAT", 0x40), ("EXCL", 0x80), ("NOCTTY", 0x100), ("TRUNC", 0x200),
            ("APPEND", 0x400), ("NONBLOCK", 0x800), ("TMPFILE", 0x410000), ("SYNC", 0x101000), ("DSYNC", 0x1000),
            ("ASYNC", 0x2000), ("DIRECT", 0x4000), ("LARGEFILE", 0x8000), ("DIRECTORY", 0x10000), ("NOFOLLOW", 0x20000),
            ("NOATIME", 0x40000), ("CLOEXEC", 0x80000), ("PATH", 0x200000),
        ])
    static let at = FlagNames(
        "AT_",
        [
            ("SYMLINK_NOFOLLOW", 0x100), ("REMOVEDIR", 0x200), ("SYMLINK_FOLLOW", 0x400), ("NO_AUTOMOUNT", 0x800),
            ("EMPTY_PATH", 0x1000), ("STATX_FORCE_SYNC", 0x2000), ("STATX_DONT_SYNC", 0x4000), ("RECURSIVE", 0x8000),
        ])
    static let access = FlagNames(
        "",
        [
            ("R_OK", 4), ("W_OK", 2), ("X_OK", 1),
        ])
    static let fcntl = FlagNames(
        "F_",
        [
            ("DUPFD", 0), ("GETFD", 1), ("SETFD", 2), ("GETFL", 3), ("SETFL", 4), ("GETLK", 5), ("SETLK", 6),
            ("SETLKW", 7), ("SETOWN", 8), ("GETOWN", 9), ("SETSIG", 0xa), ("GETSIG", 0xb), ("SETOWN_EX", 0xf),
            ("GETOWN_EX", 0x10), ("OFD_GETLK", 0x24), ("OFD_SETLK", 0x25), ("OFD_SETLKW", 0x26), ("SETLEASE", 0x400),
            ("GETLEASE", 0x401), ("NOTIFY", 0x402), ("DUPFD_QUERY", 0x403), ("CREATED_QUERY", 0x404),
            ("DUPFD_CLOEXEC", 0x406), ("SETPIPE_SZ", 0x407), ("GETPIPE_SZ", 0x408), ("ADD_SEALS", 0x409),
            ("GET_SEALS", 0x40a),
        ])
    static let seek = FlagNames(
        "SEEK_",
        [
            ("SET", 0), ("CUR", 1), ("END", 2), ("DATA", 3), ("HOLE", 4),
        ])
    static let rename = FlagNames(
        "RENAME_",
        [
            ("NOREPLACE", 1), ("EXCHANGE", 2), ("WHITEOUT", 4),
        ])
    static let statxMask = FlagNames(
        "STATX_",
        [
            ("BASIC_STATS", 0x7ff), ("TYPE", 1), ("MODE", 2), ("NLINK", 4), ("UID", 8), ("GID", 0x10), ("ATIME", 0x20),
            ("MTIME", 0x40), ("CTIME", 0x80), ("INO", 0x100), ("SIZE", 0x200), ("BLOCKS", 0x400), ("BTIME", 0x800),
            ("MNT_ID", 0x1000), ("DIOALIGN", 0x2000), ("MNT_ID_UNIQUE", 0x4000), ("SUBVOL", 0x8000),
        ])
    static let xattr = FlagNames(
        "XATTR_",
        [
            ("CREATE", 1), ("REPLACE", 2),
        ])
    static let lock = FlagNames(
        "LOCK_",
        [
            ("SH", 1), ("EX", 2), ("NB", 4), ("UN", 8),
        ])
    static let inotify = FlagNames(
        "IN_",
        [
            ("ACCESS", 1), ("MODIFY", 2), ("ATTRIB", 4), ("CLOSE_WRITE", 8), ("CLOSE_NOWRITE", 0x10), ("OPEN", 0x20),
            ("MOVED_FROM", 0x40), ("MOVED_TO", 0x80), ("CREATE", 0x100), ("DELETE", 0x200), ("DELETE_SELF", 0x400),
            ("NONBLOCK", 0x800), ("CLOEXEC", 0x80000),
        ])
    static let ioctl = FlagNames(
        "",
        [
            ("TCGETS", 0x5401), ("TCSETS", 0x5402), ("TCSETSW", 0x5403), ("TCSETSF", 0x5404), ("TIOCSCTTY", 0x540e),
            ("TIOCGPGRP", 0x540f), ("TIOCSPGRP", 0x5410), ("TIOCSTI", 0x5412), ("TIOCGWINSZ", 0x5413),
            ("TIOCSWINSZ", 0x5414), ("FIONREAD", 0x541b), ("FIONBIO", 0x5421), ("TIOCNOTTY", 0x5422),
            ("TIOCGSID", 0x5429), ("FIONCLEX", 0x5450), ("FIOCLEX", 0x5451), ("FIOASYNC", 0x5452),
            ("NS_GET_USERNS", 0xb701), ("NS_GET_PARENT", 0xb702), ("NS_GET_NSTYPE", 0xb703),
            ("NS_GET_OWNER_UID", 0xb704), ("NS_GET_MNTNS_ID", 0x8008b705), ("NS_GET_PID_FROM_PIDNS", 0x8004b706),
            ("NS_GET_TGID_FROM_PIDNS", 0x8004b707), ("NS_GET_PID_IN_PIDNS", 0x8004b708),
            ("NS_GET_TGID_IN_PIDNS", 0x8004b709), ("PIDFD_GET_CGROUP_NAMESPACE", 0xff01),
            ("PIDFD_GET_IPC_NAMESPACE", 0xff02), ("PIDFD_GET_MNT_NAMESPACE", 0xff03),
            ("PIDFD_GET_NET_NAMESPACE", 0xff04), ("PIDFD_GET_PID_NAMESPACE", 0xff05),
            ("PIDFD_GET_PID_FOR_CHILDREN_NAMESPACE", 0xff06), ("PIDFD_GET_TIME_NAMESPACE", 0xff07),
            ("PIDFD_GET_TIME_FOR_CHILDREN_NAMESPACE", 0xff08), ("PIDFD_GET_USER_NAMESPACE", 0xff09),
            ("PIDFD_GET_UTS_NAMESPACE", 0xff0a),
        ])
    static let pipe = FlagNames(
        "O_",
        [
            ("NONBLOCK", 0x800), ("DIRECT", 0x4000), ("CLOEXEC", 0x80000), ("NOTIFICATION_PIPE", 0x80),
        ])
    static let closeRange = FlagNames(
        "CLOSE_RANGE_",
        [
            ("UNSHARE", 2), ("CLOEXEC", 4),
        ])
    static let memfd = FlagNames(
        "MFD_",
        [
            ("CLOEXEC", 1), ("ALLOW_SEALING", 2), ("HUGETLB", 4), ("NOEXEC_SEAL", 8), ("EXEC", 0x10),
        ])
    static let splice = FlagNames(
        "SPLICE_F_",
        [
            ("MOVE", 1), ("NONBLOCK", 2), ("MORE", 4), ("GIFT", 8),
        ])
}
