import ArgumentParser
import Glibc
import LinuxABI
import SentryHost

/// Reads the command line and runs the command.
enum CommandLineArguments {
    /// nsentry's own failures, as env(1) and container runtimes number them.
    static let ownFailure: Int32 = 125

    static func runMain() -> Never {
        // They come from /proc, and without them help would be printed instead of running anything.
        if CommandLine.arguments.isEmpty { fail("cannot read /proc/self/cmdline; mount /proc", seeing: nil) }
        let arguments = Array(CommandLine.arguments.dropFirst())
        let named = arguments.first.flatMap { word in
            NSentry.configuration.subcommands.first { $0.configuration.commandName == word }
        }
        do {
            if let word = arguments.first, named == nil, word != "help", !word.hasPrefix("-") {
                throw ValidationError("There is no command '\(word)'; to run a program: nsentry run -- \(word)")
            }
            var command = try NSentry.parseAsRoot(prepared(arguments))
            try command.run()
            exit(0)
        } catch let code as ExitCode {
            exit(code.rawValue)
        } catch {
            // Help and version are thrown too, and are no failures.
            guard NSentry.exitCode(for: error) == .success else {
                fail(NSentry.message(for: error), seeing: named?.configuration.commandName)
            }
            exit(show(NSentry.fullMessage(for: error) + "\n") ? 0 : ownFailure)
        }
    }

    /// Ends with one line that names what was wrong, and the command whose help tells more.
    private static func fail(_ message: String, seeing command: String?) -> Never {
        let message = message.hasSuffix(".") ? String(message.dropLast()) : message
        let help = command.map { "nsentry \($0) --help" } ?? "nsentry --help"
        write("nsentry: \(message) (see '\(help)')\n", to: STDERR_FILENO)
        exit(ownFailure)
    }

    /// Writes to the standard output what was asked for; says so when that fails.
    static func show(_ text: String) -> Bool {
        if write(text, to: STDOUT_FILENO) { return true }
        let why = LinuxABI.Errno(rawValue: errno).message
        write("nsentry: cannot write to the standard output: \(why)\n", to: STDERR_FILENO)
        return false
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
            guard SandboxOptions.valued.union(LimitOptions.valued).contains(argument) else {
                index += 1
                continue
            }
            // To the parser a negative number would be an option, and the value missing.
            if index + 1 < out.count, out[index + 1].wholeMatch(of: /-[0-9].*/) != nil {
                out[index] += "=" + out.remove(at: index + 1)
                index += 1
            } else {
                index += 2
            }
        }
        return out
    }

    /// False, with the reason in errno, when not all could be written.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Bool {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = writeBytes(bytes, to: descriptor)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return false }
            bytes = bytes.dropFirst(count)
        }
        return true
    }
}
