import Credentials
import LinuxABI

/// A directory: what was made here, what was removed here, and whatever else the lower directory holds.
final class TreeDirectory: TreeInode {
    private struct Child {
        let inode: TreeInode
        /// When it was made here, for the order of listing; 0 for one found in the lower directory.
        let serial: UInt64
    }
    private var children: [Name: Child] = [:]
    /// Names of the lower directory that are gone.
    private var removed: Set<Name> = []
    private var nextSerial: UInt64 = 1
    private let lowerSize: Int64
    /// A directory of this size, in bytes, has so many entries that listing them takes long.
    private static let longListing: Int64 = 32768
    /// The names that were made and removed here; a lower child's is charged with its inode.
    private var names: Charge

    init(
        _ tree: TreeFileSystem, number: UInt64, mode: FileMode, uid: KUID, gid: KGID, lowerPath: [UInt8]?,
        lowerSize: Int64 = 0, charge: consuming Charge
    ) {
        self.lowerSize = lowerSize
        names = Charge(overdrawing: tree.userNamespace.budget, .files, 0)
        super.init(tree, number: number, mode: mode, uid: uid, gid: gid, lowerPath: lowerPath, charge: charge)
        if lowerPath == nil { linkCount = 2 }
    }

    // The whole tree goes at once: its directories one after the other, however deep it is.
    deinit {
        var pending = takeDirectories()
        while var directory = pending.popLast() {
            guard isKnownUniquelyReferenced(&directory) else { continue }
            pending += directory.takeDirectories()
        }
    }

    /// Lets go of all children, and returns the directories among them.
    private func takeDirectories() -> [TreeDirectory] {
        defer { children = [:] }
        return children.values.compactMap { $0.inode as? TreeDirectory }
    }

    // MARK: Reading

