import Credentials
import LinuxABI

/// A directory of a tmpfs, or of an overlay's upper layer.
final class TmpDirectory: TmpInode {
    /// What an overlay remembers of a name in its hidden upper layer.
    struct Marks: OptionSet {
        let rawValue: UInt64
        /// A lower directory has the name as well, which is not to be seen when this one goes.
        static let covers = Marks(rawValue: 1 << 63)
        /// What lies here is the lower file itself, copied up in its place.
        static let isCopy = Marks(rawValue: 1 << 62)
    }

    struct Child {
        let inode: TmpInode
        private let bits: UInt64

        fileprivate init(_ inode: TmpInode, serial: UInt64, _ marks: Marks) {
            self.inode = inode
            bits = serial | marks.rawValue
        }
        private static let marks: UInt64 = 3 << 62
        var marks: Marks { Marks(rawValue: bits & Self.marks) }
        /// When it was put here, for the order of listing.
        var serial: UInt64 { bits & ~Self.marks }
    }

    private var children: [Name: Child] = [:]
    private var nextSerial: UInt64 = 1
    private var names: Charge

    override init(_ tmp: TmpFS, number: UInt64, mode: FileMode, uid: KUID, gid: KGID, charge: consuming Charge) {
        names = Charge(overdrawing: tmp.userNamespace.budget, .files, 0)
        super.init(tmp, number: number, mode: mode, uid: uid, gid: gid, charge: charge)
        linkCount = 2
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
    private func takeDirectories() -> [TmpDirectory] {
        defer { children = [:] }
        return children.values.compactMap { $0.inode as? TmpDirectory }
    }

    // MARK: Reading

    func child(_ name: Name) -> Child? { children.isEmpty ? nil : children[name] }
    var isEmpty: Bool { children.isEmpty }
    /// The newest first, as tmpfs lists them.
    var listed: [(name: Name, child: Child)] {
        children.map { ($0.key, $0.value) }.sorted { $0.1.serial > $1.1.serial }
    }

    override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? { child(name)?.inode }

    override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        listed.map { name, child in
            DirectoryEntry(name: name, inode: child.inode.number, kind: child.inode.mode.kind)
        }
    }

    override var listingSharesNames: Bool { true }

