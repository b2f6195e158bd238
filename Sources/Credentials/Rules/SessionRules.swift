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

    package static let sessionRules: [Rule] = [
        .setpgidNotLeader, .setpgidOtherSession, .setpgidAfterExec, .setpgidSessionLeader, .setpgidNoSuchGroup,
        .setsidGroupLeader,
    ]
}
