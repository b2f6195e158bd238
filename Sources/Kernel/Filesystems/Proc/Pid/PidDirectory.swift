import Credentials
import LinuxABI

/// /proc/[pid] or /proc/[pid]/task/[tid].
package final class PidDirectory: TaskDirectory {
    init(_ proc: ProcFS, _ pid: PID, isThread: Bool) {
        super.init(
            proc, pid, isThread: isThread, mode: FileMode(.directory, 0o555),
            number: TaskInode.number(pid, isThread: isThread, entry: ProcPidEntry.directoryEntry))
        linkCount = isThread ? 8 : 9
    }

    /// proc_pid_instantiate() makes it S_IMMUTABLE.
    package override var immutability: Refusal? { Refusal(.procProcessImmutable) }

    /// proc_pid_permission(): a directory held open says ESRCH for everything below once the task is gone.
    package override func permission(_ wanted: Access, for caller: any Caller) -> PermissionAnswer {
        // inode_permission() looks at this before it asks the file system.
        if wanted.contains(.write) { return .refused(Refusal(.procProcessImmutable)) }
        guard let task = pid.task else { return .refused(Refusal(.ESRCH)) }
        if proc.reveals(task, to: caller, at: .noAccess) { return .ordinary }
        return .refused(Refusal(proc.options.hiding == .invisible ? .procProcessHidden : .procProcessClosed))
    }

    /// pid_getattr()
    package override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        if let task = pid.task, !proc.reveals(task, to: caller, at: .invisible) { throw Refusal(.procProcessHidden) }
        return try super.attributes(for: caller)
    }

    package override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        guard pid.task != nil, let entry = ProcPidEntry.index[name],
            ProcPidEntry.all[entry].isPresent(inThread: isThread)
        else {
            throw Refusal(.ENOENT)
        }
        return ProcPidEntry.all[entry].inode(proc, pid, isThread: isThread, entry: entry)
    }

    package override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        guard pid.task != nil else { throw Refusal(.ENOENT) }
        var list: [DirectoryEntry] = []
        list.reserveCapacity(ProcPidEntry.all.count)
        for (entry, file) in ProcPidEntry.all.enumerated() where file.isPresent(inThread: isThread) {
            let number = TaskInode.number(pid, isThread: isThread, entry: entry)
            list.append(DirectoryEntry(name: file.name, inode: number, kind: file.mode.kind))
        }
        return list
    }
}
