import Credentials
import LinuxABI

/// A mount: a part of a file system attached at a place in a mount namespace (mount_namespaces(7), struct mount).
///
/// A namespace holds its mounts, and a mount those that sit on it; nobody else but open files, working directories and
/// roots holds one. See docs/ownership.md.
package final class Mount {
    /// Column 1 of mountinfo; given again when the mount is gone.
    package let id: Int32
    /// Never given twice; grows with age (STATX_MNT_ID_UNIQUE).
    package let uniqueID: UInt64
    package let fileSystem: FileSystem
    /// The part of the file system that shows.
    package let root: Dentry
    package internal(set) var flags: MountFlags
    package internal(set) var locks: MountLocks = []
    /// How IDs in the file system are seen through this mount; nil for as they are (mount_setattr(2), ID-mapped mounts).
    package internal(set) var idMap: MountIDMap?
    /// What it was called when it was mounted (mnt_devname); nil shows as `none`.
    package let source: Name?

    /// Nil for a namespace's root and for what is attached nowhere.
    package internal(set) weak var parent: Mount?
    /// Where it sits, in `parent`.
    package internal(set) var mountpoint: Dentry?
    /// Nil for the kernel's own mounts, and for what was unmounted.
    package internal(set) weak var namespace: MountNamespace?
    /// Tells the place of it in `mountpoint`, also when the parent is gone.
    private(set) var parentKey: ObjectIdentifier?
    /// Mounts that sit on this one, in the order in which they came.
    package internal(set) var children = OrderedMembers<Mount>()

    /// The peers to which changes here go, this mount among them; nil unless it is shared.
    package internal(set) var group: PeerGroup?
    var nextPeer: Mount?
    weak var previousPeer: Mount?
    /// From where changes come (a slave's master).
    package internal(set) weak var master: Mount?
    /// The mounts whose master this is, the newest first, in a chain.
    var firstSlave: Mount?
    var nextSlave: Mount?
    weak var previousSlave: Mount?
    package internal(set) var isUnbindable = false
    package var isShared: Bool { group != nil }

    /// umount2(2) with MNT_EXPIRE has seen it unused, and nobody used it since.
    package internal(set) var isExpiring = false
    /// Open files, roots, working directories and programs here: what makes umount2(2) say EBUSY.
    package internal(set) var useCount = 0
    /// Files were opened through this mount, or for writing: only then can memory map one.
    var hasOpenedFiles = false
    var hasOpenedWriters = false
    /// Open files that can be written through this mount (mnt_get_writers).
    package internal(set) var writeCount = 0

    let numbers: MountNumbers
    private let charge: Charge
    static let footprint = 560

    package init(
        _ numbers: MountNumbers, _ fileSystem: FileSystem, root: Dentry, flags: MountFlags = [], source: Name?,
        charge: consuming Charge
    ) {
        self.numbers = numbers
        id = numbers.allocateID()
        uniqueID = numbers.allocateUniqueID()
        self.fileSystem = fileSystem
        self.root = root
        self.flags = flags
        self.source = source
        self.charge = charge
        fileSystem.mounted(self)
        root.inode.used()
    }

    /// One of the kernel's own, which no guest asked for and no limit refuses.
    package convenience init(
        _ numbers: MountNumbers, _ fileSystem: FileSystem, root: Dentry, flags: MountFlags = [], source: Name
    ) {
        self.init(
            numbers, fileSystem, root: root, flags: flags, source: source,
            charge: Charge(overdrawing: fileSystem.userNamespace.budget, .namespaces, Self.footprint))
    }

    // Those that stayed on it after a lazy umount are let go (mntput of mnt_stuck_children), one after the other, as they may
    // have such as well.
    deinit {
        if !children.isEmpty {
            var stuck = Array(children)
            children = OrderedMembers()
            for child in stuck { child.detach() }
            numbers.letGo(of: &stuck)
        }
        root.inode.unused()
        fileSystem.unmounted(self)
        numbers.release(id)
    }

    package var isLocked: Bool { locks.contains(.place) }

    /// Whether nothing can be written through it now.
    package var isReadOnly: Bool { flags.contains(.readOnly) || fileSystem.isReadOnly }

    /// Sets what a mount is attached to, and tells the place of it (mnt_set_mountpoint and make_visible).
    func attach(to parent: Mount, at mountpoint: Dentry) {
        self.parent = parent
        self.mountpoint = mountpoint
        parentKey = ObjectIdentifier(parent)
        parent.children.append(self)
        mountpoint.add(self, of: parent)
    }

    /// Takes it from its place (umount_mnt).
    func detach() {
        guard let mountpoint, let parentKey else { return }
        mountpoint.removeMount(of: parentKey)
        parent?.children.remove(self)
        parent = nil
        self.parentKey = nil
        self.mountpoint = nil
    }

    /// This mount and all below it, parents before children (next_mnt).
    package var tree: [Mount] {
        var found: [Mount] = []
        var pending = [self]
        while let mount = pending.popLast() {
            found.append(mount)
            if !mount.children.isEmpty { pending.append(contentsOf: Array(mount.children).reversed()) }
        }
        return found
    }

    /// The mount that sits on `dentry` of this one (__lookup_mnt).
    package func child(on dentry: Dentry) -> Mount? { dentry.mount(of: self) }

    /// What was mounted over the root of this mount, and over that, up to the topmost (topmost_overmount).
    var topmost: Mount {
        var mount = self
        while let above = mount.child(on: mount.root) { mount = above }
        return mount
    }

    /// Whether `other` is this mount or mounted somewhere below it (mount_is_ancestor).
    func isAncestorOrSelf(of other: Mount) -> Bool {
        var walk: Mount? = other
        while let mount = walk {
            if mount === self { return true }
            walk = mount.parent
        }
        return false
    }

    /// has_locked_children(): whether something below `dentry` must not be uncovered.
    package func hasLockedChildren(below dentry: Dentry) -> Bool {
        var below = Descendants(of: dentry)
        return children.contains { child in
            child.isLocked && child.mountpoint.map { below.contains($0) } ?? false
        }
    }
}

