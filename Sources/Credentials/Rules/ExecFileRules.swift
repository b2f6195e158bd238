import LinuxABI

extension Rule {
    package static let execNotRegularFile = Rule(
        "exec-not-regular-file", .EACCES, "only a regular file can be executed", source: "execve(2)")
    package static let execOnNoexecMount = Rule(
        "exec-on-noexec-mount", .EACCES, "the file is on a mount that forbids execution", source: "execve(2)")

    package static let execFileRules: [Rule] = [.execNotRegularFile, .execOnNoexecMount]
}
