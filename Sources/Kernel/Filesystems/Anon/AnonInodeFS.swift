import Credentials
import LinuxABI

/// Files without a name: pipes, event fds, timers, memory files. Of three instances each has what Linux has on anon_inodefs,
/// on pipefs, and on the kernel's own tmpfs.
package final class AnonInodeFS: FileSystem {
    private let numbers: MountNumbers
    private var mount: Mount?
    /// All files that have nothing of their own on a file system share one inode.
    private static let sharedInode: UInt64 = 1 << 15

    private lazy var pipes = AnonInodeFS(numbers, userNamespace: userNamespace, "pipefs", 0x5049_5045)
    private lazy var memory = AnonInodeFS(numbers, userNamespace: userNamespace, "tmpfs", 0x0102_1994)

    package convenience init(_ numbers: MountNumbers, userNamespace: UserNamespace) {
        self.init(numbers, userNamespace: userNamespace, "anon_inodefs", 0x0904_1934)
    }

    private init(_ numbers: MountNumbers, userNamespace: UserNamespace, _ typeName: String, _ magic: UInt32) {
        self.numbers = numbers
        super.init(
            typeName: typeName, magic: magic, device: numbers.allocateDevice(), userNamespace: userNamespace,
            firstInode: 1 << 16)
    }

    /// What an anonymous file is, for fstat(2) and /proc/[pid]/fd.
    package enum Kind {
        case pipe
        /// `eventfd`, `eventpoll`, `timerfd`, `signalfd`, `inotify`, `fscontext`.
        case special(String)
        case memory([UInt8])

        var mode: FileMode {
            switch self {
            case .pipe: FileMode(.fifo, 0o600)
            case .special: FileMode(rawValue: 0o600)
            case .memory: FileMode(.regular, 0o777)
            }
        }
        func linkText(_ inode: UInt64) -> [UInt8] {
            switch self {
            case .pipe: Array("pipe:[\(inode)]".utf8)
            // Alone among them it has no brackets.
            case .special("inotify"): Array("anon_inode:inotify".utf8)
            case .special(let name): Array("anon_inode:[\(name)]".utf8)
            case .memory(let name): Array("/memfd:".utf8) + name + Array(" (deleted)".utf8)
            }
        }
    }

    /// The inode of a new file of `kind`, owned by `credentials`' file-system IDs or, if it is the shared one, by root. Of
    /// memory files some can never be executed (MFD_NOEXEC_SEAL).
    package func makeInode(
        _ kind: Kind, for credentials: Credentials, sealsExecution: Bool = false
    ) -> AnonymousInode {
        if case .special = kind {
            return AnonymousInode(
                self, kind: kind, number: Self.sharedInode, mode: kind.mode, uid: .root, gid: .root)
        }
        let home = if case .pipe = kind { pipes } else { memory }
        let mode = sealsExecution ? FileMode(.regular, kind.mode.permissions & ~0o111) : kind.mode
        let inode = AnonymousInode(
            home, kind: kind, number: home.allocateInode(), mode: mode, uid: credentials.fsuid, gid: credentials.fsgid)
        inode.sealsExecution = sealsExecution
        return inode
    }

    package func open(
        _ inode: AnonymousInode, flags: OpenFlags, for credentials: Credentials, backing: HostBacking
    ) -> AnonymousFile {
        let file = AnonymousFile(
            inode, path: place(of: inode), flags: flags, credentials: credentials, backing: backing)
        inode.add(file)
        return file
    }

    /// Where an anonymous file is, as far as it is anywhere.
    func place(of inode: AnonymousInode) -> Path {
        let dentry = Dentry(name: Name(inode.kind.linkText(inode.number)), parent: nil, inode: inode)
        return Path(mount: (inode.fileSystem as? AnonInodeFS ?? self).internalMount, dentry: dentry)
    }

    private var internalMount: Mount {
        if let mount { return mount }
        let root = Dentry(
            name: Name(typeName), parent: nil,
            inode: Inode(self, number: 0, mode: FileMode(.directory, 0o555), uid: .root, gid: .root))
        let made = Mount(numbers, self, root: root, source: type.name)
        mount = made
        return made
    }
}

