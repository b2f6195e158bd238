import Credentials
import LinuxABI

/// nsfs: the file system, never mounted by name, in which every namespace is a file; with each namespace's one dentry
/// for as long as anything refers to it.
package final class NsFS: FileSystem {
    private let numbers: MountNumbers
    private let tree: NamespaceTree
    private let userNamespaceFilesAreFake: Bool
    /// By the namespace's inode number.
    private var known: [UInt32: Entry] = [:]
    private var sweepAt = 64

    private struct Entry {
        weak var dentry: Dentry?
    }

    package init(_ numbers: MountNumbers, userNamespace: UserNamespace, tree: NamespaceTree, profile: Profile) {
        self.tree = tree
        userNamespaceFilesAreFake = profile.userNamespaceFilesAreFake
        self.numbers = numbers
        super.init(
            typeName: "nsfs", magic: 0x6e73_6673, device: numbers.allocateDevice(),
            userNamespace: userNamespace)
    }

    /// The kernel's own mount, which no mount namespace lists.
    package private(set) lazy var mount: Mount = {
        let directory = Inode(self, number: 1, mode: FileMode(.directory, 0o555), uid: .root, gid: .root)
        return Mount(numbers, self, root: makeRoot(directory), source: "nsfs")
    }()

    /// Where `namespace`'s file is; the same dentry and inode for as long as anybody holds one.
    package func path(of namespace: any Namespace) -> Path {
        if let dentry = known[namespace.inode]?.dentry { return Path(mount: mount, dentry: dentry) }
        let isFake = userNamespaceFilesAreFake && namespace.kind == .user
        let inode = NsInode(self, namespace, isFake: isFake)
        let dentry = Dentry(name: Name(namespace.linkText), parent: nil, inode: inode)
        if known.count >= sweepAt {
            removeGone()
            sweepAt = max(64, known.count * 2)
        }
        known[namespace.inode] = Entry(dentry: dentry)
        return Path(mount: mount, dentry: dentry)
    }

    /// Forgets the files that nobody refers to any more.
    package func removeGone() { known = known.filter { $0.value.dentry != nil } }

    package override func shownRoot(_ root: Dentry) -> [UInt8]? { root.inode.namespace?.linkText }

    // MARK: Handles

    /// FILEID_NSFS, and struct nsfs_file_handle: identifier, kind, inode number.
    private static let handleType: Int32 = 0xf1

    package override func handle(of inode: Inode, _ dentry: Dentry) -> FileHandle? {
        guard let namespace = inode.namespace else { return nil }
        return FileHandle(type: Self.handleType, namespace.identifier, namespace.kind.rawValue, namespace.inode)
    }

    package override func find(_ handle: FileHandle, for caller: any Caller) throws(Refusal) -> Dentry? {
        let words = handle.bytes.count / 4
        guard handle.type == Self.handleType, words >= 4, let identifier = handle.long(at: 0),
            let kind = handle.word(at: 8), let inode = handle.word(at: 12)
        else { return nil }
        // What follows must be zero; nsfs_fh_to_dentry() takes words for bytes here, and so looks at others.
        if words > 4, handle.bytes[4..<words].contains(where: { $0 != 0 }) { return nil }
        guard let namespace = tree[identifier], namespace.kind.rawValue == kind, namespace.inode == inode,
            let task = caller as? Task
        else { return nil }
        // One's own are free to have, others for who administers them.
        if !task.isInside(namespace) {
            let owner = namespace as? UserNamespace ?? namespace.owner
            try task.require(.sysAdmin, over: owner, .nsfsHandleNeedsAdmin)
        }
        return path(of: namespace).dentry
    }

    package override func checkHandleUse(
        _ flags: OpenFlags, _ scope: inout HandleScope, for caller: any Caller
    ) throws(Refusal) {}
}

extension Task {
    /// current_in_namespace().
    func isInside(_ namespace: any Namespace) -> Bool {
        switch namespace.kind {
        case .user: userNamespace === namespace
        case .pid: pidNamespace === namespace
        case .mount: namespaces?.mount === namespace
        case .uts: namespaces?.uts === namespace
        case .ipc: namespaces?.ipc === namespace
        case .net: namespaces?.net === namespace
        case .cgroup: namespaces?.cgroup === namespace
        case .time: namespaces?.time === namespace
        }
    }
}

/// A namespace as a file: it keeps the namespace alive (namespaces(7), "The /proc/pid/ns/ directory").
package final class NsInode: Inode {
    private let held: any Namespace
    /// Opens, but cannot be joined (`Profile.userNamespaceFilesAreFake`).
    package let isFake: Bool

    init(_ fileSystem: NsFS, _ namespace: any Namespace, isFake: Bool) {
        held = namespace
        self.isFake = isFake
        super.init(
            fileSystem, number: UInt64(namespace.inode), mode: FileMode(.regular, 0o444), uid: .root, gid: .root)
    }

    package override var namespace: (any Namespace)? { held }

    /// The inode is immutable: writing is refused to everybody before mode bits count (inode_permission).
    package override func permission(_ wanted: Access, for caller: any Caller) -> PermissionAnswer {
        wanted.contains(.write) ? .refused(Refusal(.nsfsIsImmutable)) : .ordinary
    }
    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        if flags.writes { throw Refusal(.nsfsIsImmutable) }
        return NsFile(held, isFake: isFake, path: path, flags: flags, credentials: caller.credentials)
    }
    package override var immutability: Refusal? { Refusal(.nsfsIsImmutable) }
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
