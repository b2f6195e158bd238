import Credentials
import LinuxABI

/// /proc/[pid]/limits (proc_pid_limits(5)).
enum PidLimits {
    private struct Row: Sendable {
        let name: StaticString
        let unit: StaticString
    }
    /// By RLIMIT_* number.
    private static let rows: [Row] = [
        Row(name: "Max cpu time", unit: "seconds"), Row(name: "Max file size", unit: "bytes"),
        Row(name: "Max data size", unit: "bytes"), Row(name: "Max stack size", unit: "bytes"),
        Row(name: "Max core file size", unit: "bytes"), Row(name: "Max resident set", unit: "bytes"),
        Row(name: "Max processes", unit: "processes"), Row(name: "Max open files", unit: "files"),
        Row(name: "Max locked memory", unit: "bytes"), Row(name: "Max address space", unit: "bytes"),
        Row(name: "Max file locks", unit: "locks"), Row(name: "Max pending signals", unit: "signals"),
        Row(name: "Max msgqueue size", unit: "bytes"), Row(name: "Max nice priority", unit: ""),
        Row(name: "Max realtime priority", unit: ""), Row(name: "Max realtime timeout", unit: "us"),
    ]

    static func soft(_ task: Task, _ resource: Int) -> UInt64 {
        task.group.limits.indices.contains(resource) ? task.group.limits[resource].soft : ResourceLimit.infinity
    }

    @Sendable static func text(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        var text = TextBuffer(capacity: 1400)
        text.append("Limit                     Soft Limit           Hard Limit           Units     \n")
        for (row, limit) in zip(rows, task.group.limits) {
            text.left(row.name, width: 26)
            column(&text, limit.soft)
            column(&text, limit.hard)
            text.left(row.unit, width: 10)
            text.newline()
        }
        return text.bytes
    }

    private static func column(_ text: inout TextBuffer, _ value: UInt64) {
        if value == ResourceLimit.infinity { return text.left("unlimited", width: 21) }
        var number = TextBuffer(capacity: 20)
        number.append(value)
        text.left(number.bytes, width: 21)
    }
}