    override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        if let child = children[name] { return child.inode }
        guard let lowerPath, !removed.contains(name) else { return nil }
        let tree = try requireTree()
        guard let lower = tree.lower else { return nil }
        tree.sweepIfCrowded()
        let path = lowerPath.isEmpty ? name.bytes : lowerPath + [UInt8(ascii: "/")] + name.bytes
        if lower.changesRarely, tree.missing.contains(path, now: tree.now) { return nil }
        let storage = tree.storage
        var found = lower.changesRarely ? storage.listedAttributes(lower, path) : nil
        if found == nil {
            found = try caller.ask(.attributes(lower, path), takesLong: isRemote) { (_) throws(Errno) in
                try storage.attributes(lower, path)
            }
        }
        guard let attributes = found else {
            if lower.changesRarely { tree.missing.insert(path, now: tree.now) }
            return nil
        }
        let inode = try tree.lowerInode(path, attributes)
        children[name] = Child(inode: inode, serial: 0)
        return inode
    }

    override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        var entries: [DirectoryEntry] = []
        if let lowerPath, let tree, let lower = tree.lower {
            let storage = tree.storage
            let isLong = isRemote || lowerSize > Self.longListing
            let found = try caller.ask(.entries(lower, lowerPath), takesLong: isLong) { (_) throws(Errno) in
                try storage.entries(lower, lowerPath)
            }
            let isChanged = !removed.isEmpty || nextSerial > 1
            entries = isChanged ? found.filter { !removed.contains($0.name) && !isMade($0.name) } : found
        }
        // The newest comes first, as tmpfs has it.
        let made = children.filter { $0.value.serial > 0 }.sorted { $0.value.serial > $1.value.serial }
        for (name, child) in made {
            entries.append(DirectoryEntry(name: name, inode: child.inode.number, kind: child.inode.mode.kind))
        }
        return entries
    }

    override var listingSharesNames: Bool { lowerPath == nil }

    override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        DirectoryFile(path: path, flags: flags, credentials: caller.credentials)
    }

    override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = FileAttributes(self)
        // tmpfs counts 20 bytes an entry, `.` and `..` included.
        attributes.size = lowerPath == nil ? Int64(children.count + 2) * 20 : lowerSize
        return attributes
    }

    // MARK: Changing

    private func isMade(_ name: Name) -> Bool { children[name].map { $0.serial > 0 } ?? false }

    override var isUntouched: Bool { children.isEmpty && removed.isEmpty }

    /// A place among the children.
    static let slot = Footprint.slot(MemoryLayout<(Name, Child)>.stride)
    /// A name that is removed, and known nowhere else.
    private static func footprint(removed name: Name) -> Int {
        Footprint.slot(MemoryLayout<Name>.stride) + Footprint.array(name.bytes.count)
    }

    /// Throws when `name` hides one of the lower directory's and there is no room to remember that.
    private func checkHiding(_ name: Name) throws(Refusal) {
        if lowerPath != nil, !isMade(name) { try fileSystem.userNamespace.budget.check(.files) }
    }

    /// The lower directory's `name`, if it has one, is not to be seen any more.
    private func hide(_ name: Name) {
        guard lowerPath != nil, removed.insert(name).inserted else { return }
        names.resize(overdrawingTo: names.bytes + Self.footprint(removed: name))
    }

    private func put(_ name: Name, _ inode: TreeInode) {
        let old = children.updateValue(Child(inode: inode, serial: nextSerial), forKey: name)
        nextSerial &+= 1
        if old?.serial ?? 0 == 0 { names.resize(overdrawingTo: names.bytes + Self.slot) }
        // What was made here alone hides nothing below.
        if old?.serial == 0 { hide(name) }
        touch()
    }

    private func take(_ name: Name) {
        let old = children.removeValue(forKey: name)
        if let old, old.serial > 0 {
            names.resize(overdrawingTo: names.bytes - Self.slot)
        } else {
            hide(name)
        }
        children.releaseRoom()
        touch()
    }

    /// Lets go of a lower child that is as it was found, if nothing refers to it any more.
    func forget(_ name: Name) {
        guard let tree, var inode = children[name]?.inode, children[name]?.serial == 0, inode.isAsFound else { return }
        children[name] = nil
        if !tree.keeps(inode), !isKnownUniquelyReferenced(&inode) { children[name] = Child(inode: inode, serial: 0) }
    }

    private func touch() {
        guard let tree else { return }
        modified = tree.storage.now
        changed = modified
    }

    override func create(
        _ name: Name, mode: FileMode, uid: KUID, gid: KGID, device: DeviceNumber, for caller: any Caller
    ) throws(Refusal) -> Inode {
        let tree = try requireTree()
        let charge = try tree.charge(mode.kind)
        let number = tree.allocateInode()
        let inode: TreeInode
        switch mode.kind {
        case .directory:
            inode = TreeDirectory(
                tree, number: number, mode: mode, uid: uid, gid: gid, lowerPath: nil, charge: charge)
            linkCount &+= 1
        case .regular:
            inode = TreeFile(tree, number: number, mode: mode, uid: uid, gid: gid, lowerPath: nil, charge: charge)
        case .symlink:
            throw Refusal(.EINVAL)
        case .fifo, .socket, .character, .block:
            inode = TreeSpecial(tree, number: number, mode: mode, uid: uid, gid: gid, lowerPath: nil, charge: charge)
            inode.device = device
        }
        inode.touchAll()
        put(name, inode)
        return inode
    }

    override func createUnnamed(
        mode: FileMode, uid: KUID, gid: KGID, for caller: any Caller
    ) throws(Refusal) -> Inode {
        let tree = try requireTree()
        let inode = TreeFile(
            tree, number: tree.allocateInode(), mode: mode, uid: uid, gid: gid, lowerPath: nil,
            charge: try tree.charge(.regular))
        inode.linkCount = 0
        inode.touchAll()
        return inode
    }

    override func symlink(
        _ name: Name, target: [UInt8], uid: KUID, gid: KGID, for caller: any Caller
    ) throws(Refusal) -> Inode {
        let tree = try requireTree()
        let link = TreeLink(
            tree, number: tree.allocateInode(), mode: FileMode(.symlink, 0o777), uid: uid, gid: gid, lowerPath: nil,
            target: target, size: Int64(target.count), charge: try tree.charge(.symlink, target.count))
        link.touchAll()
        put(name, link)
        return link
    }

    override func link(_ name: Name, to inode: Inode, for caller: any Caller) throws(Refusal) {
        guard let inode = inode as? TreeInode else { throw Refusal(.EXDEV) }
        try fileSystem.userNamespace.budget.check(.files)
        // shmem_link(): a further name counts like a file.
        if inode.linkCount > 0 { try tree?.limits?.takeInode() }
        inode.linkCount &+= 1
        inode.touchChanged()
        put(name, inode)
    }

    override func remove(_ name: Name, inode: Inode, for caller: any Caller) throws(Refusal) {
        guard let inode = inode as? TreeInode else { throw Refusal(.EIO) }
        try checkHiding(name)
        try drop(inode, for: caller)
        take(name)
    }

    /// One name less for `inode`, which must be empty if it is a directory.
    private func drop(_ inode: TreeInode, for caller: any Caller) throws(Refusal) {
        if let directory = inode as? TreeDirectory {
            guard try directory.entries(for: caller).isEmpty else { throw Refusal(.ENOTEMPTY) }
            directory.linkCount = 0
            if linkCount > 2 { linkCount &-= 1 }
        } else if inode.linkCount > 0 {
            if inode.linkCount > 1 { tree?.limits?.releaseInode() }
            inode.linkCount &-= 1
        }
        inode.touchChanged()
    }

    package override var renameFlags: RenameFlags { [.noReplace, .exchange, .whiteout] }

    override func rename(
        _ name: Name, inode: Inode, to newParent: Inode, _ newName: Name, replacing: Inode?, exchange: Bool,
        for caller: any Caller
    ) throws(Refusal) {
        guard let inode = inode as? TreeInode, let target = newParent as? TreeDirectory else { throw Refusal(.EXDEV) }
        try checkHiding(name)
        if exchange {
            guard let other = replacing as? TreeInode else { throw Refusal(.ENOENT) }
            put(name, other)
            target.put(newName, inode)
            other.touchChanged()
            moveParentLink(of: inode, to: target)
            target.moveParentLink(of: other, to: self)
        } else {
            if let victim = replacing as? TreeInode { try target.drop(victim, for: caller) }
            take(name)
            target.put(newName, inode)
            moveParentLink(of: inode, to: target)
        }
        inode.touchChanged()
    }

    /// A directory's `..` now counts for another parent.
    private func moveParentLink(of inode: TreeInode, to target: TreeDirectory) {
        guard inode is TreeDirectory, target !== self else { return }
        if linkCount > 2 { linkCount &-= 1 }
        target.linkCount &+= 1
    }
}
