import Credentials
import Kernel
import LinuxABI

/// mmap(2) of a file with execute permission, and what madvise(2) may not do; everything else in its own memory a task does
/// by the host alone.
enum MemoryCalls {
    static let handlers: [SyscallNumber: Handler] = [.mmap: mmap, .madvise: advise]

    private static let hugePages: UInt64 = 0x40000
    private static let anonymous: UInt64 = 0x20

    /// In a shared table another thread may put another file at the number before the host maps it. It gains a mapping of
    /// a file that it has open anyway, and code that it could as well have copied: what noexec keeps a program from is no
    /// more than that, so the check may come first.
    @Sendable private static func mmap(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        if a.a3 & anonymous != 0 {
            // The host's pool of huge pages is none of the sandbox's: it is as if it were empty.
            guard a.a3 & hugePages == 0 else { throw Refusal(.ENOMEM) }
            return .continueOnHost
        }
        guard let file = task.files[Arguments.int(a.a4)] else { throw Refusal(.EBADF) }
        if file.flags.contains(.path) { throw Refusal(.EBADF) }
        if file.path.forbidsExecution { throw Refusal(.mapNoexecMount) }
        return .continueOnHost
    }

    /// What every address space has of the loader, and a child must have as it is: its sealed pages and its stub.
    private static let kept: [Range<UInt64>] = [
        0x7dff_0000_0000..<0x7dff_0020_0000, 0x7e00_0000_0000..<0x7e00_0000_1000,
    ]
    /// What linear address masking ignores in an address (LAM_U57).
    private static let tag: UInt64 = 0x7e00_0000_0000_0000

    /// MADV_DONTFORK and MADV_WIPEONFORK: a child without the loader's pages could put its own there.
    @Sendable private static func advise(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let start = a.a0 & ~tag & ~4095
        // do_madvise(): whole pages, and no end before the start.
        let (length, isLonger) = a.a1.addingReportingOverflow(4095)
        let (end, wraps) = start.addingReportingOverflow(length & ~4095)
        guard !isLonger, !wraps, !kept.contains(where: { $0.overlaps(start..<end) }) else { throw Refusal(.EINVAL) }
        return .continueOnHost
    }
}
