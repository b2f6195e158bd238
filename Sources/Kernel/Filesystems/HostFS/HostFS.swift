import Credentials
import LinuxABI

/// A granted host tree as a file system. It is read-only: an overlay over it keeps what changes.
///
/// Children are found when they are looked up, and let go when the caches are full. IDs on the host's disk are taken as
/// global ones.
package final class HostFS: FileSystem {
    let storage: any HostStorage
    let tree: HostTree
    /// What the tree does not have.
    var missing = MissingNames()
    private var sweep = NameSweep()
    /// Files with several names, so that all names lead to one inode.
    private var links: [UInt64: Link] = [:]
    private var tidiesAt = 64

    private struct Link {
        weak var inode: HostInode?
    }

    /// HOSTFS_SUPER_MAGIC.
    private static let magic: UInt32 = 0x00c0_ffee

    package init(storage: any HostStorage, tree: HostTree, device: DeviceNumber, userNamespace: UserNamespace) {
        self.storage = storage
        self.tree = tree
        super.init(typeName: "hostfs", magic: Self.magic, device: device, userNamespace: userNamespace)
        flags = .readOnly
    }

    /// The dentry of the tree's root, which may be a file.
    package func root() throws(Refusal) -> Dentry {
        if let rootDentry { return rootDentry }
        let inode = try rootInode()
        return makeRoot(inode)
    }

    func rootInode() throws(Refusal) -> HostInode {
        guard let attributes = try storageCall({ () throws(Errno) in try storage.attributes(tree, []) }) else {
            throw Refusal(.ENOENT)
        }
        return try inode([], attributes)
    }

    /// The inode of a file, one for all its names.
    func inode(_ path: [UInt8], _ attributes: HostAttributes) throws(Refusal) -> HostInode {
        guard attributes.linkCount > 1, !attributes.mode.isDirectory else {
            return try HostInode.make(self, path, attributes)
        }
        if let known = links[attributes.inode]?.inode { return known }
        if links.count >= tidiesAt {
            links = links.filter { $0.value.inode != nil }
            tidiesAt = max(64, links.count * 2)
        }
        let inode = try HostInode.make(self, path, attributes)
        links[attributes.inode] = Link(inode: inode)
        return inode
    }

    /// To be called before something new is found. Where the tree is a layer of an overlay, that one sweeps.
    func sweepIfCrowded() {
        guard let rootDentry, sweep.isDue(userNamespace.budget) else { return }
        sweep.run(userNamespace.budget, below: rootDentry) { _, _, _ in }
    }
}

extension HostFS: TimedFileSystem {
    package var now: Timestamp { storage.now }
}
