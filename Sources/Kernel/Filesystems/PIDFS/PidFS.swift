import Credentials
import LinuxABI

/// pidfs: the file system, never mounted by name, of pidfds. A process has one inode for the sandbox's life, so
/// comparing st_ino tells whether two pidfds mean the same process.
package final class PidFS: FileSystem {
    private let numbers: MountNumbers
    /// PIDs that had a pidfd, by inode number: what a handle leads to.
    private var known: [UInt64: Entry] = [:]
    private var sweepAt = 64

    private struct Entry {
        weak var pid: PID?
        weak var dentry: Dentry?
    }

    package init(_ numbers: MountNumbers, userNamespace: UserNamespace) {
        self.numbers = numbers
        super.init(
            typeName: "pidfs", magic: 0x5049_4446, device: numbers.allocateDevice(),
            userNamespace: userNamespace)
        // As all file systems without a place (init_pseudo).
        ignoresDevices = true
        ignoresExecution = true
    }

    /// Where the process's file is; the same dentry and inode for as long as anybody holds one.
    func path(of pid: PID) -> Path {
        if let dentry = known[pid.serial]?.dentry { return Path(mount: internalMount, dentry: dentry) }
        if known.count >= sweepAt {
            known = known.filter { $0.value.pid != nil }
            sweepAt = max(64, known.count * 2)
        }
        let dentry = Dentry(name: "[pidfd]", parent: nil, inode: PidfdInode(self, pid))
        known[pid.serial] = Entry(pid: pid, dentry: dentry)
        return Path(mount: internalMount, dentry: dentry)
    }

    /// The kernel's own mount, which no mount namespace lists.
    package private(set) lazy var internalMount: Mount = {
        let root = Dentry(
            name: "pidfs", parent: nil,
            inode: Inode(self, number: 0, mode: FileMode(.directory, 0o555), uid: .root, gid: .root))
        return Mount(numbers, self, root: root, source: "pidfs")
    }()

    // MARK: Handles

    /// FILEID_KERNFS: the inode number alone.
    private static let handleType: Int32 = 0xfe
    /// Beside the access mode; O_EXCL is PIDFD_THREAD.
    private static let handleFlags: OpenFlags = [
        .writeOnly, .readWrite, .nonblock, .closeOnExec, .exclusive, .largefile,
    ]

    package override func handle(of inode: Inode, _ dentry: Dentry) -> FileHandle? {
        inode is PidfdInode ? FileHandle(type: Self.handleType, inode.number) : nil
    }

    /// pidfs_ino_get_pid(): what had a pidfd once, is not reaped, and has a number in the caller's PID namespace.
    package override func find(_ handle: FileHandle, for caller: any Caller) throws(Refusal) -> Dentry? {
        guard handle.type == Self.handleType, let number = handle.long(at: 0), let pid = known[number]?.pid,
            pid.reapedStatus == nil, let caller = caller as? Task, pid.number(in: caller.pidNamespace) != 0
        else { return nil }
        return path(of: pid).dentry
    }

    package override func checkHandleUse(
        _ flags: OpenFlags, _ scope: inout HandleScope, for caller: any Caller
    ) throws(Refusal) {
        guard flags.isSubset(of: Self.handleFlags) else { throw Refusal(.EINVAL) }
    }

    /// Never a thread's: opening drops O_EXCL (pidfs_export_open). Close-on-exec stays among the status flags.
    package override func open(
        found path: Path, _ flags: OpenFlags, for caller: any Caller
    ) throws(Refusal) -> OpenFile {
        guard let inode = path.inode as? PidfdInode, let caller = caller as? Task else { throw Refusal(.ENXIO) }
        let status = flags.intersection([.writeOnly, .nonblock, .closeOnExec])
        return try caller.kernel.openProcessFile(
            inode.pid, path, thread: false, flags: status.union(.readWrite), for: caller)
    }
}

/// A process as a file: unchangeable but for its extended attributes.
package final class PidfdInode: Inode {
    fileprivate let pid: PID

    init(_ fileSystem: PidFS, _ pid: PID) {
        self.pid = pid
        super.init(fileSystem, number: pid.serial, mode: FileMode(.regular, 0o700), uid: .root, gid: .root)
    }

    /// A regular file for whoever checks, it shows no type (anon_inode_getattr).
    package override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = FileAttributes(self)
        attributes.mode = FileMode(rawValue: mode.permissions)
        return attributes
    }

    package override var attributesRefusal: Refusal? { Refusal(.EOPNOTSUPP) }
    package override var isPrivate: Bool { true }

    /// By /proc/[pid]/fd/N: another pidfd for the same process.
    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        guard let caller = caller as? Task else { throw Refusal(.ENXIO) }
        return try caller.kernel.openProcessFile(pid, path, thread: false, flags: flags, for: caller)
    }

    /// Only trusted.* attributes are kept.
    package override func keepsExtendedAttribute(_ name: Name) -> Bool { name.bytes.starts(with: "trusted.".utf8) }
    package override func attribute(_ name: Name) -> [UInt8]? { pid.attribute(name) }
    package override var attributeNames: [Name] { pid.attributeNames }
    package override func setAttribute(_ name: Name, _ value: [UInt8]?) throws(Refusal) {
        try pid.setAttribute(name, value, budget: fileSystem.userNamespace.budget)
    }
}

extension Kernel {
    /// A new pidfd for the process of `task`, or for the thread itself.
    package func makeProcessFile(
        of task: Task, thread: Bool, flags: OpenFlags = [], for caller: Task
    ) throws(Refusal) -> PidfdFile {
        let pid = thread ? task.pid : task.group.pid
        var flags = flags.union(.readWrite)
        // PIDFD_THREAD is O_EXCL, and stays visible (pidfd_prepare).
        if thread { flags.insert(.exclusive) }
        return try openProcessFile(pid, processFiles.path(of: pid), thread: thread, flags: flags, for: caller)
    }

    /// A pidfd for the process `pid`, also when it was reaped since it was remembered (PIDFD_STALE).
    package func makeProcessFile(of pid: PID, for caller: Task) throws(Refusal) -> PidfdFile {
        try openProcessFile(pid, processFiles.path(of: pid), thread: false, flags: .readWrite, for: caller)
    }

    /// A pidfd for `pid`, which may have been reaped.
    func openProcessFile(
        _ pid: PID, _ path: Path, thread: Bool, flags: OpenFlags, for caller: Task
    ) throws(Refusal) -> PidfdFile {
        let file = PidfdFile(
            pid, thread: thread, backing: try platform.makePollableFile(), path: path, flags: flags,
            credentials: caller.credentials)
        showState(of: pid, in: file)
        return file
    }
}
