import Credentials
import Kernel
import LinuxABI

/// fsconfig(2).
enum FileSystemCommands {
    static let handlers: [SyscallNumber: Handler] = [.fsconfig: configure]

    /// FSCONFIG_*.
    private enum Command: UInt32 {
        case flag, string, binary, path, emptyPath, file, create, reconfigure, createExclusively
    }

    /// With its NUL.
    private static let longestText = 256
    private static let largestBlob: Int32 = 1 << 20

    private static let configure: Handler = { (task, a) throws(Refusal) in
        if Arguments.int(a.a0) < 0 { throw Refusal(.EINVAL) }
        guard let command = Command(rawValue: Arguments.unsigned(a.a1)) else {
            throw Refusal(.mountSetupUnknownCommand)
        }
        guard hasShape(command, key: a.a2 != 0, value: a.a3 != 0, Arguments.int(a.a4)) else {
            throw Refusal(.mountSetupArguments)
        }
        guard let file = try task.openFile(a.a0) as? FSContextFile else { throw Refusal(.mountNotContext) }
        let setup = file.setup
        switch command {
        case .create, .createExclusively:
            try setup.create(exclusively: command == .createExclusively, for: task)
        case .reconfigure:
            try setup.reconfigure(for: task)
            task.kernel.generation &+= 1
        default:
            let key = Name(try text(task, a.a2))
            try setup.set(FileSystemParameter(key, try value(command, task, a)), for: task)
        }
        return .success
    }

    /// Which of key, value and number a command takes.
    private static func hasShape(_ command: Command, key: Bool, value: Bool, _ number: Int32) -> Bool {
        switch command {
        case .flag: key && !value && number == 0
        case .string: key && value && number == 0
        case .binary: key && value && (1...largestBlob).contains(number)
        case .path, .emptyPath: key && value && (number >= 0 || number == AtFlags.workingDirectory)
        case .file: key && !value && number >= 0
        case .create, .reconfigure, .createExclusively: !key && !value && number == 0
        }
    }

    private static func value(
        _ command: Command, _ task: Task, _ a: Arguments
    ) throws(Refusal) -> FileSystemParameter.Value {
        switch command {
        case .string: return .string(try text(task, a.a3))
        case .binary:
            return .blob(try task.memory.bytes(UserAddress(a.a3), count: Int(Arguments.int(a.a4))))
        case .path, .emptyPath:
            let path = try task.path(a.a3)
            if path.isEmpty, command == .path { throw Refusal(.ENOENT) }
            return .path(path, from: directory(task, a.a4), allowsEmpty: command == .emptyPath)
        case .file: return .file(try task.files.file(Arguments.int(a.a4)))
        default: return .flag
        }
    }

    private static func directory(_ task: Task, _ register: UInt64) -> Path? {
        let fd = Arguments.int(register)
        return fd == AtFlags.workingDirectory ? task.fs.workingDirectory : task.files[fd]?.path
    }

    /// strndup_user(): EINVAL for what is longer.
    private static func text(_ task: Task, _ address: UInt64) throws(Refusal) -> [UInt8] {
        do throws(Refusal) {
            return try task.memory.string(UserAddress(address), limit: longestText)
        } catch {
            throw error.errno == .ENAMETOOLONG ? Refusal(.mountSetupTextLong) : error
        }
    }
}
