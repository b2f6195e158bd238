import Credentials
import Kernel
import LinuxABI

/// mmap(2) of a file with execute permission; other mappings are made by the host alone.
enum MemoryCalls {
    static let handlers: [SyscallNumber: Handler] = [.mmap: mmap]

    @Sendable private static func mmap(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        // The stub maps through descriptors of its own, which the model does not list.
        guard let file = task.files[Arguments.int(a.a4)] else { return .continueOnHost }
        if file.flags.contains(.path) { throw Refusal(.EBADF) }
        if file.path.forbidsExecution { throw Refusal(.mapNoexecMount) }
        return .continueOnHost
    }
}
