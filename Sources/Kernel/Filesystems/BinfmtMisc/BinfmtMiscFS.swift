import Credentials
import LinuxABI

/// binfmt_misc of one user namespace: whether it is enabled, and where interpreters would be registered, which a sandbox
/// has none of (Documentation/admin-guide/binfmt-misc).
package final class BinfmtMiscFS: PseudoFileSystem {
    /// What executes such programs is not there, so that it changes nothing but the text.
    fileprivate var isEnabled = true

    init(type: FileSystemType, device: DeviceNumber, userNamespace: UserNamespace, now: Timestamp) {
        super.init(type: type, magic: 0x4249_4e4d, device: device, userNamespace: userNamespace, created: now)
    }

    package override var owner: (uid: KUID, gid: KGID) { mounter }

    /// bm_fill_super()
    func makeRoot() -> Dentry {
        if let rootDentry { return rootDentry }
        let root = StaticDirectory(self, 0o755, number: 1)
        root.add("status", BinfmtStatus(self))
        root.add("register", BinfmtRegister(self))
        return makeRoot(root)
    }
}

/// `status`: whether anything is recognized.
private final class BinfmtStatus: StaticInode {
    init(_ fileSystem: BinfmtMiscFS) { super.init(fileSystem, .regular, 0o644, number: 2) }

    override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        BinfmtFile(path: path, flags: flags, credentials: caller.credentials, backing: .text)
    }
}

/// `register`: write only, and read by nobody.
private final class BinfmtRegister: StaticInode {
    init(_ fileSystem: BinfmtMiscFS) { super.init(fileSystem, .regular, 0o200, number: 3) }

    override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        BinfmtFile(path: path, flags: flags, credentials: caller.credentials, backing: .text)
    }
}

private final class BinfmtFile: OpenFile {
    override func contents() throws(Refusal) -> [UInt8] {
        if !flags.reads { return [] }
        guard let system = inode.fileSystem as? BinfmtMiscFS, inode is BinfmtStatus else { throw Refusal(.EINVAL) }
        return Array((system.isEnabled ? "enabled\n" : "disabled\n").utf8)
    }
    override var interceptsWrites: Bool { true }

    /// bm_status_write() and bm_register_write()
    override func write(_ bytes: [UInt8], offset: Int64, by caller: any Caller) throws(Refusal) -> Int {
        guard let system = inode.fileSystem as? BinfmtMiscFS else { throw Refusal(.EIO) }
        guard inode is BinfmtStatus else {
            // No line is shorter than 11 bytes or longer than 1920.
            throw (11...1920).contains(bytes.count) ? Refusal(.binfmtNotSupported) : Refusal(.EINVAL)
        }
        guard bytes.count <= 3 else { throw Refusal(.EINVAL) }
        let word = bytes.last == 0x0a ? bytes.dropLast() : bytes[...]
        switch Name(word) {
        case "0": system.isEnabled = false
        case "1": system.isEnabled = true
        case "-1", "": break
        default: throw Refusal(.EINVAL)
        }
        (caller as? Task)?.kernel.generation &+= 1
        return bytes.count
    }
}

/// The type `binfmt_misc`: one instance for each user namespace.
package final class BinfmtMiscType: FileSystemType {
    private weak var kernel: Kernel?
    private let instances = SharedFileSystems()

    package init(_ kernel: Kernel) {
        self.kernel = kernel
        super.init("binfmt_misc", .mountableByUserNamespace)
    }

    package override func makeContext(
        _ purpose: FileSystemContext.Purpose, flags: SuperBlockFlags, mask: SuperBlockFlags, for caller: any Caller
    ) throws(Refusal) -> FileSystemContext {
        guard let kernel else { throw Refusal(.ENODEV) }
        return SharedContext(self, purpose, flags: flags, mask: mask, for: caller) {
            [instances] context, caller throws(Refusal) in
            try context.root(in: instances, for: context.userNamespace) { () throws(Refusal) in
                let made = BinfmtMiscFS(
                    type: context.type, device: kernel.anonymousDevices.allocate(),
                    userNamespace: context.userNamespace, now: kernel.platform.storage.now)
                return FileSystemContext.Root(made, made.makeRoot())
            }
        }
    }
}
