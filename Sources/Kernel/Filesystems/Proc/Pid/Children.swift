import Credentials
import LinuxABI

/// /proc/[pid]/task/[tid]/children: the numbers of the processes that this thread forked (proc_tid_children(5)).
enum TidChildren {
    @Sendable static func text(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        var text = TextBuffer(capacity: 64)
        for child in task.group.children where child.parentThread === task {
            let number = reader.number(child.pid)
            guard number > 0 else { continue }
            text.append(number)
            text.space()
        }
        return text.bytes
    }
}
