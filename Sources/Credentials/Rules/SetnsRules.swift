import LinuxABI

/// setns(2).
extension Rule {
    package static let setnsNotANamespace = Rule(
        "setns-not-a-namespace", .EINVAL, "the descriptor is neither a namespace file nor a pidfd",
        source: "setns(2), ERRORS; sys_setns()")
    package static let setnsWrongKind = Rule(
        "setns-wrong-kind", .EINVAL, "the flags name another kind of namespace than the descriptor's",
        source: "setns(2), ERRORS; sys_setns()")
    package static let setnsPidfdFlags = Rule(
        "setns-pidfd-flags", .EINVAL, "with a pidfd the flags must name at least one namespace, and nothing else",
        source: "setns(2), fd_type PID file descriptor; check_setns_flags()")
    package static let setnsNoAccessToTarget = Rule(
        "setns-no-access-to-target", .EPERM, "the caller may not read the process that the pidfd refers to",
        source: "setns(2), ERRORS; validate_nsset()")
    package static let setnsUserFake = Rule(
        "setns-user-fake", .EINVAL,
        "under this profile /proc/[pid]/ns/user is not a real namespace file, so nothing can be joined",
        source: "profile gvisor-pre-13323")
    package static let setnsUserIsCurrent = Rule(
        "setns-user-is-current", .EINVAL, "the caller is already in this user namespace",
        source: "setns(2), User namespaces; userns_install()")
    package static let setnsUserMultithreaded = Rule(
        "setns-user-multithreaded", .EINVAL, "all threads of a process share one user namespace",
        source: "setns(2), User namespaces; userns_install()")
    package static let setnsUserSharedFS = Rule(
        "setns-user-shared-fs", .EINVAL, "the caller shares its root and working directory with another task",
        source: "setns(2), User namespaces; userns_install()")
    package static let setnsUserNeedsAdmin = Rule(
        "setns-user-needs-admin", .EPERM, "joining a user namespace needs CAP_SYS_ADMIN over it",
        source: "setns(2), User namespaces; userns_install()")
    package static let setnsMountNeedsCapabilities = Rule(
        "setns-mount-needs-capabilities", .EPERM,
        "joining a mount namespace needs CAP_SYS_ADMIN over it, and CAP_SYS_CHROOT and CAP_SYS_ADMIN in the caller's user namespace",
        source: "setns(2), Mount namespaces; mntns_install()")
    package static let setnsMountSharedFS = Rule(
        "setns-mount-shared-fs", .EINVAL, "the caller shares its root and working directory with another task",
        source: "setns(2), Mount namespaces; mntns_install()")
    package static let setnsNeedsAdminOverTarget = Rule(
        "setns-needs-admin-over-target", .EPERM,
        "joining this namespace needs CAP_SYS_ADMIN in the user namespace that owns it",
        source: "setns(2), ERRORS; utsns_install() and its kin")
    package static let setnsNeedsAdminHere = Rule(
        "setns-needs-admin-here", .EPERM,
        "joining this namespace needs CAP_SYS_ADMIN also in the user namespace that the caller will be in",
        source: "setns(2), ERRORS; utsns_install() and its kin")
    package static let setnsPIDNotDescendant = Rule(
        "setns-pid-not-descendant", .EINVAL,
        "only the caller's own PID namespace and its descendants can be chosen for children",
        source: "setns(2), PID namespaces; pidns_install()")
    package static let setnsTimeMultithreaded = Rule(
        "setns-time-multithreaded", .EUSERS, "a time namespace can only be joined by a process with one thread",
        source: "setns(2), Time namespaces; timens_install()")

    static let setnsRules: [Rule] = [
        setnsNotANamespace, setnsWrongKind, setnsPidfdFlags, setnsNoAccessToTarget, setnsUserFake,
        setnsUserIsCurrent, setnsUserMultithreaded, setnsUserSharedFS, setnsUserNeedsAdmin,
        setnsMountNeedsCapabilities, setnsMountSharedFS, setnsNeedsAdminOverTarget, setnsNeedsAdminHere,
        setnsPIDNotDescendant, setnsTimeMultithreaded,
    ]
}
