import Credentials
import Kernel
import LinuxABI

/// ioctl(2): what names something is answered here; a few harmless requests on what is a real host object are the
/// host's; everything else is unknown to the file.
enum IoctlCalls {
    static let handlers: [SyscallNumber: Handler] = [.ioctl: ioctl]

    private static let setCloseOnExec: UInt32 = 0x5451
    private static let clearCloseOnExec: UInt32 = 0x5450
    /// Terminal attributes and size, bytes to read. Not TIOCSTI, which would type on the sandbox's own terminal, and
    /// none that takes a process number.
    private static let hosts: Set<UInt32> = [0x5401, 0x5402, 0x5403, 0x5404, 0x5413, 0x541b, 0x802c_542a]

    private static func ioctl(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let fd = Arguments.int(a.a0)
        let request = Arguments.unsigned(a.a1)
        let file = try task.files.file(fd)
        if file.flags.contains(.path) { throw Refusal(.EBADF) }
        switch request {
        case setCloseOnExec, clearCloseOnExec:
            task.files.setCloseOnExec(fd, request == setCloseOnExec)
            return .continueOnHost
        default: break
        }
        if let outcome = try NamespaceIoctls.call(file, request, a.a2, task) { return outcome }
        switch file.backing {
        case .owned, .installed:
            guard hosts.contains(request) else { throw Refusal(.ENOTTY) }
            return .continueOnHost
        case .text, .directory, .path, .inert: throw Refusal(.ENOTTY)
        }
    }
}
