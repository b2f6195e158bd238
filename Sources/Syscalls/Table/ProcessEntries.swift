import LinuxABI

extension SyscallTable {
    /// Processes and threads: making, ending, waiting, and what they keep for themselves.
    static let processEntries: [SyscallEntry] = [
        .traced(.clone, [.flags(.clone), .pointer, .pointer, .pointer, .hex], .pid),
        .traced(.clone3, [.structure(.clone_args), .size], .pid),
        .traced(.fork, [], .pid),
        .traced(.vfork, [], .pid),
        .traced(.execve, [.path, .strings, .pointer]),
        .traced(.execveat, [.dirfd, .path, .strings, .pointer, .flags(.at)]),
        .native(.exit, [.int], .never),
        .native(.exit_group, [.int], .never),
        .emulated(.wait4, [.pid, .pointer, .flags(.wait), .structure(.rusage)], .pid),
        .emulated(.waitid, [.choice(.waitID), .pid, .structure(.siginfo), .flags(.wait), .structure(.rusage)]),
        .emulated(.getpid, [], .pid),
        .emulated(.getppid, [], .pid),
        .emulated(.gettid, [], .pid),
        .emulated(.getpgrp, [], .pid),
        .emulated(.getpgid, [.pid], .pid),
        .emulated(.setpgid, [.pid, .pid]),
        .emulated(.getsid, [.pid], .pid),
        .emulated(.setsid, [], .pid),
        .checked(.prctl, [.choice(.prctl), .hex, .hex, .hex, .hex]),
        .native(.arch_prctl, [.choice(.archPrctl), .hex]),
        .emulated(.personality, [.hex], .hex, note: "Only PER_LINUX; of the flags only UNAME26 has an effect."),
        .emulated(
            .seccomp, [.choice(.seccomp), .hex, .structure(.sock_fprog)],
            note: "A program cannot add filters: prctl(PR_SET_SECCOMP) is EINVAL, as on a kernel without them."),
        .emulated(.set_tid_address, [.pointer], .pid),
        .native(.set_robust_list, [.structure(.robust_list_head), .size]),
        .emulated(.get_robust_list, [.pid, .pointer, .pointer]),
        .native(
            .futex, [.pointer, .choice(.futex), .unsigned, .timespec, .pointer, .hex], unless: priorityInheritance,
            otherwise: .refuse(.ENOSYS), note: "Priority-inheritance operations are not offered."),
        .native(.futex_waitv, [.structure(.futex_waitv), .unsigned, .hex, .timespec, .choice(.clock)]),
        .native(.futex_wake, [.pointer, .hex, .int, .hex]),
        .native(.futex_wait, [.pointer, .hex, .hex, .hex, .timespec, .choice(.clock)]),
        .native(.futex_requeue, [.structure(.futex_waitv), .hex, .int, .int]),
        .native(.rseq, [.structure(.rseq), .size, .hex, .hex]),
        .native(.getrandom, [.output, .size, .flags(.getrandom)]),
        .emulated(.getrlimit, [.choice(.resource), .structure(.rlimit)]),
        .emulated(.setrlimit, [.choice(.resource), .structure(.rlimit)]),
        .emulated(.prlimit64, [.pid, .choice(.resource), .structure(.rlimit), .structure(.rlimit)]),
        .checked(.getrusage, [.choice(.rusage), .structure(.rusage)]),
        .emulated(.times, [.structure(.tms)]),
        .emulated(.uname, [.structure(.utsname)]),
        .emulated(.sysinfo, [.structure(.sysinfo)]),
        .emulated(.sethostname, [.input(length: 1), .size]),
        .emulated(.setdomainname, [.input(length: 1), .size]),
        .emulated(.umask, [.mode], .octal),
        .emulated(.kcmp, [.pid, .pid, .int, .hex, .hex]),
        .emulated(
            .reboot, [.hex, .hex, .hex, .pointer],
            note: "Ends the PID namespace, as in a container; the host is untouched."),
    ]

    /// FUTEX_LOCK_PI, UNLOCK_PI, TRYLOCK_PI, WAIT_REQUEUE_PI, CMP_REQUEUE_PI and LOCK_PI2 (futex(2)): the host
    /// compares the lock word with its own thread numbers, which are not the sandbox's.
    private static let priorityInheritance = ArgumentTest(
        anyOf: [6, 7, 8, 11, 12, 13].map { [ArgumentCondition(1, mask: 0x7f, .equal, $0)] })
}
