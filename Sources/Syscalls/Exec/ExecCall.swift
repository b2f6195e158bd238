import Credentials
import Kernel
import LinuxABI

/// execve(2) and execveat(2), decoded.
package struct ExecCall {
    package let path: [UInt8]
    /// The path as the new program is told it: below /dev/fd where it began at a descriptor (alloc_bprm).
    package let shownPath: [UInt8]
    /// Whether scripts cannot be opened by `shownPath`, as the descriptor goes at exec.
    package let isInaccessible: Bool
    package let pathAddress: UserAddress
    /// Where the path begins; nil for the working directory.
    package let base: Path?
    package let options: LookupOptions
    package let argumentsAddress: UInt64
    package let environmentAddress: UInt64

    /// AT_EXECVE_CHECK: only tells whether the file may be executed.
    package let isCheck: Bool

    private static let workingDirectory: Int32 = -100
    private static let emptyPath: UInt32 = 0x1000
    private static let noFollow: UInt32 = 0x100
    private static let check: UInt32 = 0x10000

    package init(_ task: Task, _ number: UInt32, _ arguments: Arguments) throws(Refusal) {
        if number == SyscallNumber.execve.rawValue {
            pathAddress = UserAddress(arguments.a0)
            argumentsAddress = arguments.a1
            environmentAddress = arguments.a2
            path = try task.memory.string(pathAddress)
            options = .follow
            base = nil
            shownPath = path
            isInaccessible = false
            isCheck = false
            return
        }
        let directory = Arguments.int(arguments.a0)
        let flags = Arguments.unsigned(arguments.a4)
        pathAddress = UserAddress(arguments.a1)
        argumentsAddress = arguments.a2
        environmentAddress = arguments.a3
        path = try task.memory.string(pathAddress)
        // getname_uflags() comes before the look at the other flags, which are EINVAL (do_open_execat).
        if path.isEmpty, flags & Self.emptyPath == 0 { throw Refusal(.ENOENT) }
        if flags & ~(Self.emptyPath | Self.noFollow | Self.check) != 0 { throw Refusal(.EINVAL) }
        isCheck = flags & Self.check != 0
        var options: LookupOptions = flags & Self.noFollow == 0 ? .follow : []
        if flags & Self.emptyPath != 0 { options.insert(.emptyPath) }
        self.options = options
        if path.first == UInt8(ascii: "/") || directory == Self.workingDirectory {
            base = nil
            shownPath = path
            isInaccessible = false
        } else {
            guard let entry = task.files.entry(directory) else { throw Refusal(.EBADF) }
            base = entry.file.path
            shownPath = Array("/dev/fd/\(directory)".utf8) + (path.isEmpty ? [] : [UInt8(ascii: "/")] + path)
            isInaccessible = entry.closeOnExec
        }
    }
}
