import Credentials
import Kernel
import LinuxABI
import Syscalls

/// Says in one line why a command cannot be executed and what to do, with the exit code that env(1) and container
/// runtimes use: 127 when it is not there, 126 when it is but cannot be run.
enum CommandFailure {
    static func describe(_ command: String, _ path: [UInt8], _ refusal: Refusal, _ task: Task) -> SandboxError {
        switch refusal.errno {
        case .ENOENT:
            // The file may be there and its interpreter not.
            if let found = try? task.lookup(path), let missing = interpreter(of: found, task) {
                return SandboxError("\(command): its interpreter \(missing) is not in the sandbox", exitCode: 127)
            }
            return SandboxError(
                "\(command): no such file in the sandbox (grant it with --bind or --rootfs)", exitCode: 127)
        case .ENOTDIR: return SandboxError("\(command): a part of the path is not a directory", exitCode: 127)
        case .ENOEXEC: return SandboxError("\(command): \(format(of: path, task))", exitCode: 126)
        case .ELIBBAD: return SandboxError("\(command): its dynamic loader is not an x86-64 ELF file", exitCode: 126)
        case .ELOOP: return SandboxError("\(command): too many links or nested script interpreters", exitCode: 126)
        case .EACCES:
            if let found = try? task.lookup(path), found.inode.mode.isDirectory {
                return SandboxError("\(command): is a directory", exitCode: 126)
            }
            let why = refusal.rule.map { ": \($0.text)" } ?? ""
            return SandboxError("\(command): permission denied\(why)", exitCode: 126)
        default: return SandboxError("\(command): \(refusal.errno.message)", exitCode: 126)
        }
    }

    private static func start(of path: Path, _ task: Task) -> [UInt8] {
        guard let file = try? path.inode.open(path, flags: [], for: task), case .owned(let host) = file.backing else {
            return []
        }
        return (try? task.kernel.platform.storage.read(host, offset: 0, count: 256)) ?? []
    }

    private static func interpreter(of path: Path, _ task: Task) -> String? {
        let bytes = start(of: path, task)
        if bytes.starts(with: [0x23, 0x21]) {
            let line = bytes.dropFirst(2).prefix { $0 != 0x0a }.drop { $0 == 0x20 || $0 == 0x09 }
            return String(decoding: line.prefix { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self)
        }
        return bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) ? "(the dynamic loader it names)" : nil
    }

    private static func format(of path: [UInt8], _ task: Task) -> String {
        guard let found = try? task.lookup(path) else { return "cannot be read" }
        let bytes = start(of: found, task)
        guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]), bytes.count >= 20 else {
            return bytes.isEmpty ? "the file is empty" : "neither an ELF program nor a script with a #! line"
        }
        if bytes[4] == 1 { return "a 32-bit program; only x86-64 programs run here" }
        let machine = UInt16(bytes[18]) | UInt16(bytes[19]) << 8
        if machine != 62 { return "built for another architecture (ELF machine \(machine)); only x86-64 runs here" }
        return "a damaged ELF file"
    }
}
