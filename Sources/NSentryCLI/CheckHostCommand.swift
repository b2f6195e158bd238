import ArgumentParser
import SentryHost

/// `nsentry check-host`.
struct CheckHostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-host", abstract: "Say whether this host offers what nsentry needs, and what to change.")

    func run() throws {
        let findings = HostCheck.findings()
        let lines = findings.map { finding in
            let mark =
                switch finding.state {
                case .good: "ok  "
                case .slower: "slow"
                case .weaker: "weak"
                case .missing: "MISS"
                }
            return "\(mark)  \(finding.text)\n"
        }
        if !CommandLineArguments.show(lines.joined()) || findings.contains(where: { $0.state == .missing }) {
            throw ExitCode(CommandLineArguments.ownFailure)
        }
    }
}
