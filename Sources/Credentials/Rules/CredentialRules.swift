import LinuxABI

/// The set*id family, setgroups(2), capset(2), the prctl(2) options that concern credentials, and execve(2)'s.
extension Rule {
    package static let idUnmapped = Rule(
        "id-unmapped", .EINVAL, "the ID has no mapping in the caller's user namespace",
        source: "setuid(2), ERRORS; make_kuid()")
    package static let setuidNotPermitted = Rule(
        "setuid-not-permitted", .EPERM,
        "without CAP_SETUID a user ID can only become one of those that the caller already has",
        source: "setuid(2), setreuid(2), setresuid(2), ERRORS")
    package static let setgidNotPermitted = Rule(
        "setgid-not-permitted", .EPERM,
        "without CAP_SETGID a group ID can only become one of those that the caller already has",
        source: "setgid(2), setregid(2), setresgid(2), ERRORS")
    package static let setgroupsNeedsSetgid = Rule(
        "setgroups-needs-setgid", .EPERM, "changing supplementary groups needs CAP_SETGID",
        source: "setgroups(2), ERRORS; may_setgroups()")
    package static let setgroupsBeforeGIDMap = Rule(
        "setgroups-before-gid-map", .EPERM, "supplementary groups cannot be changed before the group ID map is set",
        source: "user_namespaces(7), The /proc/pid/setgroups file; userns_may_setgroups()")
    package static let setgroupsDenied = Rule(
        "setgroups-denied", .EPERM, "setgroups is denied in this user namespace",
        source: "user_namespaces(7), The /proc/pid/setgroups file; userns_may_setgroups()")

    package static let capsetOtherTask = Rule(
        "capset-other-task", .EPERM, "a task can only change its own capabilities",
        source: "capset(2), ERRORS; sys_capset()")
    package static let capsetInheritableNotPermitted = Rule(
        "capset-inheritable-not-permitted", .EPERM,
        "without CAP_SETPCAP the inheritable set only grows by permitted capabilities",
        source: "capabilities(7), Programmatically adjusting capability sets; cap_capset()")
    package static let capsetInheritableBounded = Rule(
        "capset-inheritable-bounded", .EPERM, "the inheritable set only grows within the bounding set",
        source: "capabilities(7), Programmatically adjusting capability sets; cap_capset()")
    package static let capsetPermittedGrows = Rule(
        "capset-permitted-grows", .EPERM, "the permitted set can only shrink",
        source: "capabilities(7), Programmatically adjusting capability sets; cap_capset()")
    package static let capsetEffectiveNotPermitted = Rule(
        "capset-effective-not-permitted", .EPERM, "the effective set must be within the new permitted set",
        source: "capabilities(7), Programmatically adjusting capability sets; cap_capset()")

    package static let boundingDropNeedsSetpcap = Rule(
        "bounding-drop-needs-setpcap", .EPERM, "dropping from the bounding set needs CAP_SETPCAP",
        source: "PR_CAPBSET_DROP(2const), ERRORS; cap_prctl_drop()")
    package static let securebitsLocked = Rule(
        "securebits-locked", .EPERM, "a locked securebit was to change, a lock to be undone, or a bit is unknown",
        source: "capabilities(7), The securebits flags; cap_task_prctl()")
    package static let securebitsNeedSetpcap = Rule(
        "securebits-need-setpcap", .EPERM, "changing these securebits needs CAP_SETPCAP",
        source: "capabilities(7), The securebits flags; cap_task_prctl()")
    package static let keepCapabilitiesLocked = Rule(
        "keep-capabilities-locked", .EPERM, "the keep-capabilities flag is locked by the securebits",
        source: "PR_SET_KEEPCAPS(2const), ERRORS; cap_task_prctl()")
    package static let ambientRaise = Rule(
        "ambient-raise", .EPERM,
        "a capability becomes ambient only if it is permitted and inheritable, and the securebits do not forbid it",
        source: "PR_CAP_AMBIENT(2const), ERRORS; cap_task_prctl()")

    package static let execCapabilitiesIncomplete = Rule(
        "exec-capabilities-incomplete", .EPERM,
        "the file must run with capabilities that the bounding set does not allow",
        source: "capabilities(7), Safety checking for capability-dumb binaries; bprm_caps_from_vfs_caps()")
    package static let fileCapabilitiesMalformed = Rule(
        "file-capabilities-malformed", .EINVAL, "the value is no capability set of revision 2 or 3",
        source: "capabilities(7), File capability extended attribute versioning; cap_convert_nscap()")
    package static let fileCapabilitiesNeedSetfcap = Rule(
        "file-capabilities-need-setfcap", .EPERM,
        "giving a file capabilities needs CAP_SETFCAP and an owner and group that are mapped in the caller's user namespace",
        source: "capabilities(7), CAP_SETFCAP; cap_convert_nscap()")
    package static let fileCapabilitiesRootUnmapped = Rule(
        "file-capabilities-root-unmapped", .EINVAL,
        "the root user ID for which the capabilities count is not mapped here or in the file system's user namespace",
        source: "capabilities(7), Namespaced file capabilities; cap_convert_nscap()")
    package static let fileCapabilitiesOfOtherRoot = Rule(
        "file-capabilities-of-other-root", .EOVERFLOW,
        "the capabilities count for a root user that the caller's user namespace cannot name",
        source: "capabilities(7), Namespaced file capabilities; cap_inode_getsecurity()")

    static let credentialRules: [Rule] = [
        idUnmapped, setuidNotPermitted, setgidNotPermitted, setgroupsNeedsSetgid, setgroupsBeforeGIDMap,
        setgroupsDenied, capsetOtherTask, capsetInheritableNotPermitted, capsetInheritableBounded,
        capsetPermittedGrows, capsetEffectiveNotPermitted, boundingDropNeedsSetpcap, securebitsLocked,
        securebitsNeedSetpcap, keepCapabilitiesLocked, ambientRaise, execCapabilitiesIncomplete,
        fileCapabilitiesMalformed, fileCapabilitiesNeedSetfcap, fileCapabilitiesRootUnmapped,
        fileCapabilitiesOfOtherRoot,
    ]
}
