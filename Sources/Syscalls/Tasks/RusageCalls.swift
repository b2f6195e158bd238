import Credentials
import Kernel
import LinuxABI

/// getrusage(2) and times(2): the children's share is the model's, as every process is the sentry's child on the host.
enum RusageCalls {
    static let handlers: [SyscallNumber: Handler] = [.getrusage: getrusage, .times: times]

    private static let getrusage: Handler = { task, a throws(Refusal) in
        switch Arguments.int(a.a0) {
        case 0: try task.memory.store(encode(task.kernel.usage(of: task.group)), at: UserAddress(a.a1))
        case -1: try task.memory.store(encode(task.group.childrenUsage), at: UserAddress(a.a1))
        // RUSAGE_THREAD concerns the host alone.
        case 1: return .continueOnHost
        default: throw Refusal(.EINVAL)
        }
        return .success
    }

    private static let times: Handler = { task, a throws(Refusal) in
        if a.a0 != 0 {
            let own = task.kernel.usage(of: task.group)
            let children = task.group.childrenUsage
            let words = [own.userTicks, own.systemTicks, children.userTicks, children.systemTicks]
            try task.memory.store(LittleEndian.bytes(words), at: UserAddress(a.a0))
        }
        return .value(Int64(truncatingIfNeeded: task.kernel.platform.bootNow / 10_000_000))
    }

    /// struct rusage: two timevals and fourteen longs.
    static func encode(_ usage: HostStatistics) -> [UInt8] {
        var words = [UInt64](repeating: 0, count: 18)
        let user = max(usage.userMicroseconds, usage.userTicks &* 10_000)
        let system = max(usage.systemMicroseconds, usage.systemTicks &* 10_000)
        (words[0], words[1]) = user.quotientAndRemainder(dividingBy: 1_000_000)
        (words[2], words[3]) = system.quotientAndRemainder(dividingBy: 1_000_000)
        words[4] = usage.maximumResidentKilobytes
        words[8] = usage.minorFaults
        words[9] = usage.majorFaults
        words[16] = usage.voluntarySwitches
        words[17] = usage.involuntarySwitches
        return LittleEndian.bytes(words)
    }
}
