import Credentials
import LinuxABI

/// nsfs: the file system, never mounted by name, in which every namespace is a file.
package final class NamespaceFileSystem: FileSystem {
    package init(userNamespace: UserNamespace) {
        super.init(
            typeName: "nsfs", magic: 0x6e73_6673, device: DeviceNumber(major: 0, minor: 4),
            userNamespace: userNamespace)
    }
}

/// The kernel's own mount of nsfs, with each namespace's one dentry for as long as anything refers to it.
package final class NamespaceFiles {
    /// No mount namespace lists it.
    package let mount: Mount
    private let fileSystem: NamespaceFileSystem
    /// By the namespace's inode number.
    private var known: [UInt32: Entry] = [:]
    private var sweepAt = 64
    private let userNamespaceFilesAreFake: Bool

    private struct Entry {
        weak var dentry: Dentry?
    }

    package init(userNamespace: UserNamespace, profile: Profile) {
        userNamespaceFilesAreFake = profile.userNamespaceFilesAreFake
        fileSystem = NamespaceFileSystem(userNamespace: userNamespace)
        let directory = Inode(fileSystem, number: 1, mode: FileMode(.directory, 0o555), uid: .root, gid: .root)
        mount = Mount(id: 4, fileSystem: fileSystem, root: fileSystem.makeRoot(directory), source: "nsfs")
    }

    /// Where `namespace`'s file is; the same dentry and inode for as long as anybody holds one.
    package func path(of namespace: any Namespace) -> Path {
        if let dentry = known[namespace.inode]?.dentry { return Path(mount: mount, dentry: dentry) }
        let isFake = userNamespaceFilesAreFake && namespace.kind == .user
        let inode = NamespaceInode(fileSystem, namespace, isFake: isFake)
        let dentry = Dentry(name: Name(namespace.linkText), parent: nil, inode: inode)
        if known.count >= sweepAt {
            known = known.filter { $0.value.dentry != nil }
            sweepAt = max(64, known.count * 2)
        }
        known[namespace.inode] = Entry(dentry: dentry)
        return Path(mount: mount, dentry: dentry)
    }
}

/// A namespace as a file: it keeps the namespace alive (namespaces(7), "The /proc/pid/ns/ directory").
package final class NamespaceInode: Inode {
    private let held: any Namespace
    /// Opens, but cannot be joined (`Profile.userNamespaceFilesAreFake`).
    package let isFake: Bool

    init(_ fileSystem: NamespaceFileSystem, _ namespace: any Namespace, isFake: Bool) {
        held = namespace
        self.isFake = isFake
        super.init(
            fileSystem, number: UInt64(namespace.inode), mode: FileMode(.regular, 0o444), uid: .root, gid: .root)
    }

    package override var namespace: (any Namespace)? { held }

    /// The inode is immutable: writing is refused to everybody before mode bits count (inode_permission).
    package override func permission(_ access: UInt32, for caller: any Caller) -> Refusal?? {
        access & 2 != 0 ? .some(Refusal(.nsfsIsImmutable)) : .none
    }
    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        if flags.writes { throw Refusal(.nsfsIsImmutable) }
        return NamespaceFile(held, isFake: isFake, path: path, flags: flags, credentials: caller.credentials)
    }
    package override func setAttributes(_ change: AttributeChange, for caller: any Caller) throws(Refusal) {
        throw Refusal(.nsfsIsImmutable)
    }
    package override func truncate(to size: Int64, for caller: any Caller) throws(Refusal) {
        throw Refusal(.nsfsIsImmutable)
    }
}

extension Namespace {
    /// `user:[4026531837]`: the text of links to this namespace.
    package var linkText: [UInt8] { NamespaceText.text(kind, inode) }
}

enum NamespaceText {
    static func text(_ kind: NamespaceKind, _ inode: UInt32) -> [UInt8] {
        var text = TextBuffer(capacity: 24)
        switch kind {
        case .mount: text.append("mnt:[")
        case .cgroup: text.append("cgroup:[")
        case .uts: text.append("uts:[")
        case .ipc: text.append("ipc:[")
        case .user: text.append("user:[")
        case .pid: text.append("pid:[")
        case .net: text.append("net:[")
        case .time: text.append("time:[")
        }
        text.append(inode)
        text.append(byte: 0x5d)
        return text.bytes
    }
}
