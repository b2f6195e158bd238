import Credentials
import Kernel
import LinuxABI

/// fsopen(2), fspick(2) and fsmount(2).
enum FileSystemSetupCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .fsopen: { (task, a) throws(Refusal) in
            try task.checkMayMount()
            let closeOnExec = try flag(a.a1)
            let name = try name(task, a.a0)
            return try answer(task, try task.setUp(name), closeOnExec)
        },
        .fspick: { (task, a) throws(Refusal) in
            try task.checkMayMount()
            let flags = Arguments.unsigned(a.a2)
            guard flags & ~0xf == 0 else { throw Refusal(.mountUnknownFlags) }
            let path = try task.mountPath(
                a.a0, a.a1, follows: flags & pickNofollow == 0, allowsEmpty: flags & pickEmptyPath != 0)
            return try answer(task, try task.setUp(changing: path), flags & closeOnExecFlag != 0)
        },
        .fsmount: { (task, a) throws(Refusal) in
            try task.checkMayMount()
            let closeOnExec = try flag(a.a1)
            let attributes = UInt64(Arguments.unsigned(a.a2))
            guard attributes & ~MountAttributes.allButMap == 0, let flags = MountAttributes.flags(attributes) else {
                throw Refusal(.mountAttributeBits)
            }
            guard let file = try task.openFile(a.a0) as? FSContextFile else { throw Refusal(.mountNotContext) }
            let mount = try task.openMount(of: file.setup, flags)
            return try task.answer(installing: mount, closeOnExec: closeOnExec)
        },
    ]

    private static let closeOnExecFlag: UInt32 = 1
    /// FSPICK_SYMLINK_NOFOLLOW, FSPICK_EMPTY_PATH.
    private static let pickNofollow: UInt32 = 2
    private static let pickEmptyPath: UInt32 = 8

    /// The only flag of fsopen(2) and fsmount(2).
    private static func flag(_ register: UInt64) throws(Refusal) -> Bool {
        let flags = Arguments.unsigned(register)
        guard flags & ~closeOnExecFlag == 0 else { throw Refusal(.mountUnknownFlags) }
        return flags != 0
    }

    /// strndup_user(): EINVAL for what is longer than a page.
    private static func name(_ task: Task, _ address: UInt64) throws(Refusal) -> [UInt8] {
        do throws(Refusal) {
            return try task.memory.string(UserAddress(address))
        } catch {
            throw error.errno == .ENAMETOOLONG ? Refusal(.EINVAL) : error
        }
    }

    private static func answer(
        _ task: Task, _ setup: FileSystemSetup, _ closeOnExec: Bool
    ) throws(Refusal) -> Outcome {
        let file = FSContextFile(setup, in: task.kernel.anonymousFiles, credentials: task.credentials)
        return try task.answer(installing: file, closeOnExec: closeOnExec)
    }
}
