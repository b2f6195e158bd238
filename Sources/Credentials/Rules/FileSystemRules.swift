import LinuxABI

/// File systems' types, options and instances.
extension Rule {
    package static let fileSystemTypeUnknown = Rule(
        "file-system-type-unknown", .ENODEV, "there is no file system of this type", source: "mount(2), get_fs_type()")
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

    package static let fileSystemRules: [Rule] = [
        .fileSystemTypeUnknown, .mountOptionUnknown, .mountOptionValue, .mountSourceTwice, .mountSourceNotText,
        .mountTypeNotPermitted, .fileSystemExists, .fileSystemHasWriters,
    ]
}
