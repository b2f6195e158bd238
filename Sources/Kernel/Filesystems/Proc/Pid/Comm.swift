import Credentials
import LinuxABI

/// /proc/[pid]/comm: the task's name, which its own process may change (proc_pid_comm(5)).
enum PidComm {
    @Sendable static func text(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] { task.comm + [0x0a] }

    /// comm_write(): another process' bytes are EINVAL; the name is cut at 15 bytes.
    @Sendable static func write(_ task: Task, _ write: ProcWrite) throws(Refusal) -> Int {
        guard let own = write.caller as? Task, own.group === task.group else { throw Refusal(.procCommForeign) }
        let end = write.bytes.firstIndex(of: 0) ?? write.bytes.endIndex
        task.comm = Array(write.bytes[..<min(end, 15)])
        return write.bytes.count
    }
}
