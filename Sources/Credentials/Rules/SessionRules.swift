import LinuxABI

// Process groups and sessions.
extension Rule {
    package static let setpgidNotLeader = Rule(
        "setpgid-not-leader", .EINVAL, "the number is that of a thread, not of a process", source: "setpgid(2)")
    package static let setpgidOtherSession = Rule(
        "setpgid-other-session", .EPERM, "the child has moved to another session", source: "setpgid(2)")
    package static let setpgidAfterExec = Rule(
        "setpgid-after-exec", .EACCES, "the child has already executed a program", source: "setpgid(2)")
    package static let setpgidSessionLeader = Rule(
        "setpgid-session-leader", .EPERM, "a session leader cannot change its process group", source: "setpgid(2)")
    package static let setpgidNoSuchGroup = Rule(
        "setpgid-no-such-group", .EPERM, "the caller's session has no such process group", source: "setpgid(2)")
    package static let setsidGroupLeader = Rule(
        "setsid-group-leader", .EPERM, "the caller leads a session, or a process group has its number",
        source: "setsid(2)")

    package static let terminalNeedsSessionLeader = Rule(
        "terminal-needs-session-leader", .EPERM,
        "only a session's leader without a controlling terminal can get one", source: "tty_ioctl(4); tiocsctty()")
    package static let terminalOfOtherSession = Rule(
        "terminal-of-other-session", .EPERM,
        "the terminal is another session's, or cannot be read by the caller, which lacks CAP_SYS_ADMIN or did not ask to take it",
        source: "tty_ioctl(4); tiocsctty()")
    package static let terminalGroupOfOtherSession = Rule(
        "terminal-group-of-other-session", .EPERM, "the foreground group must belong to the caller's session",
        source: "tcsetpgrp(3); tiocspgrp()")

    package static let sessionRules: [Rule] = [
        .setpgidNotLeader, .setpgidOtherSession, .setpgidAfterExec, .setpgidSessionLeader, .setpgidNoSuchGroup,
        .setsidGroupLeader, .terminalNeedsSessionLeader, .terminalOfOtherSession, .terminalGroupOfOtherSession,
    ]
}
