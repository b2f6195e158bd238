import Credentials
import LinuxABI

/// What one entry of /proc/[pid] is: a row of the table in `PidEntries.swift`.
package struct ProcPidEntry: Sendable {
    package typealias Show = @Sendable (Task, ProcReader) throws(Refusal) -> [UInt8]
    package typealias Store = @Sendable (Task, ProcWrite) throws(Refusal) -> Int
    package typealias Check = @Sendable (Task, OpenFlags, any Caller) throws(Refusal) -> Void
    package typealias Make = @Sendable (_ proc: ProcFS, _ pid: PID, _ isThread: Bool, _ entry: Int) -> Inode
    package typealias Open = @Sendable (Task, ProcReader, Path, OpenFlags) throws(Refusal) -> OpenFile

    package enum Place: Sendable { case both, process, thread }

    let name: Name
    let mode: FileMode
    let place: Place
    var show: Show?
    var store: Store?
    /// An open(2) check beyond mode bits.
    var check: Check?
    /// A check that Linux makes at each read(2); it is made here when the file is opened, and the read fails.
    var readCheck: Check?
    /// Files that fix something at open make their own open file.
    var open: Open?
    /// Directories and links make their own inode.
    var make: Make?
    /// False for writable files made with seq_file.
    var allowsPositionedWrites = true
    /// Threads of the process pass without a look at mode bits (proc_tid_comm_permission).
    var isOpenToOwnThreads = false

    /// A text file.
    init(
        _ name: Name, _ permissions: UInt32 = 0o444, _ place: Place = .both, check: Check? = nil,
        readCheck: Check? = nil,
        store: Store? = nil, show: @escaping Show
    ) {
        self.name = name
        mode = FileMode(.regular, permissions)
        self.place = place
        self.check = check
        self.readCheck = readCheck
        self.show = show
        self.store = store
    }
    /// A file with an open file class of its own.
    init(_ name: Name, _ permissions: UInt32, _ place: Place = .both, open: @escaping Open) {
        self.name = name
        mode = FileMode(.regular, permissions)
        self.place = place
        self.open = open
    }
    /// A directory or link.
    init(_ name: Name, _ kind: FileKind, _ permissions: UInt32, _ place: Place = .both, make: @escaping Make) {
        self.name = name
        mode = FileMode(kind, permissions)
        self.place = place
        self.make = make
    }

    /// The number under which /proc/[pid] itself is known, next to the table's indices.
    static let directoryEntry = 0x7f
    /// Likewise for entries of subdirectories: each fd, each namespace …
    static let fdEntry = 0x7e
    static let fdinfoEntry = 0x7d
    static let nsEntry = 0x7c
    static let netEntry = 0x7b
    static let attrEntry = 0x7a

    /// Where the name is in `all`.
    static let index: [Name: Int] = {
        var index: [Name: Int] = [:]
        for (number, file) in all.enumerated() { index[file.name] = number }
        return index
    }()

    func isPresent(inThread: Bool) -> Bool {
        switch place {
        case .both: true
        case .process: !inThread
        case .thread: inThread
        }
    }

    func inode(_ proc: ProcFS, _ pid: PID, isThread: Bool, entry: Int) -> Inode {
        if let make { return make(proc, pid, isThread, entry) }
        return TaskFileInode(proc, pid, isThread: isThread, file: self, entry: entry)
    }
}

/// A regular file below /proc/[pid].
package final class TaskFileInode: TaskInode {
    private let file: ProcPidEntry
    private let isOfOpenFile: Bool
    /// proc_fdinfo_instantiate(): an open file's text goes with the file.
    package override var refusesMounts: Bool { isOfOpenFile }

    package init(_ proc: ProcFS, _ pid: PID, isThread: Bool, file: ProcPidEntry, entry: Int, item: Int32 = -1) {
        self.file = file
        isOfOpenFile = entry == ProcPidEntry.fdinfoEntry
        super.init(
            proc, pid, isThread: isThread, mode: file.mode,
            number: TaskInode.number(pid, isThread: isThread, entry: entry, item: item))
    }

    package override func permission(_ wanted: Access, for caller: any Caller) -> PermissionAnswer {
        guard file.isOpenToOwnThreads, !wanted.contains(.execute), let task = pid.task, let own = caller as? Task else {
            return .ordinary
        }
        return own.group === task.group ? .granted : .ordinary
    }

    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        let task = try task()
        if let check = file.check { try check(task, flags, caller) }
        var reader = try ProcReader(proc, caller.credentials, opener: caller as? Task)
        reader.isOfThread = isThread
        if let open = file.open { return try open(task, reader, path, flags) }
        return TaskText(pid, file, reader, path: path, flags: flags)
    }
}

/// An open text file below /proc/[pid].
package final class TaskText: OpenFile {
    private let pid: PID
    private let file: ProcPidEntry
    private let reader: ProcReader

    init(_ pid: PID, _ file: ProcPidEntry, _ reader: ProcReader, path: Path, flags: OpenFlags) {
        self.pid = pid
        self.file = file
        self.reader = reader
        super.init(path: path, flags: flags, credentials: reader.credentials, backing: .text)
    }

    package override func contents() throws(Refusal) -> [UInt8] {
        guard let task = pid.task else { throw Refusal(.ESRCH) }
        guard let show = file.show else { throw Refusal(.EINVAL) }
        if let check = file.readCheck, let opener = reader.opener { try check(task, flags, opener) }
        return try show(task, reader)
    }
    package override var interceptsWrites: Bool { true }
    package override var allowsPositionedWrites: Bool { file.allowsPositionedWrites }
    package override func write(_ bytes: [UInt8], offset: Int64, by caller: any Caller) throws(Refusal) -> Int {
        guard let store = file.store else { throw Refusal(.EINVAL) }
        guard let task = pid.task else { throw Refusal(.ESRCH) }
        let count = try store(task, ProcWrite(bytes: bytes, offset: offset, caller: caller, opener: credentials))
        reader.kernel.generation &+= 1
        return count
    }
}
