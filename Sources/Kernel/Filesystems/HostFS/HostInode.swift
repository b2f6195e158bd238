import Credentials
import LinuxABI

/// A file of a granted host tree as it was when it was found; subclasses are the kinds that do more than exist.
package class HostInode: Inode {
    /// Below the tree's root.
    final let path: [UInt8]
    fileprivate(set) final var size: Int64
    /// In units of 512 bytes.
    fileprivate final var blocks: Int64
    /// Whether asking the host about it may take long.
    fileprivate(set) final var isRemote: Bool

    init(_ host: HostFS, _ path: [UInt8], _ found: HostAttributes) {
        self.path = path
        size = found.size
        blocks = found.blocks
        isRemote = found.isRemote
        super.init(host, number: found.inode, mode: found.mode, uid: KUID(found.uid), gid: KGID(found.gid))
        device = found.rdev
        linkCount = found.linkCount
        accessed = found.accessed
        modified = found.modified
        changed = found.changed
    }

    static func make(_ host: HostFS, _ path: [UInt8], _ found: HostAttributes) throws(Refusal) -> HostInode {
        let inode: HostInode =
            switch found.mode.kind {
            case .directory: HostDirectory(host, path, found)
            case .regular: HostRegularFile(host, path, found)
            case .symlink: HostLink(host, path, found)
            case .fifo, .socket, .character, .block: HostSpecial(host, path, found)
            }
        // Its dentry will charge for it.
        let budget = host.userNamespace.budget
        inode.isCached = budget.hasCacheRoom(inode.footprint + nameFootprint)
        if !inode.isCached { try budget.check(.files) }
        return inode
    }

    /// What its dentry and an overlay's inode take, roughly.
    private static let nameFootprint = 384
    /// The object and its path.
    package final override var footprint: Int { 176 + Footprint.array(path.count) }

    package final override var isForgettable: Bool { locks == nil && writeHint == 0 }

    final func requireHost() throws(Refusal) -> HostFS {
        guard let host = fileSystem as? HostFS else { throw Refusal(.EIO) }
        return host
    }

    package final override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = FileAttributes(self)
        attributes.size = size
        if mode.isRegular { attributes.blocks = blocks }
        return attributes
    }

    package final override func setAttributes(_ change: AttributeChange, for caller: any Caller) throws(Refusal) {
        throw Refusal(.EROFS)
    }
}

/// A regular file.
final class HostRegularFile: HostInode {
    override var allowsDirectAccess: Bool { true }
    override var isOnDisk: Bool { true }
    /// security.capability, once somebody asked: the only attribute of the host's that matters to a sandbox.
    private var capability: [UInt8]??
    private static let capability: Name = "security.capability"

    override init(_ host: HostFS, _ path: [UInt8], _ found: HostAttributes) {
        if found.isRemote { capability = .some(found.capability) }
        super.init(host, path, found)
    }

    override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        if flags.writes || flags.contains(.truncate) { throw Refusal(.EROFS) }
        let host = try requireHost()
        let storage = host.storage, tree = host.tree, place = self.path
        let kept = flags.subtracting([.create, .exclusive])
        let file = try caller.ask(.open(tree, place, kept), takesLong: isRemote) { (_) throws(Errno) in
            try storage.open(tree, place, flags: kept)
        }
        return RegularFile(path: path, flags: flags, credentials: caller.credentials, backing: .owned(file))
    }

    override var byteSource: BytesOfFile? {
        guard let host = fileSystem as? HostFS else { return nil }
        let storage = host.storage, tree = host.tree, place = path
        return BytesOfFile(question: .copy(tree, place), takesLong: isRemote || size > BytesOfFile.longCopy) {
            () throws(Errno) in try storage.open(tree, place, flags: [])
        }
    }

    override func keepsExtendedAttribute(_ name: Name) -> Bool { true }

    override func attribute(_ name: Name) -> [UInt8]? {
        guard name == Self.capability else { return nil }
        if let capability { return capability }
        let value = (fileSystem as? HostFS).flatMap { $0.storage.extendedAttribute($0.tree, path, name) }
        capability = .some(value)
        return value
    }

    override var attributeNames: [Name] { attribute(Self.capability) == nil ? [] : [Self.capability] }

    override func setAttribute(_ name: Name, _ value: [UInt8]?) throws(Refusal) { throw Refusal(.EROFS) }
}

/// A symbolic link.
final class HostLink: HostInode {
    private var target: [UInt8]?

    override init(_ host: HostFS, _ path: [UInt8], _ found: HostAttributes) {
        target = found.linkText
        super.init(host, path, found)
    }

    override func readLink(for caller: any Caller) throws(Refusal) -> [UInt8] { try text() }

    func text() throws(Refusal) -> [UInt8] {
        if let target { return target }
        let host = try requireHost()
        let text = try storageCall { () throws(Errno) in try host.storage.readLink(host.tree, path) }
        target = text
        return text
    }
}

/// A FIFO, socket or device node. Only devices can be opened: what else the host does with such files stays outside.
final class HostSpecial: HostInode {
    override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        guard mode.kind == .character else { throw Refusal(.ENXIO) }
        return try DeviceFile.open(path, flags: flags, storage: try requireHost().storage, for: caller)
    }
}
