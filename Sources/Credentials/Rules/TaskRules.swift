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
    package static let tooManyProcesses = Rule(
        "too-many-processes", .EAGAIN, "the user has as many processes as RLIMIT_NPROC allows",
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

    package static let taskRules: [Rule] = [
        .clonePidfdWithParentTID, .cloneBadExitSignal, .cloneUnknownFlag,
        .setTIDTooManyLevels, .setTIDOutOfRange, .setTIDFirstMustBeInit, .setTIDWithoutCapability,
        .forkIntoDeadPIDNamespace, .tooManyProcesses, .tooManyThreads,
    ]
}
