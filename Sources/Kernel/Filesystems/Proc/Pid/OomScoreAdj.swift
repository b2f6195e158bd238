import Credentials
import LinuxABI

/// /proc/[pid]/oom_score_adj, oom_adj and oom_score (proc_pid_oom_score_adj(5)).
enum PidOomScore {
    @Sendable static func adjustment(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        line(task.group.oomScoreAdjustment)
    }
    /// The old scale, −17...15.
    @Sendable static func oldAdjustment(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        let value = task.group.oomScoreAdjustment
        return line(value == 1000 ? 15 : value * 17 / 1000)
    }
    /// oom_badness() for a process that uses next to no memory.
    @Sendable static func score(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        let value = task.group.oomScoreAdjustment
        return line(task.namespaces == nil || value == -1000 ? 0 : (1000 + value) * 2 / 3)
    }

    /// oom_score_adj_write(), __set_oom_adj().
    @Sendable static func write(_ task: Task, _ write: ProcWrite) throws(Refusal) -> Int {
        guard let value = try? NumberScanner.whole(Array(write.bytes.prefix(12)), anyBase: true),
            (-1000...1000).contains(value)
        else { throw Refusal(.EINVAL) }
        let adjustment = Int32(value)
        let initial = task.kernel.initialUserNamespace
        let mayLower = write.caller.credentials.has(.sysResource, over: initial)
        if adjustment < task.group.oomScoreFloor {
            guard mayLower else { throw Refusal(.procOomScoreLowered) }
        }
        task.group.oomScoreAdjustment = adjustment
        if mayLower { task.group.oomScoreFloor = adjustment }
        return write.bytes.count
    }

    private static func line(_ number: Int32) -> [UInt8] {
        var text = TextBuffer(capacity: 8)
        text.append(number)
        text.newline()
        return text.bytes
    }
}
