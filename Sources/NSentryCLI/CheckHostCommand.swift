import ArgumentParser
import Glibc
import SentryHost

/// `nsentry check-host`.
struct CheckHostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-host", abstract: "Say whether this host offers what nsentry needs, and what to change.")

    func run() throws {
        let findings = HostCheck.findings()
        for finding in findings {
            let mark =
                switch finding.state {
                case .good: "ok  "
                case .slower: "slow"
                case .weaker: "weak"
                case .missing: "MISS"
                }
            CommandLineArguments.write("\(mark)  \(finding.text)\n", to: STDOUT_FILENO)
        }
        if findings.contains(where: { $0.state == .missing }) { throw ExitCode(CommandLineArguments.ownFailure) }
    }
}
