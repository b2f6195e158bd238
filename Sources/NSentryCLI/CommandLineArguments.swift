import ArgumentParser
import Glibc

/// Reads the command line and runs the command.
enum CommandLineArguments {
    /// nsentry's own failures, as env(1) and container runtimes number them.
    static let ownFailure: Int32 = 125

    static func runMain() -> Never {
        do {
            var command = try NSentry.parseAsRoot(prepared(Array(CommandLine.arguments.dropFirst())))
            try command.run()
            exit(0)
        } catch let code as ExitCode {
            exit(code.rawValue)
        } catch {
            // Help and version are thrown too, and are no failures.
            let isClean = NSentry.exitCode(for: error) == .success
            if isClean {
                write(NSentry.fullMessage(for: error) + "\n", to: STDOUT_FILENO)
                exit(0)
            }
            write("nsentry: \(NSentry.message(for: error)) (see 'nsentry --help')\n", to: STDERR_FILENO)
            exit(ownFailure)
        }
    }

    /// Makes plain what the parser could take in two ways.
    ///
    /// The parser knows no options with optional values, so a lone `--trace` becomes `--trace=-`. The first word that is
    /// no option begins the program, and `--` is put before it: what follows belongs to the program.
    static func prepared(_ arguments: [String]) -> [String] {
        guard let first = arguments.first, first == "run" || first == "explain" else { return arguments }
        var out = arguments
        var index = 1
        while index < out.count {
            let argument = out[index]
            if argument == "--" { break }
            guard argument.hasPrefix("-") else {
                out.insert("--", at: index)
                break
            }
            if argument == "--trace" { out[index] = "--trace=-" }
            // An option's value in a word of its own is not the program's name.
            index += SandboxOptions.valued.contains(argument) ? 2 : 1
        }
        return out
    }

    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
