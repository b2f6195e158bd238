import Credentials
import LinuxABI

/// /proc/[pid]/cmdline and environ: the strings as they are in the task's memory now.
enum PidCmdline {
    /// Reads stop here; the kernel allows as much as ARG_MAX.
    private static let maximum: UInt64 = 2 << 20

    @Sendable static func text(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        let range = task.image.argumentsRange
        let text = read(task, range)
        guard let last = text.last, last != 0, UInt64(text.count) == range.upperBound - range.lowerBound else {
            return text
        }
        // A program that wrote over its last byte has made one string of it, which may go on behind (get_mm_proctitle).
        let title = read(task, range.lowerBound..<(range.lowerBound &+ 4096))
        return title.firstIndex(of: 0).map { Array(title[...$0]) } ?? title
    }
    @Sendable static func environment(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        read(task, task.image.environmentRange)
    }

    private static func read(_ task: Task, _ range: Range<UInt64>) -> [UInt8] {
        guard task.namespaces != nil, !range.isEmpty else { return [] }
        let count = Int(min(range.upperBound - range.lowerBound, maximum))
        return task.memory.prefix(UserAddress(range.lowerBound), count: count)
    }
}
