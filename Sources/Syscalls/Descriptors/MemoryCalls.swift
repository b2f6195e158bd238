import Credentials
import Kernel
import LinuxABI

/// mmap(2) of a file with execute permission; other mappings are made by the host alone.
enum MemoryCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .mmap: mmap,
        .mseal: { _, _ throws(Refusal) in .continueOnHost },
    ]

    @Sendable private static func mmap(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        guard let file = task.files[Arguments.int(a.a4)] else { throw Refusal(.EBADF) }
        if file.flags.contains(.path) { throw Refusal(.EBADF) }
        if file.path.forbidsExecution { throw Refusal(.mapNoexecMount) }
        return .continueOnHost
    }
}
