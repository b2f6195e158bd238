import Credentials
import LinuxABI

/// A file of any type, without its name (inode(7)). File systems subclass it and override what they support; what
/// they leave fails as Linux' defaults do.
///
/// Permission is checked by the VFS before these methods run; they hold the file system's own rules only.
package class Inode {
    package unowned let fileSystem: FileSystem
    package let number: UInt64
    package var mode: FileMode
    package var uid: KUID
    package var gid: KGID
    /// Found in a granted tree and charged to the caches: it can be let go while it is as it was found.
    package internal(set) final var isCached = false
    /// Made by O_TMPFILE and without a name so far: it may get one all the same (I_LINKABLE).
    package internal(set) final var isLinkable = false
    /// The file system counts it as one that is removed and in use.
    final var countsAsRemoved = false
    private final var hint: UInt8 = 0
    package var device = DeviceNumber(major: 0, minor: 0)
    /// Lists of `hasAccessLists`; nil where the mode says all, and for new files nothing is said.
    private final var lists: Lists?
    /// Advisory locks; nil while there are none.
    package internal(set) final var locks: FileLocks?
    // Numbers of four bytes lie in the room that times leave.
    package var accessed = Timestamp()
    package var linkCount: UInt32 = 1
    package var modified = Timestamp()
    /// Descriptions open for writing, and programs that run from this file: the two exclude each other (i_writecount).
    package internal(set) final var writeCount: Int32 = 0
    package var changed = Timestamp()
    package internal(set) final var denyWriteCount: Int32 = 0
    /// Open file descriptions, mounts that show it, roots and working directories.
    final var openCount: Int32 = 0

    package init(_ fileSystem: FileSystem, number: UInt64, mode: FileMode, uid: KUID, gid: KGID) {
        self.fileSystem = fileSystem
        self.number = number
        self.mode = mode
        self.uid = uid
        self.gid = gid
    }

    /// What stat(2) tells, with global IDs. Override when size or ownership are computed.
    package func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        FileAttributes(self)
    }
    /// The mode and owner that permission checks use now; override where they depend on a task (procfs).
    package func refreshOwnership() {}
    /// A directory in which there will never be anything, so that a mount on it hides nothing (is_empty_dir_inode).
    package var isPermanentlyEmpty: Bool { false }
    /// Whether nothing can be mounted on it, since it comes and goes with what it shows (dont_mount).
    package var refusesMounts: Bool { false }
    /// What the file system has to say in a permission check, after refreshOwnership.
    package func permission(_ wanted: Access, for caller: any Caller) -> PermissionAnswer { .ordinary }

    // MARK: Directories

    /// The child's inode, or nil when there is none.
    package func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        throw Refusal(.ENOTDIR)
    }
    /// False when a lookup's answer must not be remembered (procfs).
    package var cachesLookups: Bool { true }
    /// Where lookups are not remembered: the dentry of that name which somebody has, and one more of which that is said.
    package func livingDentry(_ name: Name) -> Dentry? { nil }
    package func rememberWhileLiving(_ dentry: Dentry) {}
    /// Whether `other`, which a later lookup found under the same name, is the same file.
    package func isSame(as other: Inode) -> Bool { self === other }
    /// All entries but `.` and `..`, in readdir's order.
    package func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] { throw Refusal(.ENOTDIR) }
    /// Whether the names that `entries` returns are kept in the directory as well, and take no memory of their own.
    package var listingSharesNames: Bool { false }
    /// Makes a regular file, directory, FIFO, socket or device; owner and mode are settled by the VFS.
    package func create(
        _ name: Name, mode: FileMode, uid: KUID, gid: KGID, device: DeviceNumber, for caller: any Caller
    ) throws(Refusal) -> Inode { throw Refusal(.EPERM) }
    /// Makes a regular file that has no name (O_TMPFILE).
    package func createUnnamed(
        mode: FileMode, uid: KUID, gid: KGID, for caller: any Caller
    ) throws(Refusal) -> Inode { throw Refusal(.EOPNOTSUPP) }
    package func symlink(
        _ name: Name, target: [UInt8], uid: KUID, gid: KGID, for caller: any Caller
    ) throws(Refusal) -> Inode { throw Refusal(.EPERM) }
    package func link(_ name: Name, to inode: Inode, for caller: any Caller) throws(Refusal) { throw Refusal(.EPERM) }
    /// Removes a name; for a directory the file system checks emptiness (ENOTEMPTY).
    package func remove(_ name: Name, inode: Inode, for caller: any Caller) throws(Refusal) { throw Refusal(.EPERM) }
    /// Moves `name` here to `newName` in `newParent` of the same file system, replacing what is there.
    package func rename(
        _ name: Name, inode: Inode, to newParent: Inode, _ newName: Name, replacing: Inode?, exchange: Bool,
        for caller: any Caller
    ) throws(Refusal) { throw Refusal(.EPERM) }

    /// Flags of renameat2(2) that `rename` and its caller carry out here; others are EINVAL.
    package var renameFlags: RenameFlags { [.noReplace, .exchange] }

    // MARK: Links

    /// The text of a symbolic link.
    package func readLink(for caller: any Caller) throws(Refusal) -> [UInt8] { throw Refusal(.EINVAL) }
    /// Where following leads directly, for links that are more than text (/proc/[pid]/ns/*, fd/*); nil follows the text.
    package func followLink(for caller: any Caller) throws(Refusal) -> Path? { nil }

    // MARK: Content and attributes

    private static let capabilities: Name = "security.capability"

    /// Whether who executes it gets privileges: set-ID bits or file capabilities.
    package final var lendsPrivileges: Bool {
        mode.rawValue & 0o6000 != 0 || attribute(Self.capabilities) != nil
    }

    final func removeCapabilities() {
        // Removing needs no room.
        if attribute(Self.capabilities) != nil { try? setAttribute(Self.capabilities, nil) }
    }

    /// What a dentry charges for the inode behind it; 0 where the inode charges for itself.
    package var footprint: Int { 288 }

    /// Whether it can be let go and found again, as its file system says all that there is to know of it.
    package var isForgettable: Bool { false }

    private final class Lists {
        var access: AccessControlList?
        let defaults: AccessControlList?
        let charge: SharedCharge

        init(_ access: AccessControlList?, _ defaults: AccessControlList?, _ charge: SharedCharge) {
            self.access = access
            self.defaults = defaults
            self.charge = charge
        }
    }

    package final var accessList: AccessControlList? { lists?.access }
    package final var defaultAccessList: AccessControlList? { lists?.defaults }
    final var hasLists: Bool { lists != nil }

    /// Gives the inode lists in place of what it has, and charges for them.
    func setLists(_ access: AccessControlList?, _ defaults: AccessControlList?) throws(Refusal) {
        let bytes = Self.footprint(access, defaults)
        lists =
            bytes == 0
            ? nil : Lists(access, defaults, try SharedCharge(fileSystem.userNamespace.budget, .attributes, bytes))
    }

    /// What a new file has from its directory.
    func inheritLists(_ access: AccessControlList?, _ defaults: AccessControlList?) {
        let budget = fileSystem.userNamespace.budget
        lists = Lists(
            access, defaults, SharedCharge(overdrawing: budget, .attributes, Self.footprint(access, defaults)))
    }

    /// An overlay's inode shows those of a layer's.
    final func copyLists(of other: Inode) { lists = other.lists.map { Lists($0.access, $0.defaults, $0.charge) } }

    final func copyTimes(of other: Inode) {
        accessed = other.accessed
        modified = other.modified
        changed = other.changed
    }

    private static func footprint(_ access: AccessControlList?, _ defaults: AccessControlList?) -> Int {
        let count = (access?.entries.count ?? 0) + (defaults?.entries.count ?? 0)
        return Footprint.array(count, stride: MemoryLayout<AccessControlList.Entry>.stride)
    }

    /// Somebody uses it from here on.
    final func used() { openCount &+= 1 }

    /// One use less. What has neither name nor use is gone.
    final func unused() {
        openCount &-= 1
        guard countsAsRemoved, openCount == 0 else { return }
        countsAsRemoved = false
        fileSystem.removedCount -= 1
    }

    /// A name of it is gone, or never was.
    package final func linkRemoved() {
        guard linkCount == 0, openCount > 0, !countsAsRemoved else { return }
        countsAsRemoved = true
        fileSystem.removedCount += 1
    }

    /// The set-ID bits have gone.
    func privilegesDropped() {}

    /// Opens; the permission check has passed. `path` is kept by the open file.
    package func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        throw Refusal(.ENXIO)
    }
    package func truncate(to size: Int64, for caller: any Caller) throws(Refusal) { throw Refusal(.EINVAL) }
    /// Whether its bytes are in a file of the host's whose size `attributes` tells, and which grows by the sentry's hand.
    package var isOnDisk: Bool { false }
    /// fallocate(2) is about to give it these bytes, by an open file: throws ENOSPC where there is no room for them.
    package func reserve(_ range: Range<UInt64>) throws(Refusal) {}
    /// Its bytes, for who copies them; nil where there are none.
    var byteSource: BytesOfFile? { nil }
    /// Whether inotify(7) may watch it.
    package var isWatchable: Bool { false }
    /// inotify_add_watch(2) on the host's `instance`; returns the watch's number.
    package func watch(
        with instance: HostFile, mask: UInt32, for caller: any Caller
    ) throws(Refusal) -> Int32 { throw Refusal(.EACCES) }
    /// Sets mode, owner or times; rules were checked by the VFS. Overridden to refuse (procfs, nsfs: EPERM).
    package func setAttributes(_ change: AttributeChange, for caller: any Caller) throws(Refusal) {
        apply(change)
    }
    /// Why nothing about it but the time of its last change can be changed (S_IMMUTABLE).
    package var immutability: Refusal? { nil }
    package final func apply(_ change: AttributeChange) {
        if let permissions = change.permissions {
            mode.permissions = permissions
            lists?.access?.setPermissions(permissions)
        }
        if let uid = change.uid { self.uid = uid }
        if let gid = change.gid { self.gid = gid }
        if let accessed = change.accessed { self.accessed = accessed }
        if let modified = change.modified { self.modified = modified }
        if let changed = change.changed { self.changed = changed }
    }

    /// O_DIRECT: whether reads and writes may go past the page cache (FMODE_CAN_ODIRECT).
    package var allowsDirectAccess: Bool { false }

    /// Why mode, owner and times never change here, whoever asks (an i_op->setattr that only refuses); nil where they do.
    package var attributesRefusal: Refusal? { nil }

    /// Whether there can be an attribute of this name at all (the file system's xattr handlers).
    package func keepsExtendedAttribute(_ name: Name) -> Bool { false }
    /// F_SET_RW_HINT, remembered only.
    package final var writeHint: UInt64 {
        get { UInt64(hint) }
        set { hint = UInt8(clamping: newValue) }
    }
    /// The extended attribute of that full name (xattr(7)); nil where it is not set.
    package func attribute(_ name: Name) -> [UInt8]? { nil }
    /// The names of those that are set, in no order.
    package var attributeNames: [Name] { [] }
    /// Sets an extended attribute, or removes it.
    package func setAttribute(_ name: Name, _ value: [UInt8]?) throws(Refusal) { throw Refusal(.EOPNOTSUPP) }
    /// Whether the file system keeps access control lists here (EOPNOTSUPP).
    package var hasAccessLists: Bool { false }
    /// Whether security modules, and with them the rules for security.*, leave it alone (S_PRIVATE).
    package var isPrivate: Bool { false }
    /// Whether it remembers when it was last read.
    package var keepsAccessTimes: Bool { false }
    /// Whether it has flags such as FS_IMMUTABLE_FL (i_op->fileattr_get).
    package var hasFileFlags: Bool { false }
    /// The namespace behind an nsfs inode.
    package var namespace: (any Namespace)? { nil }
}

