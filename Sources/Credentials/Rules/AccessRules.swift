import LinuxABI

/// What one task may do to another: look, signal, reschedule, limit; and what nsfs files and pidfds tell.
extension Rule {
    package static let accessOtherIDs = Rule(
        "access-other-ids", .EPERM,
        "the target's user and group IDs are not all the caller's, and it has no CAP_SYS_PTRACE over the target",
        source: "ptrace(2), Ptrace access mode checking; __ptrace_may_access()")
    package static let accessNotDumpable = Rule(
        "access-not-dumpable", .EPERM,
        "the target is not dumpable, and the caller has no CAP_SYS_PTRACE in the user namespace where it was executed",
        source: "ptrace(2), Ptrace access mode checking; __ptrace_may_access()")
    package static let accessMoreCapabilities = Rule(
        "access-more-capabilities", .EPERM,
        "the target has capabilities that the caller lacks, or is in another user namespace, and the caller has no "
            + "CAP_SYS_PTRACE over it",
        source: "ptrace(2), Ptrace access mode checking; cap_ptrace_access_check()")

    package static let limitsOfOtherTask = Rule(
        "limits-of-other-task", .EPERM,
        "the target's user and group IDs are not all the caller's real ones, and it has no CAP_SYS_RESOURCE over the target",
        source: "prlimit(2), ERRORS; check_prlimit_permission()")
    package static let limitRaise = Rule(
        "limit-raise", .EPERM, "raising a hard limit needs CAP_SYS_RESOURCE in the initial user namespace",
        source: "getrlimit(2), ERRORS; do_prlimit()")
    package static let priorityOfOtherTask = Rule(
        "priority-of-other-task", .EPERM,
        "the caller's effective user ID is neither the target's real nor effective one, and it has no CAP_SYS_NICE over the target",
        source: "setpriority(2), ERRORS; set_one_prio()")
    package static let priorityRaise = Rule(
        "priority-raise", .EACCES,
        "a lower nice value than RLIMIT_NICE allows needs CAP_SYS_NICE in the initial user namespace",
        source: "setpriority(2), ERRORS; can_nice()")
    package static let priorityMoreCapabilities = Rule(
        "priority-more-capabilities", .EPERM,
        "the target has capabilities that the caller lacks, and the caller has no CAP_SYS_NICE over it",
        source: "cap_safe_nice()")
    package static let schedulerOfOtherTask = Rule(
        "scheduler-of-other-task", .EPERM,
        "the target belongs to another user, or the policy needs CAP_SYS_NICE in the initial user namespace",
        source: "sched_setscheduler(2), ERRORS; user_check_sched_setscheduler()")
    package static let affinityOfOtherTask = Rule(
        "affinity-of-other-task", .EPERM,
        "the target belongs to another user, and the caller has no CAP_SYS_NICE over it",
        source: "sched_setaffinity(2), ERRORS; sched_setaffinity()")

    package static let nsfsOwnerOutOfReach = Rule(
        "nsfs-owner-out-of-reach", .EPERM,
        "the owning or parent namespace is not the caller's own or a descendant of it, or there is none",
        source: "ioctl_nsfs(2), ERRORS; ns_get_owner(), ns_get_parent")
    package static let nsfsNoParent = Rule(
        "nsfs-no-parent", .EINVAL, "only user and PID namespaces have a parent",
        source: "ioctl_nsfs(2), NS_GET_PARENT; ns_ioctl()")
    package static let nsfsWrongKind = Rule(
        "nsfs-wrong-kind", .EINVAL, "the request does not fit this kind of namespace",
        source: "ioctl_nsfs(2), ERRORS; ns_ioctl()")
    package static let nsfsHandleNeedsAdmin = Rule(
        "nsfs-handle-needs-admin", .ESTALE,
        "by handle, another namespace than the caller's own is for who has CAP_SYS_ADMIN over its owner",
        source: "open_by_handle_at(2); nsfs_fh_to_dentry()")
    package static let nsfsMountListNeedsAdmin = Rule(
        "nsfs-mount-list-needs-admin", .EPERM,
        "stepping through mount namespaces needs CAP_SYS_ADMIN in the initial user and PID namespace",
        source: "ioctl_nsfs(2), NS_MNT_GET_NEXT; ns_ioctl()")
    package static let pidfdNamespaceNoAccess = Rule(
        "pidfd-namespace-no-access", .EACCES, "the caller may not read the process that the pidfd refers to",
        source: "pidfd_ioctl()")
    package static let pidfdForeignNamespace = Rule(
        "pidfd-foreign-namespace", .EREMOTE, "the process is not visible in the caller's PID namespace",
        source: "pidfd_info()")

    package static let hostnameNeedsAdmin = Rule(
        "hostname-needs-admin", .EPERM, "changing host or domain name needs CAP_SYS_ADMIN over the UTS namespace",
        source: "sethostname(2), ERRORS; sys_sethostname()")

    static let accessRules: [Rule] = [
        accessOtherIDs, accessNotDumpable, accessMoreCapabilities, limitsOfOtherTask, limitRaise,
        priorityOfOtherTask, priorityRaise, priorityMoreCapabilities, schedulerOfOtherTask, affinityOfOtherTask,
        nsfsOwnerOutOfReach, nsfsNoParent, nsfsWrongKind, nsfsHandleNeedsAdmin, nsfsMountListNeedsAdmin,
        pidfdNamespaceNoAccess,
        pidfdForeignNamespace, hostnameNeedsAdmin,
    ]
}
