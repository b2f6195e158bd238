import Credentials
import LinuxABI

/// A directory of an overlay: what the upper layer has, and what the lower ones have below it.
final class OverlayDirectory: OverlayInode {
    /// Directories of further layers below the topmost lower one.
    private let others: [Inode]

    init(
        _ overlay: OverlayFS, real: Inode, upper: TmpInode?, below: Inode?, others: [Inode], at place: Place?
    ) {
        self.others = others
        super.init(overlay, real: real, upper: upper, below: below, at: place)
    }

    /// The topmost lower directory that shows through.
    var lower: Inode? { upper == nil ? real : below }
    private var upperDirectory: TmpDirectory? { upper as? TmpDirectory }

    private func requireUpperDirectory() throws(Refusal) -> TmpDirectory {
        guard let directory = try requireUpper() as? TmpDirectory else { throw Refusal(.EIO) }
        return directory
    }

    // MARK: Reading

    override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        let child = upperDirectory?.child(name)
        if let child, overlay.isWhiteout(child.inode) { return nil }
        guard let lower else {
            guard let child else { return nil }
            return try show(child.inode, [], name)
        }
        if let child, overlay.isPrivate, !child.marks.contains(.isCopy) { return try show(child.inode, [], name) }
        if child == nil, others.isEmpty, overlay.isPrivate {
            overlay.sweepIfCrowded()
            guard let found = try lower.lookup(name, for: caller) else { return nil }
            return try overlay.inode(over: found, in: self, name)
        }
        return try merged(child?.inode, name, for: caller)
    }

    private func show(_ upper: TmpInode?, _ lowers: [Inode], _ name: Name) throws(Refusal) -> Inode {
        try overlay.inode(upper: upper, lowers: lowers, in: self, name)
    }

    /// ovl_lookup(): a directory is joined with those of its name in the layers below, up to the first that is opaque or
    /// hidden by something else.
    private func merged(_ known: TmpInode?, _ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        if let known, !known.mode.isDirectory || overlay.isOpaque(known) { return try show(known, [], name) }
        overlay.sweepIfCrowded()
        var found: [Inode] = []
        for directory in lowers {
            guard let inode = try directory.lookup(name, for: caller) else { continue }
            if overlay.isWhiteout(inode) { break }
            if inode.mode.isDirectory {
                found.append(inode)
                if overlay.isOpaque(inode) { break }
            } else {
                if known == nil, found.isEmpty { found.append(inode) }
                break
            }
        }
        if known == nil, found.isEmpty { return nil }
        return try show(known, found, name)
    }

    private var lowers: [Inode] { (lower.map { [$0] } ?? []) + others }

    override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        var entries = try lowerEntries(for: caller)
        guard let upper = upperDirectory, !upper.isEmpty else { return entries }
        if !entries.isEmpty {
            // What was copied up stays in its place.
            entries = entries.filter { upper.child($0.name)?.marks.contains(.isCopy) ?? true }
        }
        for (name, child) in upper.listed where !overlay.isWhiteout(child.inode) && !child.marks.contains(.isCopy) {
            entries.append(
                DirectoryEntry(
                    name: name, inode: overlay.number(of: child.inode), kind: child.inode.mode.kind))
        }
        return entries
    }

    private func lowerEntries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        guard let lower else { return [] }
        if overlay.isPrivate { return try lower.entries(for: caller) }
        var entries: [DirectoryEntry] = []
        var seen: Set<Name> = []
        for directory in lowers {
            for entry in try directory.entries(for: caller) where seen.insert(entry.name).inserted {
                if entry.kind == .character, let inode = try directory.lookup(entry.name, for: caller),
                    overlay.isWhiteout(inode)
                {
                    continue
                }
                let number = overlay.number(entry.inode, in: directory)
                entries.append(DirectoryEntry(name: entry.name, inode: number, kind: entry.kind))
            }
        }
        return entries
    }

    override var listingSharesNames: Bool { lower == nil }

    override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        DirectoryFile(path: path, flags: flags, credentials: caller.credentials)
    }

    override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = try super.attributes(for: caller)
        if upper != nil, let lower { attributes.size = try lower.attributes(for: caller).size }
        return attributes
    }

    /// Where the upper layer can be seen by itself, its dentries do not go on showing what was at `name`.
    func forgetUpperDentry(_ name: Name) {
        guard var dentry = overlay.upperPlace?.dentry, let names = namesFromRoot else { return }
        for name in names {
            guard let next = dentry.child(name) else { return }
            dentry = next
        }
        guard let stale = dentry.child(name) else { return }
        stale.unlink()
        stale.detachMounts()
    }

    // MARK: Making

    /// A name was made in the upper layer.
    private func adopt(_ made: Inode, _ name: Name) throws(Refusal) -> Inode {
        guard let made = made as? TmpInode else { throw Refusal(.EIO) }
        copyFromUpper()
        forgetUpperDentry(name)
        return OverlayInode.make(overlay, real: made, upper: made, at: (self, name))
    }

    override func create(
        _ name: Name, mode: FileMode, uid: KUID, gid: KGID, device: DeviceNumber, for caller: any Caller
    ) throws(Refusal) -> Inode {
        let made = try requireUpperDirectory().create(
            name, mode: mode, uid: uid, gid: gid, device: device, for: caller)
        if mode.isDirectory {
            linkCount &+= 1
            if lower != nil, let directory = made as? TmpInode { try overlay.makeOpaque(directory) }
        }
        return try adopt(made, name)
    }

    override func createUnnamed(
        mode: FileMode, uid: KUID, gid: KGID, for caller: any Caller
    ) throws(Refusal) -> Inode {
        let made = try requireUpperDirectory().createUnnamed(mode: mode, uid: uid, gid: gid, for: caller)
        guard let made = made as? TmpInode else { throw Refusal(.EIO) }
        return OverlayInode.make(overlay, real: made, upper: made, at: nil)
    }

    override func symlink(
        _ name: Name, target: [UInt8], uid: KUID, gid: KGID, for caller: any Caller
    ) throws(Refusal) -> Inode {
        try adopt(
            try requireUpperDirectory().symlink(name, target: target, uid: uid, gid: gid, for: caller), name)
    }

    override func link(_ name: Name, to inode: Inode, for caller: any Caller) throws(Refusal) {
        guard let inode = inode as? OverlayInode else { throw Refusal(.EXDEV) }
        try overlay.userNamespace.budget.check(.files)
        let directory = try requireUpperDirectory()
        try directory.link(name, to: try inode.requireUpper(), for: caller)
        inode.linkCount &+= 1
        inode.copyFromUpper()
        inode.place(in: self, name)
        copyFromUpper()
        forgetUpperDentry(name)
    }

    // MARK: Removing and moving

    /// Whether a lower directory has the existing `name`, which the upper layer has to hide when it goes.
    private func covers(_ name: Name, for caller: any Caller) throws(Refusal) -> Bool {
        guard lower != nil else { return false }
        guard let child = upperDirectory?.child(name) else { return true }
        if overlay.isPrivate { return !child.marks.isEmpty }
        for directory in lowers {
            if let found = try directory.lookup(name, for: caller) { return !overlay.isWhiteout(found) }
        }
        return false
    }

    private func checkEmpty(_ inode: OverlayInode, for caller: any Caller) throws(Refusal) {
        guard let directory = inode as? OverlayDirectory else { return }
        guard try directory.entries(for: caller).isEmpty else { throw Refusal(.ENOTEMPTY) }
    }

    /// One name less for `inode`.
    private func drop(_ inode: OverlayInode, _ name: Name) {
        if inode is OverlayDirectory {
            inode.linkCount = 0
            if linkCount > 2 { linkCount &-= 1 }
        } else if inode.linkCount > 0 {
            inode.linkCount &-= 1
        }
        if inode.upper == nil { inode.changed = overlay.now } else { inode.copyFromUpper() }
        inode.leave(self, name)
    }

    override func remove(_ name: Name, inode: Inode, for caller: any Caller) throws(Refusal) {
        guard let inode = inode as? OverlayInode else { throw Refusal(.EIO) }
        let covers = try covers(name, for: caller)
        if covers { try overlay.userNamespace.budget.check(.files) }
        try checkEmpty(inode, for: caller)
        let directory = try requireUpperDirectory()
        if let upper = inode.upper, directory.child(name)?.inode === upper { directory.erase(name, upper) }
        if covers { directory.cover(name) }
        drop(inode, name)
        copyFromUpper()
        forgetUpperDentry(name)
    }

    override func rename(
        _ name: Name, inode: Inode, to newParent: Inode, _ newName: Name, replacing: Inode?, exchange: Bool,
        for caller: any Caller
    ) throws(Refusal) {
        guard let inode = inode as? OverlayInode, let target = newParent as? OverlayDirectory else {
            throw Refusal(.EXDEV)
        }
        let other = replacing as? OverlayInode
        // ovl_can_move(): without redirects a directory that is not the upper layer's alone stays.
        if !overlay.isPrivate {
            for case let directory as OverlayDirectory in [inode, exchange ? other : nil] where directory.lower != nil {
                throw Refusal(.EXDEV)
            }
        }
        let covers = try covers(name, for: caller)
        if covers { try overlay.userNamespace.budget.check(.files) }
        let covered = other == nil ? nil : try target.covers(newName, for: caller)
        if exchange {
            guard let other, let covered else { throw Refusal(.ENOENT) }
            let marks: (TmpDirectory.Marks, TmpDirectory.Marks) = (covers ? .covers : [], covered ? .covers : [])
            return try swap(name, inode, with: target, newName, other, marks)
        }
        if let other { try checkEmpty(other, for: caller) }
        let moved = try inode.requireUpper()
        let from = try requireUpperDirectory(), to = try target.requireUpperDirectory()
        let victim = to.child(newName)?.inode
        from.move(
            name, moved, to: to, newName, over: victim === other?.upper ? victim : nil, covered == true ? .covers : nil)
        if covers { from.cover(name) }
        if let other { target.drop(other, newName) }
        moveParentLink(of: inode, to: target)
        inode.place(in: target, newName)
        for changed in [self, target, inode] { changed.copyFromUpper() }
        forgetUpperDentry(name)
        target.forgetUpperDentry(newName)
    }

    /// RENAME_EXCHANGE.
    private func swap(
        _ name: Name, _ inode: OverlayInode, with target: OverlayDirectory, _ newName: Name, _ other: OverlayInode,
        _ marks: (TmpDirectory.Marks, TmpDirectory.Marks)
    ) throws(Refusal) {
        let moved = try inode.requireUpper(), swapped = try other.requireUpper()
        let from = try requireUpperDirectory(), to = try target.requireUpperDirectory()
        from.swap(name, moved, with: to, newName, swapped, marks)
        moveParentLink(of: inode, to: target)
        target.moveParentLink(of: other, to: self)
        inode.place(in: target, newName)
        other.place(in: self, name)
        for changed in [self, target, inode, other] { changed.copyFromUpper() }
        forgetUpperDentry(name)
        target.forgetUpperDentry(newName)
    }

    /// A directory's `..` now counts for another parent.
    private func moveParentLink(of inode: OverlayInode, to target: OverlayDirectory) {
        guard inode is OverlayDirectory, target !== self else { return }
        if linkCount > 2 { linkCount &-= 1 }
        target.linkCount &+= 1
    }
}
