import Credentials
import Kernel
import LinuxABI

/// execve(2) and execveat(2), decoded.
package struct ExecCall {
    package let path: [UInt8]
    package let pathAddress: UserAddress
    /// Where the path begins; nil for the working directory.
    package let base: Path?
    package let options: LookupOptions
    package let argumentsAddress: UInt64
    package let environmentAddress: UInt64

    private static let workingDirectory: Int32 = -100
    private static let emptyPath: UInt32 = 0x1000
    private static let noFollow: UInt32 = 0x100

    package init(_ task: Task, _ number: UInt32, _ arguments: Arguments) throws(Refusal) {
        if number == SyscallNumber.execve.rawValue {
            pathAddress = UserAddress(arguments.a0)
            argumentsAddress = arguments.a1
            environmentAddress = arguments.a2
            path = try task.memory.string(pathAddress)
            options = .follow
            base = nil
            return
        }
        let directory = Arguments.int(arguments.a0)
        let flags = Arguments.unsigned(arguments.a4)
        pathAddress = UserAddress(arguments.a1)
        argumentsAddress = arguments.a2
        environmentAddress = arguments.a3
        // do_open_execat: other flags are EINVAL.
        if flags & ~(Self.emptyPath | Self.noFollow) != 0 { throw Refusal(.EINVAL) }
        path = try task.memory.string(pathAddress)
        var options: LookupOptions = flags & Self.noFollow == 0 ? .follow : []
        if flags & Self.emptyPath != 0 { options.insert(.emptyPath) }
        self.options = options
        if path.first == UInt8(ascii: "/") || directory == Self.workingDirectory {
            base = nil
        } else {
            base = try task.files.file(directory).path
        }
    }
}
