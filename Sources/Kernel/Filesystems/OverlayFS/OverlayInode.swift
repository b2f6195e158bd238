import Credentials
import LinuxABI

/// An inode of an overlay; subclasses are the kinds of file.
///
/// Mode, owners, lists and times are copies of the real inode's, which is changed first. Link counts, locks and writers are
/// the overlay's own.
package class OverlayInode: Inode {
    unowned final let overlay: OverlayFS
    /// The inode behind it: the upper layer's, or where that has none the topmost lower layer's.
    private(set) final var real: Inode
    private(set) final var upper: TmpInode?
    /// What the topmost lower layer has, where `real` is the upper layer's.
    final var below: Inode?
    /// Where it was found last, which is where it goes in the upper layer; nil for what has no name any more.
    private(set) final var parent: OverlayDirectory?
    private final var name: Name

    typealias Place = (directory: OverlayDirectory, name: Name)

    init(_ overlay: OverlayFS, real: Inode, upper: TmpInode?, below: Inode?, at place: Place?) {
        self.overlay = overlay
        self.real = real
        self.upper = upper
        self.below = below
        parent = place?.directory
        name = place?.name ?? Self.noName
        let number = below.map { overlay.number(of: $0) } ?? overlay.number(of: real)
        super.init(overlay, number: number, mode: real.mode, uid: real.uid, gid: real.gid)
        device = real.device
        linkCount = real.linkCount
        isCached = real.isCached
        copyTimes(of: real)
        if real.hasLists { copyLists(of: real) }
    }

    private static let noName = Name([])

    /// `others` are the lower directories below the topmost, which are merged with it.
    static func make(
        _ overlay: OverlayFS, real: Inode, upper: TmpInode? = nil, below: Inode? = nil, _ others: [Inode] = [],
        at place: Place?
    ) -> OverlayInode {
        switch real.mode.kind {
        case .directory:
            OverlayDirectory(overlay, real: real, upper: upper, below: below, others: others, at: place)
        case .regular: OverlayFile(overlay, real: real, upper: upper, below: below, at: place)
        case .symlink: OverlayLink(overlay, real: real, upper: upper, below: below, at: place)
        case .fifo, .socket, .character, .block:
            OverlaySpecial(overlay, real: real, upper: upper, below: below, at: place)
        }
    }

    // A chain of directories that nothing else holds any more goes one after the other, not one inside the other.
    deinit {
        var walk = takeParent()
        while isKnownUniquelyReferenced(&walk) {
            let above = walk?.takeParent()
            walk = above
        }
    }

    private func takeParent() -> OverlayDirectory? {
        defer { parent = nil }
        return parent
    }

    // MARK: Its place

    final func place(in directory: OverlayDirectory, _ name: Name) {
        parent = directory
        self.name = name
    }

    /// The name is gone, or was let go.
    final func leave(_ directory: Inode, _ name: Name) {
        guard parent === directory, self.name == name else { return }
        parent = nil
        self.name = Self.noName
    }

    /// The names from the overlay's root; nil for what is not below it any more.
    final var namesFromRoot: [Name]? {
        var names: [Name] = []
        var walk = self
        while let parent = walk.parent {
            names.append(walk.name)
            walk = parent
        }
        return walk === overlay.rootDentry?.inode ? names.reversed() : nil
    }

    /// The object, and what it stands for in the lower layer.
    package final override var footprint: Int { 192 + (upper == nil ? real.footprint : 0) }

    /// Whether the lower layer says all that there is to know of it.
    package override var isForgettable: Bool {
        upper == nil && locks == nil && !hasLists && writeHint == 0 && linkCount == real.linkCount
            && changed == real.changed && mode == real.mode && !overlay.handed.contains(self)
    }

    // MARK: Copying up

    /// The inode in the upper layer, made now if there is none, with all directories above (ovl_copy_up).
    final func requireUpper() throws(Refusal) -> TmpInode {
        if let upper { return upper }
        guard let layer = overlay.upper else { throw Refusal(.EROFS) }
        // A guest chooses how deep a tree is.
        var missing: [OverlayInode] = [self]
        var walk = parent
        while let directory = walk, directory.upper == nil {
            missing.append(directory)
            walk = directory.parent
        }
        for inode in missing.reversed() { try inode.copyUp(to: layer) }
        guard let upper else { throw Refusal(.EIO) }
        return upper
    }

    private func copyUp(to layer: TmpFS) throws(Refusal) {
        let number = layer.isHidden ? number : layer.allocateInode()
        let copy: TmpInode
        if mode.isSymlink {
            let target = try linkText()
            copy = TmpLink(
                layer, number: number, mode: mode, uid: uid, gid: gid, target: target,
                charge: try layer.charge(.symlink, target.count))
        } else {
            copy = try layer.makeInode(mode, uid, gid, number: number)
        }
        if let file = copy as? TmpFile { file.borrow(from: real) } else { copy.copyAttributes(of: real) }
        if !layer.isHidden { copy.origin = self.number }
        copy.device = device
        copy.copyTimes(of: self)
        if hasLists { copy.copyLists(of: self) }
        if let directory = parent?.upper as? TmpDirectory {
            directory.put(name, copy, [.covers, .isCopy])
            parent?.forgetUpperDentry(name)
        } else if !mode.isDirectory {
            copy.linkCount = 0
        }
        below = real
        real = copy
        upper = copy
    }

    private func linkText() throws(Refusal) -> [UInt8] {
        switch real {
        case let link as HostLink: return try link.text()
        case let link as TmpLink: return link.target
        case let link as OverlayInode: return try link.linkText()
        default: throw Refusal(.EIO)
        }
    }

    /// What the upper layer has of it now counts here.
    final func copyFromUpper() {
        guard let upper else { return }
        mode = upper.mode
        uid = upper.uid
        gid = upper.gid
        modified = upper.modified
        changed = upper.changed
    }

    /// Its bytes are the upper layer's own from now on.
    final func forgetLower() {
        if linkCount == 1 { below = nil }
    }

    // MARK: Attributes

    /// ovl_permission(): the mounter, too, must be allowed to do with the layer what the caller does here.
    package final override func permission(_ wanted: Access, for caller: any Caller) -> PermissionAnswer {
        guard let mounter = overlay.mounter else { return .ordinary }
        var wanted = wanted
        if upper == nil, wanted.contains(.write), mode.isRegular || mode.isDirectory || mode.isSymlink {
            // The mounter will read it to copy it up.
            wanted.remove(.write)
            wanted.insert(.read)
        }
        let real = real
        real.refreshOwnership()
        switch real.permission(wanted, for: mounter) {
        case .refused(let refusal): return .refused(refusal)
        case .granted: return .ordinary
        case .ordinary: break
        }
        let context = AccessContext(mounter.credentials, nil)
        return context.grants(wanted, to: real) ? .ordinary : .refused(Refusal(.fileAccessDenied))
    }

    package override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = try real.attributes(for: caller)
        if upper == nil {
            attributes.mode = mode
            attributes.changed = changed
        } else if !mode.isRegular {
            // Only the overlay's inode is told of reading.
            attributes.accessed = accessed
        }
        attributes.device = overlay.device
        attributes.inode = number
        attributes.linkCount = linkCount
        return attributes
    }

    package override func setAttributes(_ change: AttributeChange, for caller: any Caller) throws(Refusal) {
        try requireUpper().setAttributes(change, for: caller)
        apply(change)
        copyFromUpper()
    }

    final override func privilegesDropped() { upper?.mode = mode }

    // What is as it was found stays so, that it can be let go.
    package final override var keepsAccessTimes: Bool { upper != nil }

    package final override var hasFileFlags: Bool { mode.isRegular || mode.isDirectory }

    package final override var hasAccessLists: Bool { !mode.isSymlink }

    final override func setLists(_ access: AccessControlList?, _ defaults: AccessControlList?) throws(Refusal) {
        try requireUpper().setLists(access, defaults)
        try super.setLists(access, defaults)
    }

    final override func inheritLists(_ access: AccessControlList?, _ defaults: AccessControlList?) {
        upper?.inheritLists(access, defaults)
        super.inheritLists(access, defaults)
    }

    package final override func keepsExtendedAttribute(_ name: Name) -> Bool { true }
    package final override func attribute(_ name: Name) -> [UInt8]? { real.attribute(name) }
    package final override var attributeNames: [Name] { real.attributeNames }

    package final override func setAttribute(_ name: Name, _ value: [UInt8]?) throws(Refusal) {
        try requireUpper().setAttribute(name, value)
        copyFromUpper()
    }

    package final override var isWatchable: Bool { true }

    package final override func watch(
        with instance: HostFile, mask: UInt32, for caller: any Caller
    ) throws(Refusal) -> Int32 { try requireUpper().watch(with: instance, mask: mask, for: caller) }
}

/// A symbolic link.
final class OverlayLink: OverlayInode {
    override func readLink(for caller: any Caller) throws(Refusal) -> [UInt8] { try real.readLink(for: caller) }
}

/// A FIFO, socket or device node.
final class OverlaySpecial: OverlayInode {
    /// Not the layer's: opening copies nothing up.
    private var fifo: FIFO?
    override var isForgettable: Bool { fifo == nil && super.isForgettable }

    override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        guard mode.kind == .fifo, let upper = overlay.upper else {
            return try real.open(path, flags: flags, for: caller)
        }
        let fifo: FIFO
        if let known = self.fifo { fifo = known } else { fifo = try FIFO(upper) }
        self.fifo = fifo
        return try fifo.open(path, flags: flags, for: caller)
    }
}
