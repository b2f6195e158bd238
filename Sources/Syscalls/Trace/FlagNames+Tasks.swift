extension FlagNames {
    static let clone = FlagNames(
        "CLONE_",
        [
            ("VM", 0x100), ("FS", 0x200), ("FILES", 0x400), ("SIGHAND", 0x800), ("PIDFD", 0x1000), ("PTRACE", 0x2000),
            ("VFORK", 0x4000), ("PARENT", 0x8000), ("THREAD", 0x10000), ("NEWNS", 0x20000), ("SYSVSEM", 0x40000),
            ("SETTLS", 0x80000), ("PARENT_SETTID", 0x100000), ("CHILD_CLEARTID", 0x200000), ("DETACHED", 0x400000),
            ("UNTRACED", 0x800000), ("CHILD_SETTID", 0x1000000), ("NEWCGROUP", 0x2000000), ("NEWUTS", 0x4000000),
            ("NEWIPC", 0x8000000), ("NEWUSER", 0x10000000), ("NEWPID", 0x20000000), ("NEWNET", 0x40000000),
            ("IO", 0x80000000), ("CLEAR_SIGHAND", 0x100000000), ("INTO_CGROUP", 0x200000000),
        ])
    static let namespace = FlagNames(
        "CLONE_",
        [
            ("NEWTIME", 0x80), ("NEWNS", 0x20000), ("NEWCGROUP", 0x2000000), ("NEWUTS", 0x4000000),
            ("NEWIPC", 0x8000000), ("NEWUSER", 0x10000000), ("NEWPID", 0x20000000), ("NEWNET", 0x40000000),
            ("FS", 0x200), ("FILES", 0x400), ("SYSVSEM", 0x40000), ("VM", 0x100), ("SIGHAND", 0x800),
            ("THREAD", 0x10000),
        ])
    static let wait = FlagNames(
        "",
        [
            ("WNOHANG", 1), ("WUNTRACED", 2), ("WEXITED", 4), ("WCONTINUED", 8), ("WNOWAIT", 0x1000000),
            ("__WNOTHREAD", 0x20000000), ("__WALL", 0x40000000), ("__WCLONE", 0x80000000),
        ])
    static let waitID = FlagNames(
        "P_",
        [
            ("ALL", 0), ("PID", 1), ("PGID", 2), ("PIDFD", 3),
        ])
    static let prctl = FlagNames(
        "PR_",
        [
            ("SET_PDEATHSIG", 1), ("GET_PDEATHSIG", 2), ("GET_DUMPABLE", 3), ("SET_DUMPABLE", 4), ("GET_KEEPCAPS", 7),
            ("SET_KEEPCAPS", 8), ("GET_TIMING", 0xd), ("SET_TIMING", 0xe), ("SET_NAME", 0xf), ("GET_NAME", 0x10),
            ("GET_SECCOMP", 0x15), ("SET_SECCOMP", 0x16), ("CAPBSET_READ", 0x17), ("CAPBSET_DROP", 0x18),
            ("GET_TSC", 0x19), ("SET_TSC", 0x1a), ("GET_SECUREBITS", 0x1b), ("SET_SECUREBITS", 0x1c),
            ("SET_TIMERSLACK", 0x1d), ("GET_TIMERSLACK", 0x1e), ("SET_MM", 0x23), ("SET_CHILD_SUBREAPER", 0x24),
            ("GET_CHILD_SUBREAPER", 0x25), ("SET_NO_NEW_PRIVS", 0x26), ("GET_NO_NEW_PRIVS", 0x27),
            ("GET_TID_ADDRESS", 0x28), ("SET_THP_DISABLE", 0x29), ("GET_THP_DISABLE", 0x2a), ("CAP_AMBIENT", 0x2f),
            ("GET_SPECULATION_CTRL", 0x34), ("SET_SPECULATION_CTRL", 0x35), ("SET_IO_FLUSHER", 0x39),
            ("SET_SYSCALL_USER_DISPATCH", 0x3b), ("SCHED_CORE", 0x3e), ("SET_MDWE", 0x41), ("GET_MDWE", 0x42),
            ("SET_PTRACER", 0x59616d61), ("SET_VMA", 0x53564d41),
        ])
    static let archPrctl = FlagNames(
        "ARCH_",
        [
            ("SET_GS", 0x1001), ("SET_FS", 0x1002), ("GET_FS", 0x1003), ("GET_GS", 0x1004), ("GET_CPUID", 0x1011),
            ("SET_CPUID", 0x1012), ("CET_STATUS", 0x3001), ("SHSTK_ENABLE", 0x5001), ("SHSTK_DISABLE", 0x5002),
            ("SHSTK_LOCK", 0x5003), ("SHSTK_STATUS", 0x5005),
        ])
    static let futex = FlagNames(
        "FUTEX_",
        [
            ("WAIT", 0), ("WAKE", 1), ("FD", 2), ("REQUEUE", 3), ("CMP_REQUEUE", 4), ("WAKE_OP", 5), ("LOCK_PI", 6),
            ("UNLOCK_PI", 7), ("TRYLOCK_PI", 8), ("WAIT_BITSET", 9), ("WAKE_BITSET", 0xa), ("WAIT_REQUEUE_PI", 0xb),
            ("CMP_REQUEUE_PI", 0xc), ("LOCK_PI2", 0xd),
        ])
    static let resource = FlagNames(
        "RLIMIT_",
        [
            ("CPU", 0), ("FSIZE", 1), ("DATA", 2), ("STACK", 3), ("CORE", 4), ("RSS", 5), ("NPROC", 6), ("NOFILE", 7),
            ("MEMLOCK", 8), ("AS", 9), ("LOCKS", 0xa), ("SIGPENDING", 0xb), ("MSGQUEUE", 0xc), ("NICE", 0xd),
            ("RTPRIO", 0xe), ("RTTIME", 0xf),
        ])
    static let sigmask = FlagNames(
        "SIG_",
        [
            ("BLOCK", 0), ("UNBLOCK", 1), ("SETMASK", 2),
        ])
    static let clock = FlagNames(
        "CLOCK_",
        [
            ("REALTIME", 0), ("MONOTONIC", 1), ("PROCESS_CPUTIME_ID", 2), ("THREAD_CPUTIME_ID", 3),
            ("MONOTONIC_RAW", 4), ("REALTIME_COARSE", 5), ("MONOTONIC_COARSE", 6), ("BOOTTIME", 7),
            ("REALTIME_ALARM", 8), ("BOOTTIME_ALARM", 9), ("TAI", 0xb),
        ])
    static let itimer = FlagNames(
        "ITIMER_",
        [
            ("REAL", 0), ("VIRTUAL", 1), ("PROF", 2),
        ])
    static let priority = FlagNames(
        "PRIO_",
        [
            ("PROCESS", 0), ("PGRP", 1), ("USER", 2),
        ])
    static let schedPolicy = FlagNames(
        "SCHED_",
        [
            ("OTHER", 0), ("FIFO", 1), ("RR", 2), ("BATCH", 3), ("IDLE", 5), ("DEADLINE", 6),
        ])
    static let seccomp = FlagNames(
        "SECCOMP_",
        [
            ("SET_MODE_STRICT", 0), ("SET_MODE_FILTER", 1), ("GET_ACTION_AVAIL", 2), ("GET_NOTIF_SIZES", 3),
        ])
    static let rusage = FlagNames(
        "RUSAGE_",
        [
            ("SELF", 0), ("CHILDREN", 0xffffffff), ("THREAD", 1),
        ])
    static let pidfd = FlagNames(
        "PIDFD_",
        [
            ("NONBLOCK", 0x800), ("THREAD", 0x80),
        ])
    static let membarrier = FlagNames(
        "MEMBARRIER_CMD_",
        [
            ("QUERY", 0), ("GLOBAL", 1), ("GLOBAL_EXPEDITED", 2), ("REGISTER_GLOBAL_EXPEDITED", 4),
            ("PRIVATE_EXPEDITED", 8), ("REGISTER_PRIVATE_EXPEDITED", 0x10),
        ])
    static let getrandom = FlagNames(
        "GRND_",
        [
            ("NONBLOCK", 1), ("RANDOM", 2), ("INSECURE", 4),
        ])
}
