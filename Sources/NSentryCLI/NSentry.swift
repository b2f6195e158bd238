import ArgumentParser

/// The root command.
struct NSentry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nsentry",
        abstract: "Run a program under a kernel for identity: users, capabilities and namespaces of its own.",
        discussion: """
            The program's system calls about identity, names and permission are answered by nsentry instead of the \
            host's kernel. It needs no privileges and no user namespaces of the host.

            EXAMPLES
              nsentry run -- unshare -Ur id            become root in a user namespace
              nsentry run --uid 1000 --trace -- id     see each system call
              nsentry explain -- unshare -m true       see only what was refused, and why

            EXIT STATUS
              the program's own; 128 + the signal that killed it; 124 the sandbox's --time is over; 125 nsentry itself failed; 126 the program cannot \
            be executed; 127 it was not found
            """,
        version: version,
        subcommands: [
            RunCommand.self, ExplainCommand.self, RulesCommand.self, SyscallsCommand.self, CheckHostCommand.self,
        ])

    static let version = "0.1.0"
}
