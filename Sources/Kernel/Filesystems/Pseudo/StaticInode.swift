import Credentials
import LinuxABI

/// An inode that was always there: owned as its file system says, as old as its file system's instance.
package class StaticInode: Inode {
    init(_ fileSystem: PseudoFileSystem, _ kind: FileKind, _ permissions: UInt32, number: UInt64? = nil) {
        super.init(
            fileSystem, number: number ?? fileSystem.allocateInode(), mode: FileMode(kind, permissions),
            uid: fileSystem.owner.uid, gid: fileSystem.owner.gid)
        accessed = fileSystem.created
        modified = fileSystem.created
        changed = fileSystem.created
    }

    /// O_TRUNC is taken and does nothing.
    package override func truncate(to size: Int64, for caller: any Caller) throws(Refusal) {}

    // MARK: Extended attributes (kernfs_vfs_xattr_get and its kin)

    private final class Attributes {
        var store: AttributeStore
        init(_ budget: Budget) { store = AttributeStore(budget) }
    }
    private var attributes: Attributes?

    package final override func keepsExtendedAttribute(_ name: Name) -> Bool {
        (fileSystem as? PseudoFileSystem)?.keepsAttributes == true
    }
    package final override func attribute(_ name: Name) -> [UInt8]? { attributes?.store[name] }
    package final override var attributeNames: [Name] { attributes?.store.names ?? [] }
    package final override func setAttribute(_ name: Name, _ value: [UInt8]?) throws(Refusal) {
        // kernfs_vfs_user_xattr_set(): only some roots allow user.*.
        if name.bytes.starts(with: "user.".utf8) { throw Refusal(.EOPNOTSUPP) }
        let kept = attributes ?? Attributes(fileSystem.userNamespace.budget)
        try kept.store.set(name, value)
        attributes = kept
    }
}

/// A directory whose children are fixed when it is made.
package class StaticDirectory: StaticInode {
    private var children: [Name: Inode] = [:]
    private var order: [Name] = []
    private let refusesMissingNames: Bool
    private let isMountpoint: Bool

    /// `isMountpoint` is for a directory that other file systems are mounted on, and in which nothing ever is
    /// (sysfs_create_mount_point).
    init(
        _ fileSystem: PseudoFileSystem, _ permissions: UInt32 = 0o555, number: UInt64? = nil, isMountpoint: Bool = false
    ) {
        refusesMissingNames = fileSystem.refusesMissingNames
        self.isMountpoint = isMountpoint
        super.init(fileSystem, .directory, permissions, number: number)
        linkCount = 2
    }

    package final override var isPermanentlyEmpty: Bool { isMountpoint }

    package func add(_ name: Name, _ inode: Inode) {
        children[name] = inode
        order.append(name)
        if inode.mode.isDirectory { linkCount &+= 1 }
    }

    /// The child of that name.
    package final func child(_ name: Name) -> Inode? { children[name] }

    package override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        if let child = children[name] { return child }
        if refusesMissingNames { throw Refusal(.ENOENT) }
        return nil
    }
    package override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        order.compactMap { name in
            children[name].map { DirectoryEntry(name: name, inode: $0.number, kind: $0.mode.kind) }
        }
    }
    /// Nothing is made here: who has no create operation says EACCES, and without the others it is EPERM.
    package override func create(
        _ name: Name, mode: FileMode, uid: KUID, gid: KGID, device: DeviceNumber, for caller: any Caller
    ) throws(Refusal) -> Inode { throw Refusal(mode.isRegular ? .EACCES : .EPERM) }
    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        DirectoryFile(path: path, flags: flags, credentials: caller.credentials)
    }
}
