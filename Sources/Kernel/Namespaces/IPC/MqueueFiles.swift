import Credentials
import LinuxABI

/// An IPC namespace's file system of POSIX message queues. The dentries below its root are the names.
package final class MqueueFS: PseudoFileSystem {
    /// Where new queues count; nil when it is gone, though its queues are still mounted somewhere.
    weak var namespace: IPCNamespace?

    /// Numbers come from a counter of all file systems (get_next_ino).
    private static let firstInode: UInt64 = 1 << 16

    init(device: DeviceNumber, owner: UserNamespace) {
        super.init(
            type: FileSystemType("mqueue", .mountableByUserNamespace), magic: 0x1980_0202, device: device,
            userNamespace: owner, firstInode: Self.firstInode)
    }

    /// mq_init_ns(): the root belongs to who made the namespace, and anybody may make queues in it.
    static func makeMount(_ numbers: MountNumbers, owner: UserNamespace, creator: Credentials?) -> Mount {
        let system = MqueueFS(device: numbers.allocateDevice(), owner: owner)
        let root = system.makeRoot(
            MqueueRoot(
                system, number: system.allocateInode(), mode: FileMode(.directory, 0o1777),
                uid: creator?.fsuid ?? .root, gid: creator?.fsgid ?? .root))
        return Mount(numbers, system, root: root, source: "mqueue")
    }
}

/// The root: what it holds is known by dentry alone.
final class MqueueRoot: Inode {
    override init(_ fileSystem: FileSystem, number: UInt64, mode: FileMode, uid: KUID, gid: KGID) {
        super.init(fileSystem, number: number, mode: mode, uid: uid, gid: gid)
        linkCount = 2
    }

    package override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? { nil }
    package override func remove(_ name: Name, inode: Inode, for caller: any Caller) throws(Refusal) {
        if inode.linkCount > 0 { inode.linkCount &-= 1 }
    }

    /// mqueue_create(): a queue of the usual size, as mq_open(3) makes without attributes. Nothing else can be made.
    package override func create(
        _ name: Name, mode: FileMode, uid: KUID, gid: KGID, device: DeviceNumber, for caller: any Caller
    ) throws(Refusal) -> Inode {
        guard mode.isRegular, let task = caller as? Task else { throw Refusal(.EPERM) }
        return try task.makeQueue(in: fileSystem, permissions: mode.permissions, attributes: nil)
    }

    private var queues: [Dentry] { fileSystem.rootDentry?.knownChildren ?? [] }

    /// The newest comes first.
    package override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        queues.sorted { $0.inode.number > $1.inode.number }.map {
            DirectoryEntry(name: $0.name, inode: $0.inode.number, kind: .regular)
        }
    }

    package override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = try super.attributes(for: caller)
        // DIRENT_SIZE an entry, `.` and `..` included.
        attributes.size = Int64(queues.count + 2) * 20
        return attributes
    }

    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        DirectoryFile(path: path, flags: flags, credentials: caller.credentials)
    }
}

/// An open message queue.
package final class MqueueFile: OpenFile {
    package let queue: Mqueue
    /// In whose PID namespace the status is written.
    private weak var reader: PIDNamespace?

    init(_ queue: Mqueue, path: Path, flags: OpenFlags, for caller: any Caller, backing: HostBacking) {
        self.queue = queue
        reader = (caller as? Task)?.pidNamespace
        super.init(path: path, flags: flags, credentials: caller.credentials, backing: backing)
    }

    /// One description of the host stands behind all openings.
    package override var keepsHostFile: Bool { true }
    /// It only makes poll(2) work: the queue's flags, locks and text are the model's.
    package override var hasHostDescription: Bool { false }

    package override func contents() throws(Refusal) -> [UInt8] {
        queue.status(for: reader)
    }

    /// There is no write operation (EINVAL).
    package override var interceptsWrites: Bool { true }

    /// mqueue_flush_file(): a process that closes any of its fds of the queue is notified no more.
    package override func flushed(by caller: any Caller) {
        guard let task = caller as? Task, queue.notification?.owner === task.group.pid else { return }
        queue.notification = nil
    }
}

extension Task {
    /// lookup_one_len() in the namespace's root.
    private func queuePlace(_ name: [UInt8]) throws(Refusal) -> (parent: Path, child: Dentry?) {
        guard let mount = namespaces?.ipc.queues else { throw Refusal(.ENOENT) }
        let dots: [[UInt8]] = [[0x2e], [0x2e, 0x2e]]
        if dots.contains(name) || name.contains(0x2f) { throw Refusal(.EACCES) }
        let parent = Path(mount: mount, dentry: mount.root)
        try parent.check(.execute, for: self)
        if name.count > 255 { throw Refusal(.ENAMETOOLONG) }
        return (parent, mount.root.child(Name(name)))
    }