/// The inode of an anonymous file.
package final class AnonymousInode: Inode {
    /// What an inotify instance uses up as long as it is open.
    package var quotaUse: QuotaUse?
    /// Its watches by number. One that went with its file is still counted, until the number comes again.
    package var watches: [Int32: QuotaUse] = [:]
    /// What a pipe may hold.
    package var pipePages: PipePages?
    package let kind: AnonInodeFS.Kind
    /// F_SEAL_EXEC: the execution bits stay as they are.
    fileprivate var sealsExecution = false

    fileprivate init(
        _ fileSystem: FileSystem, kind: AnonInodeFS.Kind, number: UInt64, mode: FileMode, uid: KUID, gid: KGID
    ) {
        self.kind = kind
        attributes = AttributeStore(fileSystem.userNamespace.budget)
        super.init(fileSystem, number: number, mode: mode, uid: uid, gid: gid)
    }

    package override var allowsDirectAccess: Bool {
        if case .memory = kind { true } else { false }
    }

    /// The one inode that Linux has for all special files is nobody's to change (anon_inode_setattr).
    package override var attributesRefusal: Refusal? {
        if case .special = kind { Refusal(.EOPNOTSUPP) } else { nil }
    }

    package override var isPrivate: Bool { if case .special = kind { true } else { false } }

    /// Memory files are a tmpfs's, with attributes.
    private var attributes: AttributeStore
    package override func keepsExtendedAttribute(_ name: Name) -> Bool {
        if case .memory = kind { true } else { false }
    }
    package override func attribute(_ name: Name) -> [UInt8]? { attributes[name] }
    package override var attributeNames: [Name] { attributes.names }
    package override func setAttribute(_ name: Name, _ value: [UInt8]?) throws(Refusal) {
        try attributes.set(name, value)
    }

    private struct Reference {
        weak var file: AnonymousFile?
    }
    /// The open files of a pipe or memory file, by which the host's object is reached.
    private var files: [Reference] = []

    fileprivate func add(_ file: AnonymousFile) {
        files.removeAll { $0.file == nil }
        files.append(Reference(file: file))
    }

    /// A memory file's size is the host's, as writes, ftruncate and fallocate are native; it is asked of who has the file.
    package override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = try super.attributes(for: caller)
        guard case .memory = kind, let task = caller as? Task else { return attributes }
        for file in files.lazy.compactMap({ $0.file }) {
            guard let size = task.kernel.platform.size(of: file, near: task) else { continue }
            attributes.size = size
            break
        }
        return attributes
    }

    /// shmem_setattr()
    package override func setAttributes(_ change: AttributeChange, for caller: any Caller) throws(Refusal) {
        if sealsExecution, let permissions = change.permissions, (permissions ^ mode.permissions) & 0o111 != 0 {
            throw Refusal(.memoryFileExecutionSealed)
        }
        try super.setAttributes(change, for: caller)
    }

    /// By /proc/[pid]/fd/N, a pipe or memory file is opened anew; the others have no open (anon_inode_inode's no_open).
    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        if case .special = kind { throw Refusal(.ENXIO) }
        guard let task = caller as? Task, let file = files.lazy.compactMap({ $0.file }).first else {
            throw Refusal(.ENXIO)
        }
        let host = try task.kernel.platform.reopen(file, flags: flags, for: task)
        let opened = AnonymousFile(
            self, path: path, flags: flags, credentials: caller.credentials, backing: .owned(host))
        add(opened)
        return opened
    }
}

/// An open anonymous file; the host moves its bytes.
package final class AnonymousFile: OpenFile {
    package override var linkText: [UInt8]? { path.dentry.name.bytes }
    package override var showsSignals: Bool { isSignalFile }
    /// Special files share an inode, so that a descriptor that comes back from a task says nothing; of memory files the
    /// platform tells how large they are. Nobody waits for the end of either.
    package override var keepsHostFile: Bool { isSpecial || isMemory }
    private let isMemory: Bool
    private let isSpecial: Bool
    private let isSignalFile: Bool

    fileprivate init(
        _ inode: AnonymousInode, path: Path, flags: OpenFlags, credentials: Credentials, backing: HostBacking
    ) {
        isSpecial = if case .special = inode.kind { true } else { false }
        isMemory = if case .memory = inode.kind { true } else { false }
        isSignalFile = if case .special("signalfd") = inode.kind { true } else { false }
        super.init(path: path, flags: flags, credentials: credentials, backing: backing)
    }
}
