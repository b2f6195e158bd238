import Credentials
import LinuxABI

/// /proc/[pid]/fd: a magic link for each open file (proc_pid_fd(5)).
package final class FdDirectory: TaskDirectory {
    init(_ proc: ProcFS, _ pid: PID, isThread: Bool, entry: Int) {
        super.init(
            proc, pid, isThread: isThread, mode: FileMode(.directory, 0o500),
            number: TaskInode.number(pid, isThread: isThread, entry: entry))
        linkCount = 2
    }

    /// proc_fd_permission(): threads of the process pass whatever the mode says.
    package override func permission(_ wanted: Access, for caller: any Caller) -> PermissionAnswer {
        guard let task = pid.task, let own = caller as? Task, own.group === task.group else { return .ordinary }
        return .granted
    }

    package override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = try super.attributes(for: caller)
        if let task = pid.task { attributes.size = Int64(FdTableView(task).count) }
        return attributes
    }

    package override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        guard let task = pid.task, let fd = ProcRoot.number(name), FdTableView(task)[fd] != nil else {
            throw Refusal(.ENOENT)
        }
        return FdLinkInode(proc, pid, isThread: isThread, fd: fd)
    }

    package override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        guard let task = pid.task else { throw Refusal(.ENOENT) }
        return FdTableView(task).entries(pid, isThread: isThread, entry: ProcPidEntry.fdEntry, kind: .symlink)
    }
}

/// A task's open files as /proc lists them; none for a zombie.
struct FdTableView {
    private let table: FDTable?

    init(_ task: Task) { table = task.namespaces == nil ? nil : task.files }

    subscript(fd: Int32) -> OpenFile? { table?[fd] }
    func entry(_ fd: Int32) -> FDTable.Entry? { table?.entry(fd) }
    var count: Int { table?.open.reduce(0) { count, _ in count + 1 } ?? 0 }
    /// FDSize of status: room in the table, in steps of 64 and powers of two.
    var capacity: Int {
        guard let table else { return 0 }
        var size = 64
        while size < table.slotCount { size &*= 2 }
        return size
    }

    func entries(_ pid: PID, isThread: Bool, entry: Int, kind: FileKind) -> [DirectoryEntry] {
        guard let table else { return [] }
        var list: [DirectoryEntry] = []
        for (item, _) in table.open {
            var name = TextBuffer(capacity: 8)
            name.append(item)
            list.append(
                DirectoryEntry(
                    name: Name(name.bytes),
                    inode: TaskInode.number(pid, isThread: isThread, entry: entry, item: item), kind: kind))
        }
        return list
    }
}

/// /proc/[pid]/fd/N: its mode tells how the file is open; following reopens the file itself.
package final class FdLinkInode: TaskInode {
    private let fd: Int32

    init(_ proc: ProcFS, _ pid: PID, isThread: Bool, fd: Int32) {
        self.fd = fd
        var mode: UInt32 = 0o100
        if let flags = pid.task.flatMap({ FdTableView($0)[fd]?.flags }) {
            if flags.contains(.path) { mode = 0 }
            if flags.reads { mode |= 0o500 }
            if flags.writes { mode |= 0o300 }
        }
        super.init(
            proc, pid, isThread: isThread, mode: FileMode(.symlink, mode),
            number: TaskInode.number(pid, isThread: isThread, entry: ProcPidEntry.fdEntry, item: fd))
    }

    /// proc_fd_instantiate()
    package override var refusesMounts: Bool { true }

    package override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = try super.attributes(for: caller)
        attributes.size = 64
        return attributes
    }

    /// proc_pid_get_link(): EACCES without ptrace access, ENOENT for an fd closed since.
    private func file(for caller: any Caller) throws(Refusal) -> OpenFile {
        guard let task = pid.task else { throw Refusal(.EACCES) }
        try ProcAccess.require(task, by: caller)
        guard let file = FdTableView(task)[fd] else { throw Refusal(.ENOENT) }
        return file
    }

    package override func readLink(for caller: any Caller) throws(Refusal) -> [UInt8] {
        let file = try file(for: caller)
        return file.linkText ?? file.path.text(from: caller.fs.root).withDeletedMark
    }
    package override func followLink(for caller: any Caller) throws(Refusal) -> Path? {
        try file(for: caller).path
    }
}