    /// do_mq_open(): `attributes` nil asks for the namespace's defaults.
    package func openQueue(
        _ name: [UInt8], flags: OpenFlags, mode: UInt32, attributes: Mqueue.Attributes?
    ) throws(Refusal) -> MqueueFile {
        var (parent, child) = try queuePlace(name)
        if let child {
            if flags.contains([.create, .exclusive]) { throw Refusal(.EEXIST) }
            if flags.rawValue & OpenFlags.accessMask == 3 { throw Refusal(.EINVAL) }
            var access: Access = []
            if flags.reads { access.insert(.read) }
            if flags.writes { access.insert(.write) }
            try Path(mount: parent.mount, dentry: child).check(access, for: self)
        } else {
            guard flags.contains(.create) else { throw Refusal(.ENOENT) }
            try parent.checkCreate(for: self)
            let queue = try makeQueue(
                in: parent.mount.fileSystem, permissions: mode & ~fs.umask & 0o7777, attributes: attributes)
            let made = Dentry(name: Name(name), parent: parent.dentry, inode: queue)
            parent.dentry.add(made)
            child = made
        }
        guard let child, let queue = child.inode as? Mqueue else { throw Refusal(.ENOENT) }
        return MqueueFile(
            queue, path: Path(mount: parent.mount, dentry: child),
            flags: flags.subtracting([.create, .exclusive, .noctty, .truncate, .closeOnExec]), for: self,
            // mqueue opens with whatever flags it is given; with O_PATH among them nothing can be done (do_dentry_open).
            backing: flags.contains(.path) ? .path : .owned(queue.readiness))
    }

    /// HARD_MSGMAX, HARD_MSGSIZEMAX.
    private static let hardLimits = Mqueue.Attributes(maximumMessages: 65536, messageSize: 16 << 20)
    /// What the kernel keeps for each message, and for each priority: struct msg_msg and posix_msg_tree_node.
    private static let messageOverhead: UInt64 = 48 + 48
    private static let priorities: Int64 = 32768

    /// mqueue_create_attr() and mqueue_get_inode().
    fileprivate func makeQueue(
        in fileSystem: FileSystem, permissions: UInt32, attributes: Mqueue.Attributes?
    ) throws(Refusal) -> Mqueue {
        guard let namespace = (fileSystem as? MqueueFS)?.namespace else { throw Refusal(.EACCES) }
        let isCapable = hasGlobally(.sysResource)
        if namespace.queueCount >= namespace.setting("fs/mqueue/queues_max", default: 256), !isCapable {
            throw Refusal(.queueCountLimit)
        }
        let maximum = Mqueue.Attributes(
            maximumMessages: namespace.setting("fs/mqueue/msg_max", default: 10),
            messageSize: namespace.setting("fs/mqueue/msgsize_max", default: 8192))
        let limits =
            attributes
            ?? Mqueue.Attributes(
                maximumMessages: min(
                    maximum.maximumMessages, namespace.setting("fs/mqueue/msg_default", default: 10)),
                messageSize: min(
                    maximum.messageSize, namespace.setting("fs/mqueue/msgsize_default", default: 8192)))
        guard limits.maximumMessages > 0, limits.messageSize > 0 else { throw Refusal(.EINVAL) }
        let bound = isCapable ? Self.hardLimits : maximum
        guard limits.maximumMessages <= bound.maximumMessages, limits.messageSize <= bound.messageSize else {
            throw Refusal(.queueAttributesLimit)
        }
        // Both are bounded now, and no sum can overflow.
        let count = UInt64(limits.maximumMessages)
        let overhead = count &* 48 &+ UInt64(min(limits.maximumMessages, Self.priorities)) &* 48
        let charge = try MessageQueueCharge(
            count &* UInt64(limits.messageSize) &+ overhead, user: credentials.uid, in: userNamespace,
            limit: group.limits[ResourceLimit.messageQueues].soft)
        let readiness: HostFile
        do throws(Errno) {
            let made = try kernel.platform.makeHostObject(
                .eventfd(initial: 0, flags: Int32(bitPattern: OpenFlags.nonblock.rawValue)))
            guard let first = made.first else { throw .ENOMEM }
            readiness = first
        } catch {
            throw Refusal(error)
        }
        return try Mqueue(
            fileSystem, limits: limits, permissions: permissions, creator: credentials,
            readiness: readiness, charge: charge, namespace: namespace, now: kernel.platform.storage.now)
    }

    /// mq_unlink(2). Who has the queue open keeps it.
    package func unlinkQueue(_ name: [UInt8]) throws(Refusal) {
        let (parent, child) = try queuePlace(name)
        guard let child else { throw Refusal(.ENOENT) }
        try parent.checkDelete(child, isDirectory: false, for: self)
        try parent.inode.remove(child.name, inode: child.inode, for: self)
        child.unlink()
    }
}
