import Credentials
import LinuxABI

/// Files of /proc/[pid] of a line or two, most of them the same for every task here.
enum PidSmallFiles {
    /// proc_cgroup_show(): the path as the reader's cgroup namespace has it.
    @Sendable static func cgroup(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        let root = reader.opener?.namespaces?.cgroup.root ?? reader.kernel.rootCgroup
        return Array("0::".utf8) + task.cgroup.path(from: root) + [0x0a]
    }
    @Sendable static func cpuset(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] { Array("/\n".utf8) }
    @Sendable static func personality(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        Array("00000000\n".utf8)
    }
    /// "0": not waiting in the kernel, or not to be told.
    @Sendable static func wchan(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] { [0x30] }
    @Sendable static func syscall(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        Array((task.namespaces == nil ? "-1 0x0 0x0\n" : "running\n").utf8)
    }
    @Sendable static func stack(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] { [] }
    @Sendable static func timers(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] { [] }
    @Sendable static func schedstat(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        Array("0 0 0\n".utf8)
    }
    @Sendable static func coredumpFilter(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        Array((task.namespaces == nil ? "" : "00000033\n").utf8)
    }
    @Sendable static func timerSlack(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        Array("50000\n".utf8)
    }
    /// The host's numbers, which include what was read to load the program (proc_pid_io(5)).
    @Sendable static func io(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        let text = reader.kernel.platform.transfers(of: task, wholeProcess: !reader.isOfThread)
        if !text.isEmpty { return text }
        return Array(
            """
            rchar: 0
            wchar: 0
            syscr: 0
            syscw: 0
            read_bytes: 0
            write_bytes: 0
            cancelled_write_bytes: 0

            """.utf8)
    }
    @Sendable static func auxv(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        task.namespaces == nil ? [] : task.image.auxiliaryVector
    }
    /// Settings that are taken and have no effect.
    @Sendable static func ignoreWrite(_ task: Task, _ write: ProcWrite) throws(Refusal) -> Int { write.bytes.count }
}
