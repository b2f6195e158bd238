import LinuxABI

// Making, ending and grouping processes.
extension Rule {
    package static let setTIDTooManyLevels = Rule(
        "set-tid-too-many-levels", .EINVAL, "more numbers are asked for than the PID namespace has levels",
        source: "clone(2), alloc_pid")
    package static let setTIDOutOfRange = Rule(
        "set-tid-out-of-range", .EINVAL, "the number asked for is below 1 or not below the PID namespace's pid_max",
        source: "clone(2), alloc_pid")
    package static let setTIDFirstMustBeInit = Rule(
        "set-tid-first-must-be-init", .EINVAL, "the first process of a PID namespace must have number 1",
        source: "clone(2), alloc_pid")
    package static let setTIDWithoutCapability = Rule(
        "set-tid-without-capability", .EPERM,
        "choosing a number takes CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN over the PID namespace's owner",
        source: "clone(2), alloc_pid")
    package static let forkIntoDeadPIDNamespace = Rule(
        "fork-into-dead-pid-namespace", .ENOMEM, "the init of the PID namespace for children has died",
        source: "pid_namespaces(7), alloc_pid")
    package static let forkLimit = Rule(
        "fork-limit", .EAGAIN, "RLIMIT_NPROC, or an outer user namespace's share of it, is reached for the real user",
        source: "getrlimit(2), copy_process")
    package static let tooManyThreads = Rule(
        "too-many-threads", .EAGAIN, "the system has as many threads as kernel.threads-max allows",
        source: "proc_sys_kernel(5), copy_process")
    package static let clonePidfdWithParentTID = Rule(
        "clone-pidfd-with-parent-tid", .EINVAL, "the pidfd and the child's number would be written to the same place",
        source: "clone(2), kernel_clone")
    package static let cloneBadExitSignal = Rule(
        "clone-bad-exit-signal", .EINVAL,
        "the exit signal is not a signal, or is given for a thread or a sibling, which take another's",
        source: "clone(2), clone3_args_valid")
    package static let cloneUnknownFlag = Rule(
        "clone-unknown-flag", .EINVAL, "a flag is unknown, or has no place in clone3",
        source: "clone(2), clone3_args_valid")

    package static let executableNeedsCheckpointRestore = Rule(
        "executable-needs-checkpoint-restore", .EPERM,
        "naming another executable takes CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN over the user namespace",
        source: "PR_SET_MM(2const); prctl_set_mm_map()")

    package static let taskRules: [Rule] = [
        .executableNeedsCheckpointRestore,
        .clonePidfdWithParentTID, .cloneBadExitSignal, .cloneUnknownFlag,
        .setTIDTooManyLevels, .setTIDOutOfRange, .setTIDFirstMustBeInit, .setTIDWithoutCapability,
        .forkIntoDeadPIDNamespace, .forkLimit, .tooManyThreads,
    ]
}

// References to processes.
extension Rule {
    package static let pidfdOfThread = Rule(
        "pidfd-of-thread", .ENOENT, "the number is that of a thread, and PIDFD_THREAD was not given",
        source: "pidfd_open(2), pidfd_prepare")
    package static let pidfdSignalForeignNamespace = Rule(
        "pidfd-signal-foreign-namespace", .EINVAL, "the process is not in the caller's PID namespace or one below it",
        source: "pidfd_send_signal(2), access_pidfd_pidns")
    package static let processFileRules: [Rule] = [.pidfdOfThread, .pidfdSignalForeignNamespace]
}

// Scheduling and limits of a task.
extension Rule {
    package static let limitSoftAboveHard = Rule(
        "limit-soft-above-hard", .EINVAL, "the soft limit is above the hard limit", source: "getrlimit(2), do_prlimit")
    package static let limitFilesAboveMaximum = Rule(
        "limit-files-above-maximum", .EPERM, "RLIMIT_NOFILE cannot be above fs.nr_open",
        source: "getrlimit(2), do_prlimit")
    package static let policyNeedsNice = Rule(
        "policy-needs-nice", .EPERM,
        "the policy or priority is beyond RLIMIT_RTPRIO or RLIMIT_NICE, and CAP_SYS_NICE in the initial user namespace is missing",
        source: "sched(7), user_check_sched_setscheduler")
    package static let ioPriorityRealtime = Rule(
        "io-priority-realtime", .EPERM,
        "the real-time I/O class takes CAP_SYS_ADMIN or CAP_SYS_NICE in the initial user namespace",
        source: "ioprio_set(2), ioprio_check_cap")
    package static let ioPriorityOfOtherTask = Rule(
        "io-priority-of-other-task", .EPERM,
        "the target's real user is neither the caller's real nor effective one, and CAP_SYS_NICE is missing",
        source: "ioprio_set(2), set_task_ioprio")
    package static let rebootNeedsCapability = Rule(
        "reboot-needs-capability", .EPERM, "reboot takes CAP_SYS_BOOT over the PID namespace's owner",
        source: "reboot(2), pid_namespaces(7)")

    package static let processNeedsResource = Rule(
        "process-needs-resource", .EPERM,
        "the memory map's layout and being an I/O flusher take CAP_SYS_RESOURCE in the initial user namespace",
        source: "prctl(2), PR_SET_MM and PR_SET_IO_FLUSHER")

    package static let alarmClockNotPermitted = Rule(
        "alarm-clock-not-permitted", .EPERM,
        "a timer on a clock that wakes the machine takes CAP_WAKE_ALARM in the initial user namespace",
        source: "timerfd_create(2)")

    package static let schedulingRules: [Rule] = [
        .alarmClockNotPermitted,
        .limitSoftAboveHard, .limitFilesAboveMaximum, .policyNeedsNice, .ioPriorityRealtime, .ioPriorityOfOtherTask,
        .rebootNeedsCapability, .processNeedsResource,
    ]
}
