import Credentials
import LinuxABI

/// The tree file system: names, owners, modes and attributes in memory, over an optional granted host tree.
///
/// Without a lower tree it is a tmpfs. With one it is a private overlay: children of a lower directory are discovered
/// when they are looked up, and a regular file's bytes stay in the lower file until the first write-open, when they
/// are copied once into a private data file. Nothing is ever written to the lower tree.
package final class TreeFileSystem: FileSystem {
    let storage: any HostStorage
    let lower: HostTree?
    private var nextPrivateFile: UInt64
    /// Lower files with several names, so that all names lead to one inode.
    private var lowerLinks: [UInt64: TreeInode] = [:]
    /// What the lower tree does not have.
    var missing = MissingNames()
    /// Files of which somebody has a handle, by inode number.
    private var handed: [UInt64: Handed] = [:]
    private var sweepAt = 64

    private struct Handed {
        weak var inode: Inode?
        weak var dentry: Dentry?
    }

    /// TMPFS_MAGIC and OVERLAYFS_SUPER_MAGIC.
    private static let tmpfsMagic: UInt32 = 0x0102_1994
    private static let overlayMagic: UInt32 = 0x794c_7630
    private static let ramfsMagic: UInt32 = 0x8584_58f6
    /// A ramfs takes numbers from a counter of all file systems (get_next_ino), so that its root has another than 1.
    private static let firstRamfsInode: UInt64 = 1 << 16
    /// Files have neither extended attributes nor access control lists.
    var isRamFS: Bool { magic == Self.ramfsMagic }
    /// Of a tmpfs that was mounted with options.
    package private(set) var limits: TmpFSLimits?
    /// The root's mode of a ramfs, where it was said.
    var ramfsMode: UInt32?
    /// New inodes of an overlay count from here, clear of the host's numbers.
    private static let firstOverlayInode: UInt64 = 1 << 40

    package init(
        storage: any HostStorage, lower: HostTree? = nil, typeName: String? = nil, device: DeviceNumber,
        userNamespace: UserNamespace
    ) {
        self.storage = storage
        self.lower = lower
        // Private files are named by number in one directory for all file systems: the device keeps them apart.
        nextPrivateFile = UInt64(device.minor) << 40 | 1
        super.init(
            typeName: typeName ?? (lower == nil ? "tmpfs" : "overlay"),
            magic: lower == nil ? Self.tmpfsMagic : Self.overlayMagic, device: device, userNamespace: userNamespace,
            firstInode: lower == nil ? 1 : Self.firstOverlayInode)
    }

    /// A tmpfs with `options`, or a ramfs without.
    package init(
        storage: any HostStorage, type: FileSystemType, options: TmpFSOptions?, device: DeviceNumber,
        userNamespace: UserNamespace
    ) {
        self.storage = storage
        lower = nil
        nextPrivateFile = UInt64(device.minor) << 40 | 1
        limits = options.map { TmpFSLimits($0, storage: storage, space: UInt64(device.minor)) }
        super.init(
            type: type, magic: options == nil ? Self.ramfsMagic : Self.tmpfsMagic, device: device,
            userNamespace: userNamespace, firstInode: options == nil ? Self.firstRamfsInode : 1)
    }

    /// Gives a tree that was made before there were types its own, with options that can be changed from now on.
    func adopt(_ type: FileSystemType, _ options: TmpFSOptions) {
        self.type = type
        limits = TmpFSLimits(options, storage: storage, space: UInt64(device.minor))
    }

    package override var optionsText: [UInt8] {
        if let limits { return limits.options.text }
        return ramfsMode.map { Array(",mode=\(String($0, radix: 8))".utf8) } ?? []
    }

    /// The dentry of the tree's root: the lower tree's own, or a new directory with `permissions`.
    package func root(
        permissions: UInt32 = 0o755, uid: KUID = .root, gid: KGID = .root
    ) throws(Refusal) -> Dentry {
        if let rootDentry { return rootDentry }
        let inode: TreeInode
        if let lower {
            guard let attributes = try storageCall({ () throws(Errno) in try storage.attributes(lower, []) }) else {
                throw Refusal(.ENOENT)
            }
            inode = try lowerInode([], attributes)
        } else {
            inode = TreeDirectory(
                self, number: allocateInode(), mode: FileMode(.directory, permissions), uid: uid, gid: gid,
                lowerPath: nil, charge: try charge(.directory))
            inode.touchAll()
        }
        return makeRoot(inode)
    }

    package override var statistics: FileSystemStatistics {
        if let limits { return limits.statistics }
        var statistics = FileSystemStatistics()
        if isRamFS { return statistics }
        let space = storage.space
        statistics.blocks = space.map { $0.total / 4096 } ?? 1 << 20
        statistics.freeBlocks = space.map { $0.free / 4096 } ?? 1 << 20
        statistics.files = 1 << 20
        statistics.freeFiles = 1 << 20
        return statistics
    }

    // MARK: Handles

    /// FILEID_INO32_GEN in shmem's form: a generation, which is always 0 here, and the inode number.
    private static let handleType: Int32 = 1

    package override func handle(of inode: Inode, _ dentry: Dentry) -> FileHandle? {
        if handed.count >= sweepAt {
            handed = handed.filter { $0.value.inode != nil }
            sweepAt = max(64, handed.count * 2)
        }
        handed[inode.number] = Handed(inode: inode, dentry: dentry)
        return FileHandle(type: Self.handleType, inode.number << 32, UInt32(truncatingIfNeeded: inode.number >> 32))
    }

    package override func find(_ handle: FileHandle, for caller: any Caller) throws(Refusal) -> Dentry? {
        guard handle.type == Self.handleType, handle.word(at: 0) == 0, let low = handle.word(at: 4),
            let high = handle.word(at: 8), let known = handed[UInt64(high) << 32 | UInt64(low)],
            let inode = known.inode
        else { return nil }
        if let dentry = known.dentry { return dentry }
        // Its name is gone, and somebody holds the file itself.
        let dentry = Dentry(name: Name("#\(inode.number)"), parent: nil, inode: inode)
        dentry.unlink()
        return dentry
    }

    func isHanded(_ inode: Inode) -> Bool { handed[inode.number]?.inode === inode }

    // MARK: What is kept

    /// What an inode takes: the object, and a text of `length` bytes that it has.
    func footprint(of kind: FileKind, _ length: Int) -> Int {
        let object =
            switch kind {
            case .directory: 464
            case .regular: 432
            case .symlink, .fifo, .socket, .character, .block: 400
            }
        return object + Footprint.array(length)
    }

    func charge(_ kind: FileKind, _ length: Int = 0) throws(Refusal) -> Charge {
        let charge = try Charge(userNamespace.budget, .files, footprint(of: kind, length))
        try limits?.takeInode()
        return charge
    }

    /// How many lower inodes come between two sweeps at least; a sweep looks at all known names.
    private var sweepInterval = 1024
    private var foundSinceSweep = 0

    /// Lets go of names of the lower tree that nobody refers to, when the caches are full: those first that no walk came by
    /// lately. To be called before something new is found.
    func sweepIfCrowded() {
        foundSinceSweep += 1
        guard foundSinceSweep >= sweepInterval, !userNamespace.budget.hasCacheRoom(Self.cacheReserve) else { return }
        let before = userNamespace.budget.cached
        sweep()
        if userNamespace.budget.cached > before / 2 { sweep() }
        foundSinceSweep = 0
    }

    /// What must be free, or it is time for a sweep.
    private static let cacheReserve = 1 << 20

    private func sweep() {
        // Parents come before their children, so that from the end each is looked at after all that is below it.
        var all = rootDentry?.knownChildren ?? []
        var next = 0
        while next < all.count {
            all += all[next].knownChildren
            next += 1
        }
        sweepInterval = max(1024, all.count)
        while !all.isEmpty {
            var dentry = all.popLast()
            guard let directory = dentry?.parent?.inode as? TreeDirectory, let name = dentry?.name,
                Dentry.release(&dentry)
            else { continue }
            dentry = nil
            directory.forget(name)
        }
        for key in Array(lowerLinks.keys) {
            var inode = lowerLinks.removeValue(forKey: key)
            if isKnownUniquelyReferenced(&inode), inode?.isAsFound == true { continue }
            lowerLinks[key] = inode
        }
    }

    /// Whether `inode` has several names in the lower tree, all of which lead to this object.
    func keeps(_ inode: TreeInode) -> Bool { lowerLinks[inode.number] === inode }

    func allocatePrivateFile() -> UInt64 {
        defer { nextPrivateFile &+= 1 }
        return nextPrivateFile
    }

    /// The inode of a lower file, one for all its names.
    func lowerInode(_ path: [UInt8], _ attributes: HostAttributes) throws(Refusal) -> TreeInode {
        let isShared = attributes.linkCount > 1 && !attributes.mode.isDirectory
        if isShared, let known = lowerLinks[attributes.inode] { return known }
        let inode = try TreeInode.make(self, lowerPath: path, attributes)
        if isShared { lowerLinks[attributes.inode] = inode }
        return inode
    }
}

extension TreeFileSystem: TimedFileSystem {
    package var now: Timestamp { storage.now }
}