    override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        DirectoryFile(path: path, flags: flags, credentials: caller.credentials)
    }

    override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = FileAttributes(self)
        // tmpfs counts 20 bytes an entry, `.` and `..` included.
        attributes.size = Int64(children.count + 2) * 20
        return attributes
    }

    // MARK: The table

    /// A place among the children.
    private static let slot = Footprint.slot(MemoryLayout<(Name, Child)>.stride)
    /// A name that is known here alone.
    private func isWhiteout(_ child: Child?) -> Bool {
        guard let child, child.marks.contains(.covers) else { return false }
        return child.inode.mode.kind == .character && (fileSystem as? TmpFS)?.whiteout === child.inode
    }
    private func charged(_ child: Child?, _ name: Name) -> Int {
        guard child != nil else { return 0 }
        return Self.slot + (isWhiteout(child) ? Footprint.array(name.bytes.count) : 0)
    }

    /// Puts `inode` in the place of whatever is there. Without `marks` the name covers what it covered before.
    func put(_ name: Name, _ inode: TmpInode, _ marks: Marks? = nil) {
        let old = children[name]
        let kept: Marks = old.map { $0.marks.isEmpty ? [] : .covers } ?? []
        let new = Child(inode, serial: nextSerial, marks ?? kept)
        nextSerial &+= 1
        if isWhiteout(old), let whiteout = old?.inode { whiteout.linkCount &-= 1 }
        children[name] = new
        names.resize(overdrawingTo: names.bytes - charged(old, name) + charged(new, name))
    }

    private func take(_ name: Name) {
        let old = children.removeValue(forKey: name)
        names.resize(overdrawingTo: names.bytes - charged(old, name))
        children.releaseRoom()
    }

    func touch() {
        guard let tmp = fileSystem as? TmpFS else { return }
        modified = tmp.now
        changed = modified
    }

    // MARK: Making

    override func create(
        _ name: Name, mode: FileMode, uid: KUID, gid: KGID, device: DeviceNumber, for caller: any Caller
    ) throws(Refusal) -> Inode {
        if mode.isSymlink { throw Refusal(.EINVAL) }
        let inode = try requireTmp().makeInode(mode, uid, gid)
        inode.device = device
        if mode.isDirectory { linkCount &+= 1 }
        inode.touchAll()
        put(name, inode)
        touch()
        return inode
    }

    override func createUnnamed(
        mode: FileMode, uid: KUID, gid: KGID, for caller: any Caller
    ) throws(Refusal) -> Inode {
        let inode = try requireTmp().makeInode(mode, uid, gid)
        inode.linkCount = 0
        inode.touchAll()
        return inode
    }

    override func symlink(
        _ name: Name, target: [UInt8], uid: KUID, gid: KGID, for caller: any Caller
    ) throws(Refusal) -> Inode {
        let tmp = try requireTmp()
        let link = TmpLink(
            tmp, number: tmp.allocateInode(), uid: uid, gid: gid, target: target,
            charge: try tmp.charge(.symlink, target.count))
        link.touchAll()
        put(name, link)
        touch()
        return link
    }

    override func link(_ name: Name, to inode: Inode, for caller: any Caller) throws(Refusal) {
        guard let inode = inode as? TmpInode else { throw Refusal(.EXDEV) }
        try fileSystem.userNamespace.budget.check(.files)
        // shmem_link(): a further name counts like a file.
        if inode.linkCount > 0 { try limits?.takeInode() }
        inode.linkCount &+= 1
        inode.touchChanged()
        put(name, inode)
        touch()
    }

    // MARK: Removing and moving

    override func remove(_ name: Name, inode: Inode, for caller: any Caller) throws(Refusal) {
        guard let inode = inode as? TmpInode else { throw Refusal(.EIO) }
        try checkEmpty(inode)
        erase(name, inode)
    }

    private func checkEmpty(_ inode: TmpInode) throws(Refusal) {
        if let directory = inode as? TmpDirectory, !directory.isEmpty { throw Refusal(.ENOTEMPTY) }
    }

    /// Takes the name of `inode` away, whatever is in it.
    func erase(_ name: Name, _ inode: TmpInode) {
        drop(inode)
        take(name)
        touch()
    }

    /// One name less for `inode`.
    private func drop(_ inode: TmpInode) {
        if inode is TmpDirectory {
            inode.linkCount = 0
            if linkCount > 2 { linkCount &-= 1 }
        } else if inode.linkCount > 0 {
            if inode.linkCount > 1 { limits?.releaseInode() }
            inode.linkCount &-= 1
        }
        inode.touchChanged()
    }

    override var renameFlags: RenameFlags { [.noReplace, .exchange, .whiteout] }

    override func rename(
        _ name: Name, inode: Inode, to newParent: Inode, _ newName: Name, replacing: Inode?, exchange: Bool,
        for caller: any Caller
    ) throws(Refusal) {
        guard let inode = inode as? TmpInode, let target = newParent as? TmpDirectory else { throw Refusal(.EXDEV) }
        if exchange {
            guard let other = replacing as? TmpInode else { throw Refusal(.ENOENT) }
            return swap(name, inode, with: target, newName, other)
        }
        let victim = replacing as? TmpInode
        if let victim { try checkEmpty(victim) }
        move(name, inode, to: target, newName, over: victim)
    }

    func move(
        _ name: Name, _ inode: TmpInode, to target: TmpDirectory, _ newName: Name, over victim: TmpInode?,
        _ marks: Marks? = nil
    ) {
        if let victim { target.drop(victim) }
        take(name)
        touch()
        target.put(newName, inode, marks)
        target.touch()
        moveParentLink(of: inode, to: target)
        inode.touchChanged()
    }

    /// Swaps two names; `marks` are those of the places from now on.
    func swap(
        _ name: Name, _ inode: TmpInode, with target: TmpDirectory, _ newName: Name, _ other: TmpInode,
        _ marks: (here: Marks, there: Marks) = ([], [])
    ) {
        put(name, other, marks.here)
        touch()
        target.put(newName, inode, marks.there)
        target.touch()
        other.touchChanged()
        moveParentLink(of: inode, to: target)
        target.moveParentLink(of: other, to: self)
        inode.touchChanged()
    }

    /// A directory's `..` now counts for another parent.
    private func moveParentLink(of inode: TmpInode, to target: TmpDirectory) {
        guard inode is TmpDirectory, target !== self else { return }
        if linkCount > 2 { linkCount &-= 1 }
        target.linkCount &+= 1
    }

    // MARK: Whiteouts

    /// In an upper layer: `name` is not to be seen, though a lower directory has it.
    func cover(_ name: Name) {
        guard let tmp = fileSystem as? TmpFS else { return }
        tmp.whiteout.linkCount &+= 1
        put(name, tmp.whiteout, .covers)
        touch()
    }
}

extension TmpFS {
    /// A new inode without a name: anything but a symbolic link.
    fileprivate func makeInode(_ mode: FileMode, _ uid: KUID, _ gid: KGID) throws(Refusal) -> TmpInode {
        try makeInode(mode, uid, gid, number: allocateInode())
    }

    func makeInode(_ mode: FileMode, _ uid: KUID, _ gid: KGID, number: UInt64) throws(Refusal) -> TmpInode {
        let charge = try charge(mode.kind)
        switch mode.kind {
        case .directory: return TmpDirectory(self, number: number, mode: mode, uid: uid, gid: gid, charge: charge)
        case .regular: return TmpFile(self, number: number, mode: mode, uid: uid, gid: gid, charge: charge)
        case .symlink: throw Refusal(.EINVAL)
        case .fifo, .socket, .character, .block:
            return TmpSpecial(self, number: number, mode: mode, uid: uid, gid: gid, charge: charge)
        }
    }
}