/// Seconds and nanoseconds since 1970-01-01 UTC.
package struct Timestamp: Hashable, Comparable, Sendable {
    package var seconds: Int64 = 0
    /// 0...999_999_999.
    package var nanoseconds: UInt32 = 0
    package init(seconds: Int64 = 0, nanoseconds: UInt32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }
    package static func < (a: Timestamp, b: Timestamp) -> Bool {
        a.seconds != b.seconds ? a.seconds < b.seconds : a.nanoseconds < b.nanoseconds
    }
}

package struct DirectoryEntry {
    package let name: Name
    package let inode: UInt64
    package let kind: FileKind
    package init(name: Name, inode: UInt64, kind: FileKind) {
        self.name = name
        self.inode = inode
        self.kind = kind
    }
}

/// What stat(2) tells of an inode, IDs still global.
package struct FileAttributes {
    package var device: DeviceNumber
    package var inode: UInt64
    package var mode: FileMode
    package var linkCount: UInt32
    package var uid: KUID
    package var gid: KGID
    package var rdev: DeviceNumber
    /// Bytes.
    package var size: Int64 = 0
    package var blockSize: Int64 = 4096
    /// In units of 512 bytes.
    package var blocks: Int64 = 0
    package var accessed: Timestamp
    package var modified: Timestamp
    package var changed: Timestamp

    package init(_ inode: Inode) {
        device = inode.fileSystem.device
        self.inode = inode.number
        mode = inode.mode
        linkCount = inode.linkCount
        uid = inode.uid
        gid = inode.gid
        rdev = inode.device
        accessed = inode.accessed
        modified = inode.modified
        changed = inode.changed
    }
}

package struct AttributeChange {
    /// 0...0o7777.
    package var permissions: UInt32?
    package var uid: KUID?
    package var gid: KGID?
    package var accessed: Timestamp?
    package var modified: Timestamp?
    package var changed: Timestamp?
    package init() {}
}
