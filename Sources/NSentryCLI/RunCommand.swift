import ArgumentParser
import Glibc
import SentryHost

/// `nsentry run`.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a program in a sandbox.",
        usage: "nsentry run [<options>] [--trace[=FILE]] -- CMD [ARG…]",
        discussion: """
            By default the program is user 0 with every capability of the sandbox, which mean nothing outside. It sees \
            the host's system directories and the working directory under a private, temporary layer: it may write \
            anywhere, and nothing of the host changes.
            """)

    @OptionGroup var options: SandboxOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions

    @Option(
        help: ArgumentHelp(
            "Print the system calls that nsentry answers to stderr (--trace) or to FILE (--trace=FILE, with the sign).",
            valueName: "FILE"))
    var trace: String?

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The program and its arguments.", valueName: "CMD"))
    var command: [String] = []

    func run() throws {
        var configuration = try options.configuration(command: command)
        limits.apply(to: &configuration)
        switch trace {
        case nil: configuration.trace = .none
        case "-": configuration.trace = .stderr
        case .some(let path):
            guard !path.isEmpty else { throw ValidationError("--trace= needs a file's name.") }
            configuration.trace = .file(path)
        }
        try start(configuration)
    }
}

/// `nsentry explain`.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Run a program and print each refusal with the rule behind it.",
        usage: "nsentry explain [<options>] -- CMD [ARG…]",
        discussion: """
            A line goes to stderr for each system call that was refused by a rule: the call, the error, the rule with its \
            source, and the state that mattered. 'nsentry rules' lists the rules.
            """)

    @OptionGroup var options: SandboxOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The program and its arguments.", valueName: "CMD"))
    var command: [String] = []

    func run() throws {
        var configuration = try options.configuration(command: command)
        limits.apply(to: &configuration)
        configuration.trace = .stderr
        configuration.explainOnly = true
        try start(configuration)
    }
}

extension ParsableCommand {
    /// Runs the sandbox to its end; exits with its code.
    func start(_ configuration: RunConfiguration) throws {
        let code: Int32
        do {
            code = try Sandbox.run(configuration)
        } catch {
            CommandLineArguments.write("nsentry: \(error.message)\n", to: STDERR_FILENO)
            code = error.exitCode
        }
        throw ExitCode(code)
    }
}
