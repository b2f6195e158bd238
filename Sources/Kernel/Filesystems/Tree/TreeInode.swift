import Credentials
import LinuxABI

/// An inode of the tree file system; subclasses are the kinds of file.
package class TreeInode: Inode {
    /// Where it came from in the lower tree; kept when it is renamed or copied up.
    let lowerPath: [UInt8]?
    /// Whether asking the host about the lower file may take long.
    private(set) var isRemote = false
    private var attributes: AttributeStore
    /// The lower file's attributes are among them.
    private var hasReadAttributes = false
    private var hasOwnAttributes = false
    private let charge: Charge
    /// In which it counts as one (`TreeFileSystem.charge`).
    private let limits: TmpFSLimits?
    /// What it was when it was found in the lower tree, if it was.
    private var original: Int?
    /// The private file that a watch on this inode is a watch of.
    private var watched: PrivateFile?

    init(
        _ tree: TreeFileSystem, number: UInt64, mode: FileMode, uid: KUID, gid: KGID, lowerPath: [UInt8]?,
        charge: consuming Charge
    ) {
        self.lowerPath = lowerPath
        self.charge = charge
        limits = tree.limits
        attributes = AttributeStore(tree.userNamespace.budget)
        super.init(tree, number: number, mode: mode, uid: uid, gid: gid)
    }

    deinit { limits?.releaseInode() }

    package final override var footprint: Int { 0 }

    // Every inode of a tree was made by its TreeFileSystem.
    final var tree: TreeFileSystem? { fileSystem as? TreeFileSystem }

    func requireTree() throws(Refusal) -> TreeFileSystem {
        guard let tree = fileSystem as? TreeFileSystem else { throw Refusal(.EIO) }
        return tree
    }

    static func make(
        _ tree: TreeFileSystem, lowerPath: [UInt8], _ lower: HostAttributes
    ) throws(Refusal) -> TreeInode {
        // Its place in its directory's table comes with it.
        let bytes = tree.footprint(of: lower.mode.kind, lowerPath.count) + TreeDirectory.slot
        let budget = tree.userNamespace.budget
        let isCached = budget.hasCacheRoom(bytes)
        let charge = try Charge(budget, isCached ? .cache : .files, bytes)
        // IDs on the host's disk are taken as global ones.
        let uid = KUID(lower.uid), gid = KGID(lower.gid)
        let inode: TreeInode
        switch lower.mode.kind {
        case .directory:
            inode = TreeDirectory(
                tree, number: lower.inode, mode: lower.mode, uid: uid, gid: gid, lowerPath: lowerPath,
                lowerSize: lower.size, charge: charge)
        case .regular:
            inode = TreeFile(
                tree, number: lower.inode, mode: lower.mode, uid: uid, gid: gid, lowerPath: lowerPath, size: lower.size,
                blocks: lower.blocks, charge: charge)
        case .symlink:
            inode = TreeLink(
                tree, number: lower.inode, mode: lower.mode, uid: uid, gid: gid, lowerPath: lowerPath,
                target: lower.linkText, size: lower.size, charge: charge)
        case .fifo, .socket, .character, .block:
            inode = TreeSpecial(
                tree, number: lower.inode, mode: lower.mode, uid: uid, gid: gid, lowerPath: lowerPath, charge: charge)
            inode.device = lower.rdev
        }
        inode.isRemote = lower.isRemote
        if lower.isRemote { inode.know(capability: lower.capability) }
        inode.linkCount = lower.linkCount
        inode.accessed = lower.accessed
        inode.modified = lower.modified
        inode.changed = lower.changed
        inode.isCached = isCached
        inode.original = inode.fingerprint
        return inode
    }

    // MARK: Letting go

    /// Whether its content is the lower file's.
    var isUntouched: Bool { true }

    /// Whether the lower file says all that there is to know of it: then it can be let go and found again.
    final var isAsFound: Bool {
        guard let original, isUntouched, watched == nil, locks == nil, accessList == nil, defaultAccessList == nil,
            !hasOwnAttributes, tree?.isHanded(self) == false
        else { return false }
        return original == fingerprint
    }

    private var fingerprint: Int {
        var hasher = Hasher()
        for value in [UInt64(mode.rawValue), UInt64(uid.rawValue), UInt64(gid.rawValue), UInt64(linkCount), writeHint] {
            hasher.combine(value)
        }
        for time in [accessed, modified, changed] { hasher.combine(time) }
        return hasher.finalize()
    }

    /// All three times are now: a new file.
    final func touchAll() {
        guard let tree else { return }
        let now = tree.storage.now
        accessed = now
        modified = now
        changed = now
    }

    final func touchChanged() {
        if let tree { changed = tree.storage.now }
    }

    package override func setAttributes(_ change: AttributeChange, for caller: any Caller) throws(Refusal) {
        apply(change)
    }

    /// The private file whose events are this inode's: for all but regular files one in which nothing ever happens.
    func watchedFile(for caller: any Caller) throws(Refusal) -> PrivateFile {
        if let watched { return watched }
        let tree = try requireTree()
        let id = tree.allocatePrivateFile()
        try storageCall { () throws(Errno) in try tree.storage.createPrivate(id, copying: nil, until: nil) }
        let file = PrivateFile(id: id, storage: tree.storage)
        watched = file
        return file
    }

    /// inotify_add_watch(2) on the host's `instance`.
    package final func watch(with instance: HostFile, mask: UInt32, for caller: any Caller) throws(Refusal) -> Int32 {
        let file = try watchedFile(for: caller)
        return try storageCall { () throws(Errno) in
            try file.storage.watchPrivate(file.id, with: instance, mask: mask)
        }
    }

    /// The mode or the capabilities of the file may have come to lend privileges to who executes it.
    func privilegesChanged() {}

    // What was found in a lower tree is as it was found, so that it can be let go.
    package final override var keepsAccessTimes: Bool { lowerPath == nil }

    package final override var hasFileFlags: Bool { mode.isRegular || mode.isDirectory }

    package final override var hasAccessLists: Bool { !mode.isSymlink && tree?.isRamFS != true }

    // The lower's own attributes are read when somebody first asks. Only file capabilities matter to the sandbox.
    package final override func keepsExtendedAttribute(_ name: Name) -> Bool { tree?.isRamFS != true }

    package final override func attribute(_ name: Name) -> [UInt8]? {
        readAttributes()
        return attributes[name]
    }

    package final override var attributeNames: [Name] {
        readAttributes()
        return attributes.names
    }

    package final override func setAttribute(_ name: Name, _ value: [UInt8]?) throws(Refusal) {
        readAttributes()
        try attributes.set(name, value)
        hasOwnAttributes = true
        touchChanged()
        privilegesChanged()
    }

    private func readAttributes() {
        guard !hasReadAttributes else { return }
        hasReadAttributes = true
        let name: Name = "security.capability"
        guard mode.isRegular, let lowerPath, let tree, let lower = tree.lower,
            let value = tree.storage.extendedAttribute(lower, lowerPath, name)
        else { return }
        know(capability: value)
    }

    private func know(capability: [UInt8]?) {
        hasReadAttributes = true
        // What is there already is not refused.
        if let capability { try? attributes.set("security.capability", capability) }
    }
}

