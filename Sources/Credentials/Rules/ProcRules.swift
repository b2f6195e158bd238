import LinuxABI

extension Rule {
    package static let procPtraceAccess = Rule(
        "proc-ptrace-access", .EACCES,
        "the caller may not look into the target task: other IDs, not dumpable, or more capabilities",
        source: "ptrace(2), Ptrace access mode checking")
    package static let procAttachAccess = Rule(
        "proc-attach-access", .EPERM, "the file is only for those who may trace the task",
        source: "ptrace(2), Ptrace access mode checking; lock_trace()")
    package static let procStackNeedsAdmin = Rule(
        "proc-stack-needs-admin", .EACCES,
        "kernel stacks are only shown to CAP_SYS_ADMIN in the initial user namespace", source: "proc_pid_stack(5)")
    package static let procModeIsFixed = Rule(
        "proc-mode-is-fixed", .EPERM, "files of a process in /proc have fixed permission bits",
        source: "proc_setattr()")
    package static let nsfsIsImmutable = Rule(
        "nsfs-is-immutable", .EPERM, "a namespace's file cannot be written nor its attributes changed",
        source: "namespaces(7), The /proc/pid/ns/ directory")
    package static let procProcessImmutable = Rule(
        "proc-process-immutable", .EPERM, "nothing can be made in a process's directory, nor its attributes changed",
        source: "proc_pid_instantiate")
    package static let procCommForeign = Rule(
        "proc-comm-foreign", .EINVAL, "only a thread of the same process may change its name",
        source: "comm_write()")
    package static let procOomScoreLowered = Rule(
        "proc-oom-score-lowered", .EACCES,
        "lowering oom_score_adj below its floor needs CAP_SYS_RESOURCE in the initial user namespace",
        source: "proc_pid_oom_score_adj(5)")
    package static let procLoginUIDForeign = Rule(
        "proc-loginuid-foreign", .EPERM, "only the task itself may set its login uid", source: "proc_loginuid_write()")
    package static let procLoginUIDChange = Rule(
        "proc-loginuid-change", .EPERM,
        "changing a login uid that is set needs CAP_AUDIT_CONTROL in the initial user namespace",
        source: "audit_set_loginuid_perm()")
    package static let timeOffsetsNeedSysTime = Rule(
        "time-offsets-need-sys-time", .EPERM,
        "who opened the file lacks CAP_SYS_TIME over the owner of the time namespace for children",
        source: "time_namespaces(7), /proc/pid/timens_offsets; proc_timens_set_offset()")
    package static let timeOffsetsFrozen = Rule(
        "time-offsets-frozen", .EACCES, "a task has already entered the time namespace, so its offsets are fixed",
        source: "time_namespaces(7), /proc/pid/timens_offsets; proc_timens_set_offset()")
    package static let timeOffsetsRange = Rule(
        "time-offsets-range", .ERANGE, "the offset would make the clock negative or far too large",
        source: "time_namespaces(7), /proc/pid/timens_offsets; proc_timens_set_offset()")
    package static let timeOffsetsSyntax = Rule(
        "time-offsets-syntax", .EINVAL, "a line is not a clock, seconds and nanoseconds below a thousand million",
        source: "time_namespaces(7), /proc/pid/timens_offsets; timens_offsets_write()")
    package static let setgroupsFileOpen = Rule(
        "setgroups-file-open", .EACCES, "opening setgroups for writing needs CAP_SYS_ADMIN over the user namespace",
        source: "proc_setgroups_open()")
    package static let procFdinfoAccess = Rule(
        "proc-fdinfo-access", .EACCES, "fdinfo of a task is only for those who may look into it",
        source: "proc_fdinfo_permission()")
    package static let procNetReadOnly = Rule(
        "proc-net-read-only", .EACCES, "the tables of /proc/net cannot be opened for writing",
        source: "proc_pid_net(5); seq_open_net()")
    package static let sysctlOwner = Rule(
        "sysctl-owner", .EACCES,
        "the setting's mode does not allow it: only the owning root counts, capabilities do not",
        source: "test_perm() in proc_sysctl.c")
    package static let sysctlDirectory = Rule(
        "sysctl-directory", .EACCES, "nobody may change a directory below /proc/sys, capabilities or not",
        source: "proc_sys_permission()")
    package static let sysctlUserLimit = Rule(
        "sysctl-user-limit", .EACCES, "a user namespace's limits are only for CAP_SYS_RESOURCE over it to change",
        source: "namespaces(7), The /proc/sys/user directory; set_permissions()")
    package static let sysctlModeIsFixed = Rule(
        "sysctl-mode-is-fixed", .EPERM, "files below /proc/sys have fixed owners and modes",
        source: "proc_sys_setattr()")
    package static let sysctlLastPID = Rule(
        "sysctl-last-pid", .EPERM,
        "setting ns_last_pid needs CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN over the PID namespace's owner",
        source: "pid_namespaces(7), /proc/sys/kernel/ns_last_pid")

    package static let memoryFileScopeNeedsAdmin = Rule(
        "memory-file-scope-needs-admin", .EPERM,
        "whether memory files may be executable is for CAP_SYS_ADMIN over the PID namespace's owner to say",
        source: "proc_sys_vm(5); pid_mfd_noexec_dointvec_minmax()")

    package static let procProcessHidden = Rule(
        "proc-process-hidden", .ENOENT, "this /proc hides the processes of others",
        source: "proc(5), hidepid; proc_pid_permission()")
    package static let procProcessClosed = Rule(
        "proc-process-closed", .EPERM, "this /proc does not show the insides of others' processes",
        source: "proc(5), hidepid; proc_pid_permission()")
    package static let procNamespaceFixed = Rule(
        "proc-namespace-fixed", .EBUSY, "the PID namespace of a /proc cannot be changed",
        source: "proc_parse_param(), pidns")
    package static let procNamespaceNotPermitted = Rule(
        "proc-namespace-not-permitted", .EPERM,
        "a /proc of another PID namespace needs CAP_SYS_ADMIN over that namespace's owner",
        source: "proc_parse_pidns_param()")
    package static let procNamespaceForeign = Rule(
        "proc-namespace-foreign", .EINVAL, "the PID namespace does not lie below the caller's",
        source: "proc_parse_pidns_param()")

    package static let kernelLogClosed = Rule(
        "kernel-log-closed", .EPERM, "nobody reads the kernel's log here; on Linux whoever has CAP_SYSLOG does",
        source: "proc_kmsg(5); check_syslog_permissions()")

    static let procRules: [Rule] = [
        .kernelLogClosed,
        .procProcessHidden, .procProcessClosed, .procProcessImmutable, .procNamespaceFixed, .procNamespaceNotPermitted,
        .procNamespaceForeign,
        .memoryFileScopeNeedsAdmin,
        .procPtraceAccess, .procAttachAccess, .procStackNeedsAdmin, .procModeIsFixed, .nsfsIsImmutable,
        .procCommForeign, .procOomScoreLowered, .procLoginUIDForeign, .procLoginUIDChange, .timeOffsetsNeedSysTime,
        .timeOffsetsFrozen, .timeOffsetsRange, .timeOffsetsSyntax, .setgroupsFileOpen, .procFdinfoAccess, .sysctlOwner,
        .sysctlDirectory,
        .sysctlUserLimit, .procNetReadOnly, .sysctlModeIsFixed, .sysctlLastPID,
    ]
}
