import Credentials
import LinuxABI

/// /proc/[pid]/net: the task's network namespace, which holds a loopback interface that is down (proc_pid_net(5)).
package final class NetDirectory: TaskDirectory {
    init(_ proc: ProcFS, _ pid: PID, isThread: Bool, entry: Int) {
        super.init(
            proc, pid, isThread: isThread, mode: FileMode(.directory, 0o555),
            number: TaskInode.number(pid, isThread: isThread, entry: entry))
        linkCount = 2
    }

    /// proc_tgid_net_lookup(): a zombie has no network namespace, and so no names here.
    package override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        guard pid.task?.namespaces != nil, let index = NetFiles.all.firstIndex(where: { $0.name == name }) else {
            throw Refusal(.ENOENT)
        }
        return TaskFileInode(
            proc, pid, isThread: isThread, file: NetFiles.all[index], entry: ProcPidEntry.netEntry,
            item: Int32(truncatingIfNeeded: index))
    }

    package override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        guard pid.task?.namespaces != nil else { return [] }
        return NetFiles.all.enumerated().map { index, file in
            DirectoryEntry(
                name: file.name,
                inode: TaskInode.number(
                    pid, isThread: isThread, entry: ProcPidEntry.netEntry, item: Int32(truncatingIfNeeded: index)),
                kind: .regular)
        }
    }
}
