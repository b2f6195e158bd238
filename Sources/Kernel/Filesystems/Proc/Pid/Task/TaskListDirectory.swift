import Credentials
import LinuxABI

/// /proc/[pid]/task: a directory for each thread (proc_pid_task(5)).
package final class TaskListDirectory: TaskDirectory {
    init(_ proc: ProcFS, _ pid: PID, entry: Int) {
        super.init(
            proc, pid, isThread: false, mode: FileMode(.directory, 0o555),
            number: TaskInode.number(pid, isThread: false, entry: entry))
    }

    package override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = try super.attributes(for: caller)
        attributes.linkCount = 2 &+ UInt32(clamping: pid.task?.group.threads.count ?? 0)
        return attributes
    }

    /// proc_task_lookup(): only threads of this process have a name here.
    package override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        guard let group = pid.task?.group, let number = ProcRoot.number(name),
            let thread = proc.pidNamespace.numbers[number], let task = thread.task, task.group === group
        else { throw Refusal(.ENOENT) }
        return PidDirectory(proc, thread, isThread: true)
    }

    package override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        guard let task = pid.task else { throw Refusal(.ENOENT) }
        var list: [DirectoryEntry] = []
        for thread in task.group.threads {
            let number = thread.pid.number(in: proc.pidNamespace)
            guard number > 0 else { continue }
            var name = TextBuffer(capacity: 8)
            name.append(number)
            let inode = TaskInode.number(thread.pid, isThread: true, entry: ProcPidEntry.directoryEntry)
            list.append(DirectoryEntry(name: Name(name.bytes), inode: inode, kind: .directory))
        }
        return list
    }
}