/// A symbolic link.
final class TreeLink: TreeInode {
    private var target: [UInt8]?
    private let size: Int64

    init(
        _ tree: TreeFileSystem, number: UInt64, mode: FileMode, uid: KUID, gid: KGID, lowerPath: [UInt8]?,
        target: [UInt8]?, size: Int64, charge: consuming Charge
    ) {
        self.target = target
        self.size = size
        super.init(tree, number: number, mode: mode, uid: uid, gid: gid, lowerPath: lowerPath, charge: charge)
    }

    override func readLink(for caller: any Caller) throws(Refusal) -> [UInt8] {
        if let target { return target }
        let tree = try requireTree()
        guard let lowerPath, let lower = tree.lower else { throw Refusal(.EIO) }
        let text = try storageCall { () throws(Errno) in try tree.storage.readLink(lower, lowerPath) }
        target = text
        return text
    }

    override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = FileAttributes(self)
        attributes.size = size
        return attributes
    }
}

/// A FIFO, socket or device node.
final class TreeSpecial: TreeInode {
    /// Made at the first opening.
    private var fifo: FIFO?
    override var isUntouched: Bool { fifo == nil }

    override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        switch mode.kind {
        case .character:
            return try DeviceFile.open(path, flags: flags, storage: try requireTree().storage, for: caller)
        case .fifo:
            if let fifo { return try fifo.open(path, flags: flags, for: caller) }
            let fifo = try FIFO(try requireTree())
            self.fifo = fifo
            return try fifo.open(path, flags: flags, for: caller)
        default:
            // open(2) of a socket or of a block device: nothing stands behind them.
            throw Refusal(.ENXIO)
        }
    }
}
