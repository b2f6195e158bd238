import Credentials
import LinuxABI

/// /proc/[pid]/statm: sizes in pages (proc_pid_statm(5)).
enum PidStatm {
    @Sendable static func text(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        var text = TextBuffer(capacity: 48)
        let statistics = reader.kernel.platform.statistics(of: task)
        let isZombie = task.namespaces == nil
        text.append(isZombie ? 0 : statistics.virtualKilobytes / 4)
        text.space()
        text.append(isZombie ? 0 : statistics.residentKilobytes / 4)
        text.append(" 0 0 0 ")
        text.append(isZombie ? 0 : statistics.virtualKilobytes / 4)
        text.append(" 0\n")
        return text.bytes
    }
}
