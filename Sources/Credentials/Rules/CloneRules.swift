import LinuxABI

/// Flags of clone(2), clone3(2) and unshare(2), and the namespaces that they make.
extension Rule {
    package static let cloneMountNamespaceWithSharedFS = Rule(
        "clone-newns-with-fs", .EINVAL,
        "a task in a new mount namespace cannot share root and working directory with its creator",
        source: "clone(2), ERRORS; copy_process()")
    package static let cloneUserNamespaceWithSharedFS = Rule(
        "clone-newuser-with-fs", .EINVAL,
        "a task in a new user namespace cannot share root and working directory with its creator",
        source: "clone(2), ERRORS; copy_process()")
    package static let cloneThreadWithoutSighand = Rule(
        "clone-thread-without-sighand", .EINVAL, "threads of a process share its signal handlers",
        source: "clone(2), CLONE_THREAD; copy_process()")
    package static let cloneSighandWithoutVM = Rule(
        "clone-sighand-without-vm", .EINVAL, "signal handlers can only be shared together with the memory they are in",
        source: "clone(2), CLONE_SIGHAND; copy_process()")
    package static let cloneParentByInit = Rule(
        "clone-parent-by-init", .EINVAL, "the init of a PID namespace cannot have siblings",
        source: "clone(2), CLONE_PARENT; copy_process()")
    package static let cloneThreadInNewNamespace = Rule(
        "clone-thread-in-new-namespace", .EINVAL,
        "all threads of a process are in one user namespace and one PID namespace",
        source: "clone(2), ERRORS; copy_process()")
    package static let cloneThreadAfterPIDNamespaceChange = Rule(
        "clone-thread-after-pid-namespace-change", .EINVAL,
        "children of the caller go to another PID namespace, where a thread of the caller cannot be",
        source: "pid_namespaces(7), Miscellaneous; copy_process()")
    package static let clonePidfdDetached = Rule(
        "clone-pidfd-detached", .EINVAL, "the obsolete CLONE_DETACHED cannot go with a pidfd",
        source: "clone(2), CLONE_PIDFD; copy_process()")
    package static let cloneIPCNamespaceWithSysvsem = Rule(
        "clone-newipc-with-sysvsem", .EINVAL,
        "semaphore undo lists cannot be shared between two IPC namespaces",
        source: "clone(2), ERRORS; copy_namespaces()")

    package static let unshareUnknownFlag = Rule(
        "unshare-unknown-flag", .EINVAL, "a flag is none of those that unshare knows",
        source: "unshare(2), ERRORS; check_unshare_flags()")
    package static let unshareMultithreaded = Rule(
        "unshare-multithreaded", .EINVAL,
        "user namespace, threads, signal handlers and memory can only be unshared by a process with one thread",
        source: "unshare(2), ERRORS; check_unshare_flags()")
    package static let unshareSharedHandlers = Rule(
        "unshare-shared-handlers", .EINVAL, "another process still shares the caller's signal handlers",
        source: "unshare(2), CLONE_SIGHAND; check_unshare_flags()")
    package static let unshareSharedMemory = Rule(
        "unshare-shared-memory", .EINVAL, "another process still shares the caller's memory",
        source: "unshare(2), CLONE_VM; check_unshare_flags()")

    package static let namespaceNeedsAdmin = Rule(
        "namespace-needs-admin", .EPERM,
        "making a namespace other than a user namespace needs CAP_SYS_ADMIN in the user namespace that will own it",
        source: "namespaces(7); copy_namespaces(), unshare_nsproxy_namespaces()")
    package static let namespaceLimit = Rule(
        "namespace-limit", .ENOSPC,
        "a limit of /proc/sys/user is reached for this kind of namespace, here or in an ancestor",
        source: "namespaces(7), The /proc/sys/user directory; inc_ucount()")
    package static let pidNamespacePending = Rule(
        "pid-namespace-pending", .EINVAL,
        "the caller's children already go to another PID namespace than its own",
        source: "unshare(2), CLONE_NEWPID; copy_pid_ns()")
    package static let pidNamespaceForeignOwner = Rule(
        "pid-namespace-foreign-owner", .EINVAL,
        "the parent PID namespace is not owned by the new one's user namespace or an ancestor of it",
        source: "create_pid_namespace()")
    package static let pidNamespaceDepth = Rule(
        "pid-namespace-depth", .ENOSPC, "PID namespaces nest at most 32 deep",
        source: "pid_namespaces(7), Nesting PID namespaces; create_pid_namespace()")
    package static let userNamespaceDepth = Rule(
        "user-namespace-depth", .ENOSPC, "user namespaces nest at most 33 deep",
        source: "user_namespaces(7), Nested namespaces; create_user_ns()")
    package static let userNamespaceChrooted = Rule(
        "user-namespace-chrooted", .EPERM,
        "the caller's root directory is not the root of its mount namespace, so it could escape a chroot",
        source: "clone(2), ERRORS; create_user_ns()")
    package static let userNamespaceCreatorUnmapped = Rule(
        "user-namespace-creator-unmapped", .EPERM,
        "the caller's effective user or group ID has no mapping in its own user namespace",
        source: "user_namespaces(7), Nested namespaces; create_user_ns()")

    static let cloneRules: [Rule] = [
        cloneMountNamespaceWithSharedFS, cloneUserNamespaceWithSharedFS, cloneThreadWithoutSighand,
        cloneSighandWithoutVM, cloneParentByInit, cloneThreadInNewNamespace, cloneThreadAfterPIDNamespaceChange,
        clonePidfdDetached, cloneIPCNamespaceWithSysvsem, unshareUnknownFlag, unshareMultithreaded, unshareSharedMemory,
        unshareSharedHandlers,
        namespaceNeedsAdmin, namespaceLimit, pidNamespacePending, pidNamespaceForeignOwner, pidNamespaceDepth,
        userNamespaceDepth, userNamespaceChrooted, userNamespaceCreatorUnmapped,
    ]
}
