import LinuxABI

/// File systems' types, options and instances.
extension Rule {
    package static let mountOptionUnknown = Rule(
        "mount-option-unknown", .EINVAL, "the file system has no option of this name", source: "vfs_parse_fs_param()")
    package static let mountOptionValue = Rule(
        "mount-option-value", .EINVAL, "the option does not take this value", source: "fs_parse()")
    package static let mountSourceTwice = Rule(
        "mount-source-twice", .EINVAL, "the source was given already", source: "vfs_parse_fs_param_source()")
    package static let mountSourceNotText = Rule(
        "mount-source-not-text", .EINVAL, "the source is no text", source: "vfs_parse_fs_param_source()")
    package static let mountTypeNotPermitted = Rule(
        "mount-type-not-permitted", .EPERM,
        "an instance of this type needs CAP_SYS_ADMIN over the user namespace to which it belongs, or in the initial one",
        source: "mount(2), mount_capable()")
    package static let fileSystemExists = Rule(
        "file-system-exists", .EBUSY, "the instance exists already, and a new one was demanded",
        source: "sget_fc()")
    package static let fileSystemHasWriters = Rule(
        "file-system-has-writers", .EBUSY, "files of it are open for writing, so that it cannot become read-only",
        source: "mount(2), sb_prepare_remount_readonly()")

    package static let binfmtNotSupported = Rule(
        "binfmt-not-supported", .EOPNOTSUPP, "a sandbox has no interpreters for other programs",
        source: "nsentry itself")
    package static let tmpfsNoSwapNotPermitted = Rule(
        "tmpfs-noswap-not-permitted", .EINVAL,
        "keeping a tmpfs in memory is for who administers the machine, and only from the start",
        source: "tmpfs(5), noswap; shmem_parse_one(), shmem_reconfigure()")
    package static let tmpfsUnlimited = Rule(
        "tmpfs-unlimited", .EINVAL, "a tmpfs without a limit cannot be given one", source: "shmem_reconfigure()")
    package static let tmpfsLimitBelowUse = Rule(
        "tmpfs-limit-below-use", .EINVAL, "the tmpfs holds more than the new limit already",
        source: "shmem_reconfigure()")
    package static let tmpfsInodeLimit = Rule(
        "tmpfs-inode-limit", .ENOSPC, "the tmpfs has as many files and names as nr_inodes allows",
        source: "tmpfs(5), shmem_reserve_inode()")

    package static let fileSystemRules: [Rule] = [
        .mountOptionUnknown, .mountOptionValue, .mountSourceTwice, .mountSourceNotText,
        .mountTypeNotPermitted, .binfmtNotSupported, .fileSystemExists, .fileSystemHasWriters,
        .tmpfsNoSwapNotPermitted, .tmpfsUnlimited, .tmpfsLimitBelowUse, .tmpfsInodeLimit,
    ]
}
