import Credentials

/// How much of the machine a sandbox may use (docs/limits.md). None of it depends on what the host lets nsentry do.
package struct SandboxLimits: Hashable, Sendable {
    /// Tasks (threads) at once, zombies and the sandbox's init with them: 2...4,194,304. clone(2) fails with EAGAIN there.
    package var tasks = 8192
    /// Open file descriptions at once, with those that are on their way through sockets: 16...16,777,216. ENFILE.
    package var files = 65536
    /// Bytes of memory that tasks and memory files have together: from 16 MiB on. Nil is half of the machine's.
    package var memory: UInt64?
    /// CPUs that tasks may run on and see: from 1 on. Nil is every one that nsentry itself may use.
    package var cpus: Int?
    /// Seconds by the clock until everything ends: 1...31,536,000. Nil is no end.
    package var time: UInt64?

    package static let taskRange = 2...4_194_304
    package static let fileRange = 16...16_777_216
    package static let leastMemory: UInt64 = 16 << 20
    package static let timeRange: ClosedRange<UInt64> = 1...31_536_000

    /// Bytes that the kernel's objects may take: a quarter of the memory that was asked for, which they count in.
    package var kernelObjects: Int {
        guard let memory else { return Budget.defaultLimit }
        return min(Budget.defaultLimit, max(Self.leastKernelObjects, Int(clamping: memory / 4)))
    }
    private static let leastKernelObjects = 16 << 20

    package init() {}
}

/// What the model counts of the sandbox as a whole.
package enum CountedLimit: Hashable, Sendable {
    case tasks
    case files
}

extension Kernel {
    /// Says so the first time that the sandbox has as many as it may.
    func reached(_ limit: CountedLimit) {
        if reachedLimits.insert(limit).inserted { onLimit?(limit) }
    }
}
