import Credentials
import LinuxABI

/// /proc itself: a few fixed files, `self`, `thread-self`, and a directory for each process of the PID namespace.
package final class ProcRoot: StaticDirectory {
    init(_ proc: ProcFS) {
        super.init(proc, number: 1)
        ProcGlobals.populate(self, proc)
    }

    /// Processes come and go; nothing here may be remembered.
    package override var cachesLookups: Bool { false }
    private var living = LivingDentries()
    package override func livingDentry(_ name: Name) -> Dentry? { living[name] }
    package override func rememberWhileLiving(_ dentry: Dentry) { living.remember(dentry) }

    package override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        if let number = Self.number(name) { return try process(number) }
        guard isShown(name) else { throw Refusal(.ENOENT) }
        return try super.lookup(name, for: caller)
    }

    /// proc_lookup(): with subset=pid only processes and the links to one's own are there.
    private func isShown(_ name: Name) -> Bool {
        (fileSystem as? ProcFS)?.options.showsOnlyProcesses != true || name == "self" || name == "thread-self"
    }

    /// proc_pid_lookup(): any tid has a directory, though only those of leaders are listed.
    private func process(_ number: Int32) throws(Refusal) -> Inode {
        // With hidepid=ptraceable Linux refuses the first lookup of a process by who may not trace it, but not those that
        // find the dentry of somebody else's. Here all are of the second kind: the directory itself says no.
        guard let proc = fileSystem as? ProcFS, let pid = proc.pidNamespace.numbers[number], pid.task != nil
        else { throw Refusal(.ENOENT) }
        return PidDirectory(proc, pid, isThread: false)
    }

    package override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        guard let proc = fileSystem as? ProcFS else { return [] }
        var list = try super.entries(for: caller).filter { isShown($0.name) }
        for number in proc.pidNamespace.numbers.keys.sorted() {
            guard let pid = proc.pidNamespace.numbers[number], let task = pid.task, task.isLeader,
                proc.reveals(task, to: caller, at: .invisible)
            else { continue }
            var name = TextBuffer(capacity: 8)
            name.append(number)
            let inode = TaskInode.number(pid, isThread: false, entry: ProcPidEntry.directoryEntry)
            list.append(DirectoryEntry(name: Name(name.bytes), inode: inode, kind: .directory))
        }
        return list
    }

    /// name_to_int(): decimal without leading zeros, or nil.
    static func number(_ name: Name) -> Int32? {
        guard let first = name.bytes.first, name.bytes.count <= 10, first != 0x30 || name.bytes.count == 1 else {
            return nil
        }
        var value: Int64 = 0
        for byte in name.bytes {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return Int32(exactly: value)
    }
}
