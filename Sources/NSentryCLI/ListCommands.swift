import ArgumentParser
import Credentials
import Syscalls

/// `nsentry rules`.
struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "List the rules by which a system call is refused.")

    @Flag(help: "Print the page docs/rules.md.")
    var markdown = false

    func run() throws {
        let text = markdown ? RulesPage.markdown() : RulesPage.text()
        if !CommandLineArguments.show(text) { throw ExitCode(CommandLineArguments.ownFailure) }
    }
}

/// `nsentry syscalls`.
struct SyscallsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "syscalls", abstract: "List the system calls and who answers each.")

    @Flag(help: "Print the page docs/syscalls.md.")
    var markdown = false

    @Flag(help: ArgumentHelp("Print a summary, as in README.md.", visibility: .hidden))
    var summary = false

    func run() throws {
        let text = summary ? SyscallsPage.summary() : markdown ? SyscallsPage.markdown() : SyscallsPage.text()
        if !CommandLineArguments.show(text) { throw ExitCode(CommandLineArguments.ownFailure) }
    }
}