/// Numbers for mounts and peer groups, for the whole kernel, and the list of what falls apart.
package final class MountNumbers {
    private var nextID: Int32 = 20
    private var freeIDs: [Int32] = []
    /// MNT_UNIQUE_ID_OFFSET.
    private var lastUniqueID: UInt64 = 1 << 31
    private var groups: [Int32] = []
    private var nextGroup: Int32 = 1
    package let devices = DeviceNumbers()
    private var dying: [Mount] = []
    private var isLettingGo = false

    package init() {}

    func allocateID() -> Int32 {
        if let free = freeIDs.popLast() { return free }
        defer { nextID &+= 1 }
        return nextID
    }
    func release(_ id: Int32) { freeIDs.append(id) }

    /// For file systems without a device.
    package func allocateDevice() -> DeviceNumber { devices.allocate() }

    func allocateUniqueID() -> UInt64 {
        lastUniqueID &+= 1
        return lastUniqueID
    }

    func allocateGroup() -> Int32 {
        if let free = groups.popLast() { return free }
        defer { nextGroup &+= 1 }
        return nextGroup
    }
    func releaseGroup(_ id: Int32) { groups.append(id) }

    /// Lets go of the mounts of a namespace that is no more. A mount may hold the last reference to another namespace, and so
    /// on for as long as a guest likes: one after the other, never one inside the other. So nobody else may still have them: the
    /// array is emptied first.
    func letGo(of mounts: inout [Mount]) {
        dying.append(contentsOf: mounts)
        mounts = []
        guard !isLettingGo else { return }
        isLettingGo = true
        while dying.popLast() != nil {}
        isLettingGo = false
    }
}
