import Credentials
import LinuxABI

/// An inode of the tree file system; subclasses are the kinds of file.
package class TreeInode: Inode {
    /// Where it came from in the lower tree; kept when it is renamed or copied up.
    let lowerPath: [UInt8]?
    /// Whether asking the host about the lower file may take long.
    private(set) var isRemote = false
    private var attributesByName: [Name: [UInt8]]?
    /// The private file that a watch on this inode is a watch of.
    private var watched: PrivateFile?

    init(_ tree: TreeFileSystem, number: UInt64, mode: FileMode, uid: KUID, gid: KGID, lowerPath: [UInt8]?) {
        self.lowerPath = lowerPath
        super.init(tree, number: number, mode: mode, uid: uid, gid: gid)
    }

    // Every inode of a tree was made by its TreeFileSystem.
    final var tree: TreeFileSystem? { fileSystem as? TreeFileSystem }

    func requireTree() throws(Refusal) -> TreeFileSystem {
        guard let tree = fileSystem as? TreeFileSystem else { throw Refusal(.EIO) }
        return tree
    }

    static func make(_ tree: TreeFileSystem, lowerPath: [UInt8], _ lower: HostAttributes) -> TreeInode {
        // IDs on the host's disk are taken as global ones.
        let uid = KUID(lower.uid), gid = KGID(lower.gid)
        let inode: TreeInode
        switch lower.mode.kind {
        case .directory:
            inode = TreeDirectory(
                tree, number: lower.inode, mode: lower.mode, uid: uid, gid: gid, lowerPath: lowerPath,
                lowerSize: lower.size)
        case .regular:
            inode = TreeFile(
                tree, number: lower.inode, mode: lower.mode, uid: uid, gid: gid, lowerPath: lowerPath, size: lower.size,
                blocks: lower.blocks)
        case .symlink:
            inode = TreeLink(
                tree, number: lower.inode, mode: lower.mode, uid: uid, gid: gid, lowerPath: lowerPath,
                target: lower.linkText, size: lower.size)
        case .fifo, .socket, .character, .block:
            inode = TreeSpecial(
                tree, number: lower.inode, mode: lower.mode, uid: uid, gid: gid, lowerPath: lowerPath)
            inode.device = lower.rdev
        }
        inode.isRemote = lower.isRemote
        if lower.isRemote { inode.attributesByName = lower.capability.map { ["security.capability": $0] } ?? [:] }
        inode.linkCount = lower.linkCount
        inode.accessed = lower.accessed
        inode.modified = lower.modified
        inode.changed = lower.changed
        return inode
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

    package final override var hasAccessLists: Bool { !mode.isSymlink }

    // The lower's own attributes are read when somebody first asks. Only file capabilities matter to the sandbox.
    package final override var extendedAttributes: [Name: [UInt8]]? {
        get {
            if let attributesByName { return attributesByName }
            var found: [Name: [UInt8]] = [:]
            if mode.isRegular, let lowerPath, let tree, let lower = tree.lower {
                let name: Name = "security.capability"
                if let value = tree.storage.extendedAttribute(lower, lowerPath, name) { found[name] = value }
            }
            attributesByName = found
            return found
        }
        set {
            attributesByName = newValue ?? [:]
            touchChanged()
            privilegesChanged()
        }
    }
}

/// A symbolic link.
final class TreeLink: TreeInode {
    private var target: [UInt8]?
    private let size: Int64

    init(
        _ tree: TreeFileSystem, number: UInt64, mode: FileMode, uid: KUID, gid: KGID, lowerPath: [UInt8]?,
        target: [UInt8]?, size: Int64
    ) {
        self.target = target
        self.size = size
        super.init(tree, number: number, mode: mode, uid: uid, gid: gid, lowerPath: lowerPath)
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
