import Credentials
import Kernel
import LinuxABI

/// sysinfo(2): the machine's load and memory, and how many tasks the sandbox has.
enum SystemInformationCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .sysinfo: { task, a throws(Refusal) in
            try task.memory.store(record(task), at: UserAddress(a.a0))
            return .success
        }
    ]

    /// struct sysinfo, with memory in bytes.
    private static func record(_ task: Task) -> [UInt8] {
        let kernel = task.kernel, platform = kernel.platform
        let loads = platform.hostText(.loadavg).split(separator: UInt8(ascii: " ")).prefix(3).map(load)
        let memory = amounts(platform.hostText(.meminfo))
        // A second that has begun counts, on the clock of the caller's time namespace.
        let uptime = Int64(clamping: platform.bootNow) &+ (task.namespaces?.time.boottime.total ?? 0)
        var words = [(UInt64(clamping: uptime) &+ 999_999_999) / 1_000_000_000]
        words += loads + [UInt64](repeating: 0, count: 3 - loads.count)
        words += ["MemTotal:", "MemFree:", "Shmem:", "Buffers:", "SwapTotal:", "SwapFree:"].map {
            (memory[Array($0.utf8)] ?? 0) &* 1024
        }
        // procs, 16 bits, and padding; then high memory, none, and the unit, 1 byte.
        words += [UInt64(UInt16(truncatingIfNeeded: kernel.taskCount)), 0, 0, 1]
        return words.flatMap(LittleEndian.bytes)
    }

    /// A load such as 0.25, as a fraction of 65,536.
    private static func load(_ text: ArraySlice<UInt8>) -> UInt64 {
        var hundredths: UInt64 = 0
        for byte in text where (48...57).contains(byte) { hundredths = hundredths &* 10 &+ UInt64(byte - 48) }
        return hundredths &* 65536 / 100
    }

    /// Kilobytes by their name with its colon.
    private static func amounts(_ text: [UInt8]) -> [[UInt8]: UInt64] {
        var amounts: [[UInt8]: UInt64] = [:]
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let words = line.split(separator: UInt8(ascii: " "))
            guard words.count > 1, let value = UInt64(String(decoding: words[1], as: UTF8.self)) else { continue }
            amounts[Array(words[0])] = value
        }
        return amounts
    }
}
