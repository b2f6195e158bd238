import Credentials
import LinuxABI

/// /sys as a network namespace sees it, as small as programs let it be: the CPUs, the loopback device, and directories to
/// mount on (sysfs(5)).
package final class SysFS: PseudoFileSystem {
    private weak var kernel: Kernel?
    /// Kept as long as its devices can be seen here.
    private let network: NetNamespace

    package override var keepsAttributes: Bool { true }

    package init(
        kernel: Kernel, type: FileSystemType, network: NetNamespace, device: DeviceNumber, userNamespace: UserNamespace
    ) {
        self.kernel = kernel
        self.network = network
        super.init(
            type: type, magic: 0x6265_6572, device: device, userNamespace: userNamespace,
            created: kernel.platform.storage.now)
    }

    package var root: Dentry { makeRoot(SysTree(self).root()) }

    fileprivate func text(_ kind: HostText) throws(Refusal) -> [UInt8] {
        guard let kernel else { throw Refusal(.EIO) }
        let text = kernel.platform.hostText(kind)
        return text.isEmpty ? [0x30, 0x0a] : text
    }
}

/// A read-only attribute.
final class SysText: StaticInode {
    enum Text {
        case host(HostText)
        case line(StaticString)
    }
    fileprivate let text: Text

    init(_ fileSystem: SysFS, _ text: Text) {
        self.text = text
        super.init(fileSystem, .regular, 0o444)
    }

    package override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = try super.attributes(for: caller)
        // sysfs_add_file_mode_ns(): a page, whatever the text.
        attributes.size = 4096
        return attributes
    }

    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        // sysfs_kf_write() is missing: who may write all the same gets no file (kernfs_fop_open).
        if flags.writes { throw Refusal(.EACCES) }
        return SysTextFile(path: path, flags: flags, credentials: caller.credentials, backing: .text)
    }
}

final class SysTextFile: OpenFile {
    package override func contents() throws(Refusal) -> [UInt8] {
        guard let sysfs = inode.fileSystem as? SysFS, let file = inode as? SysText else { throw Refusal(.EIO) }
        switch file.text {
        case .host(let kind): return try sysfs.text(kind)
        case .line(let text): return Name(stringLiteral: text).bytes + [0x0a]
        }
    }
}

/// A link to another place in the tree, such as a device's class.
final class SysLink: StaticInode {
    private let target: Name

    init(_ fileSystem: SysFS, _ target: Name) {
        self.target = target
        super.init(fileSystem, .symlink, 0o777)
    }
    override func readLink(for caller: any Caller) throws(Refusal) -> [UInt8] { target.bytes }
}
