import LinuxABI

// Signals between processes.
extension Rule {
    package static let signalOtherUser = Rule(
        "signal-other-user", .EPERM,
        "the sender's real or effective user is neither the target's real nor saved one, and CAP_KILL is missing",
        source: "kill(2), check_kill_permission")
    package static let signalForgedOrigin = Rule(
        "signal-forged-origin", .EPERM, "only a process itself may be sent a code that the kernel or tkill would give",
        source: "rt_sigqueueinfo(2), do_rt_sigqueueinfo")

    package static let signalQueueLimit = Rule(
        "signal-queue-limit", .EAGAIN,
        "as many signals wait for the receiver's user as its RLIMIT_SIGPENDING, or that of an outer namespace's creator, allows",
        source: "sigqueue(3), __send_signal_locked")

    package static let signalRules: [Rule] = [.signalOtherUser, .signalForgedOrigin, .signalQueueLimit]
}
