import Credentials
import LinuxABI

/// An inode below /proc/[pid] or /proc/[pid]/task/[tid]: it names a task, and is owned as that task is at the moment.
package class TaskInode: Inode {
    package let proc: ProcFS
    package let pid: PID
    /// Below task/[tid].
    package let isThread: Bool

    package init(_ proc: ProcFS, _ pid: PID, isThread: Bool, mode: FileMode, number: UInt64) {
        self.proc = proc
        self.pid = pid
        self.isThread = isThread
        super.init(proc, number: number, mode: mode, uid: .root, gid: .root)
        accessed = proc.created
        modified = proc.created
        changed = proc.created
        refreshOwnership()
    }

    /// Numbers are made of what the inode is, since lookups make new objects: process, place, entry, and fd or tid.
    static func number(_ pid: PID, isThread: Bool, entry: Int, item: Int32 = -1) -> UInt64 {
        let low = UInt64(truncatingIfNeeded: Int64(item) &+ 1) & 0xff_ffff
        return (pid.serial &<< 32) | (isThread ? 0x8000_0000 : 0) | (UInt64(truncatingIfNeeded: entry & 0x7f) &<< 24)
            | low
    }

    /// The number says what it is.
    package override func isSame(as other: Inode) -> Bool {
        type(of: self) == type(of: other) && number == other.number
    }

    /// The task, while it exists.
    package func task() throws(Refusal) -> Task {
        guard let task = pid.task else { throw Refusal(.ESRCH) }
        return task
    }

    /// task_dump_owner(): the effective IDs; but some root's where the task is not dumpable, except for what
    /// everybody may list.
    package override func refreshOwnership() {
        guard let task = pid.task else {
            uid = .root
            gid = .root
            return
        }
        uid = task.credentials.euid
        gid = task.credentials.egid
        if mode == FileMode(.directory, 0o555) { return }
        if task.isExiting {
            uid = .root
            gid = .root
        } else if task.image.dumpable != 1 {
            let namespace = task.image.userNamespace
            uid = namespace.kuid(UID(0)) ?? .root
            gid = namespace.kgid(GID(0)) ?? .root
        }
    }

    package override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        refreshOwnership()
        return FileAttributes(self)
    }

    /// proc_setattr(): the mode is fixed; owners and times may be set but are forgotten at once.
    package override func setAttributes(_ change: AttributeChange, for caller: any Caller) throws(Refusal) {
        if change.permissions != nil { throw Refusal(.procModeIsFixed) }
    }
    package override func truncate(to size: Int64, for caller: any Caller) throws(Refusal) {}
    package override var cachesLookups: Bool { false }
    private var living = LivingDentries()
    package override func livingDentry(_ name: Name) -> Dentry? { living[name] }
    package override func rememberWhileLiving(_ dentry: Dentry) { living.remember(dentry) }
}

/// A directory below /proc/[pid].
package class TaskDirectory: TaskInode {
    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        DirectoryFile(path: path, flags: flags, credentials: caller.credentials)
    }
}
