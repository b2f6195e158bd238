import LinuxABI

extension SyscallTable {
    /// Signals: masks and handlers are the host's, senders and receivers the sentry's.
    static let signalEntries: [SyscallEntry] = [
        // Whether SIGCHLD is ignored decides if children become zombies.
        .native(
            .rt_sigaction, [.signal, .structure(.sigaction), .structure(.sigaction), .size],
            unless: ArgumentTest(.init(0, mask: 0xffff_ffff, .equal, 17))),
        .native(.rt_sigprocmask, [.choice(.sigmask), .structure(.sigset), .structure(.sigset), .size]),
        .native(.rt_sigreturn, [], .hex),
        .native(.rt_sigpending, [.structure(.sigset), .size]),
        // Native, but the siginfo that it stores is the sandbox's (SignalEnvelope).
        .traced(.rt_sigtimedwait, [.structure(.sigset), .structure(.siginfo), .timespec, .size]),
        .native(.rt_sigsuspend, [.structure(.sigset), .size]),
        .native(.sigaltstack, [.structure(.stack), .structure(.stack)]),
        .native(.pause, []),
        .native(.restart_syscall, []),
        .emulated(.kill, [.pid, .signal]),
        .emulated(.tkill, [.pid, .signal]),
        .emulated(.tgkill, [.pid, .pid, .signal]),
        .emulated(.rt_sigqueueinfo, [.pid, .signal, .structure(.siginfo)]),
        .emulated(.rt_tgsigqueueinfo, [.pid, .pid, .signal, .structure(.siginfo)]),
        .emulated(.pidfd_send_signal, [.fd, .signal, .structure(.siginfo), .hex]),
    ]
}
