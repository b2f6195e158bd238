import Credentials
import LinuxABI

/// tmpfs: names, owners, modes and attributes in memory, bytes in private data files of the host (tmpfs(5)).
package final class TmpFS: FileSystem {
    let storage: any HostStorage
    private var nextPrivateFile: UInt64
    private var handed = HandedFiles()
    /// The upper layer of one overlay, which nobody else sees: an inode here has its number in the overlay, and what is
    /// hidden below is marked in memory.
    let isHidden: Bool
    /// What stands for a name of a lower layer that is gone: a character device 0:0, one for all names.
    private(set) lazy var whiteout: TmpInode = {
        let inode = TmpSpecial(
            self, number: allocateInode(), mode: FileMode(.character, 0), uid: .root, gid: .root,
            charge: Charge(overdrawing: userNamespace.budget, .files, footprint(of: .character, 0)))
        inode.linkCount = 0
        inode.limits = nil
        inode.touchAll()
        return inode
    }()

    /// TMPFS_MAGIC.
    private static let magic: UInt32 = 0x0102_1994
    private static let ramfsMagic: UInt32 = 0x8584_58f6
    /// Of one that was mounted with options.
    package private(set) var limits: TmpFSLimits?
    /// A ramfs's root's mode, where it was said.
    var ramfsMode: UInt32?
    /// The type `ramfs`, which has no limits, and whose files have no attributes and access control lists.
    let isRamFS: Bool
    /// A ramfs takes numbers from a counter of all file systems (get_next_ino), so that its root has another than 1.
    private static let firstRamfsInode: UInt64 = 1 << 16

    package init(
        storage: any HostStorage, typeName: String = "tmpfs", device: DeviceNumber, userNamespace: UserNamespace
    ) {
        self.storage = storage
        isHidden = false
        isRamFS = false
        nextPrivateFile = Self.firstPrivateFile(device)
        super.init(typeName: typeName, magic: Self.magic, device: device, userNamespace: userNamespace)
    }

    /// A tmpfs with `options`, or a ramfs without.
    package init(
        storage: any HostStorage, type: FileSystemType, options: TmpFSOptions?, device: DeviceNumber,
        userNamespace: UserNamespace
    ) {
        self.storage = storage
        isHidden = false
        isRamFS = options == nil
        nextPrivateFile = Self.firstPrivateFile(device)
        limits = options.map { TmpFSLimits($0, storage: storage, space: UInt64(device.minor)) }
        super.init(
            type: type, magic: options == nil ? Self.ramfsMagic : Self.magic, device: device,
            userNamespace: userNamespace, firstInode: options == nil ? Self.firstRamfsInode : 1)
    }

    /// Gives one that was made before there were types its own, with options that can be changed from now on.
    func adopt(_ type: FileSystemType, _ options: TmpFSOptions) {
        self.type = type
        limits = TmpFSLimits(options, storage: storage, space: UInt64(device.minor))
    }

    /// The hidden upper layer of an overlay with this device; new inodes count from `firstInode`.
    init(
        hiddenIn device: DeviceNumber, storage: any HostStorage, userNamespace: UserNamespace, firstInode: UInt64
    ) {
        self.storage = storage
        isHidden = true
        isRamFS = false
        nextPrivateFile = Self.firstPrivateFile(device)
        super.init(
            typeName: "tmpfs", magic: Self.magic, device: device, userNamespace: userNamespace, firstInode: firstInode)
    }

    /// Private files are named by number in one directory for all file systems: the device keeps them apart.
    private static func firstPrivateFile(_ device: DeviceNumber) -> UInt64 { UInt64(device.minor) << 40 | 1 }

    /// The dentry of the root: a new directory with `permissions`.
    package func root(
        permissions: UInt32 = 0o755, uid: KUID = .root, gid: KGID = .root
    ) throws(Refusal) -> Dentry {
        if let rootDentry { return rootDentry }
        let inode = TmpDirectory(
            self, number: allocateInode(), mode: FileMode(.directory, permissions), uid: uid, gid: gid,
            charge: try charge(.directory))
        inode.touchAll()
        return makeRoot(inode)
    }

    package override var optionsText: [UInt8] {
        if let limits { return limits.options.text }
        return ramfsMode.map { Array(",mode=\(String($0, radix: 8))".utf8) } ?? []
    }

    package override var statistics: FileSystemStatistics {
        let space = storage.space
        if var statistics = limits?.statistics {
            // Where nobody has set a size, the sandbox's own limit is the bound that counts.
            if let space, limits?.hasDefaultSize == true {
                statistics.blocks = min(statistics.blocks, space.total / 4096)
                statistics.freeBlocks = min(statistics.freeBlocks, space.free / 4096)
            }
            return statistics
        }
        var statistics = FileSystemStatistics()
        if isRamFS { return statistics }
        statistics.blocks = space.map { $0.total / 4096 } ?? 1 << 20
        statistics.freeBlocks = space.map { $0.free / 4096 } ?? 1 << 20
        statistics.files = 1 << 20
        statistics.freeFiles = 1 << 20
        return statistics
    }

    package override func handle(of inode: Inode, _ dentry: Dentry) -> FileHandle? {
        handed.handle(of: inode, dentry)
    }
    package override func find(_ handle: FileHandle, for caller: any Caller) throws(Refusal) -> Dentry? {
        handed.find(handle)
    }

    // MARK: What is kept

    /// What an inode takes: the object, and a text of `length` bytes that it has.
    private func footprint(of kind: FileKind, _ length: Int) -> Int {
        let object =
            switch kind {
            case .directory: 224
            case .regular: 208
            case .symlink, .fifo, .socket, .character, .block: 192
            }
        return object + Footprint.array(length)
    }

    func charge(_ kind: FileKind, _ length: Int = 0) throws(Refusal) -> Charge {
        let charge = try Charge(userNamespace.budget, .files, footprint(of: kind, length))
        try limits?.takeInode()
        return charge
    }

    func allocatePrivateFile() -> UInt64 {
        defer { nextPrivateFile &+= 1 }
        return nextPrivateFile
    }
}

extension TmpFS: TimedFileSystem {
    package var now: Timestamp { storage.now }
}
