import Credentials
import LinuxABI

/// A file system's instance, a super block.
package class FileSystem {
    package internal(set) final var type: FileSystemType
    /// Behind the type's name in mountinfo, after a dot.
    package var subtype: Name?
    /// `f_type` of statfs(2).
    package let magic: UInt32
    /// `st_dev` of every inode here.
    package let device: DeviceNumber
    /// s_user_ns: the namespace in which this instance was mounted.
    package let userNamespace: UserNamespace
    /// SB_I_NODEV: device nodes cannot be opened. So it is wherever a user namespace has mounted (alloc_super).
    package var ignoresDevices: Bool
    /// SB_I_NOEXEC.
    package var ignoresExecution = false
    package var flags: SuperBlockFlags = []
    package final var isReadOnly: Bool { flags.contains(.readOnly) }
    /// How many open files of it can be written through.
    package internal(set) final var writeCount = 0
    /// Files without a name that somebody has open: they will be removed, which is a change (s_remove_count).
    package internal(set) final var removedCount = 0
    /// Whether it cannot become read-only now (sb_prepare_remount_readonly).
    package var hasWriters: Bool { writeCount > 0 || removedCount > 0 }
    /// The numbers of its private data files, which lie in one directory for all file systems of the sandbox.
    package final var privateFileNumbers: Range<UInt64> {
        let first = UInt64(device.minor) << 40
        return first..<first &+ 1 << 40
    }
    /// The dentry of the instance's root, whichever part of it a mount shows.
    package private(set) var rootDentry: Dentry?
    private var nextInode: UInt64
    /// How many mounts show it.
    package private(set) var mountCount = 0

    package init(
        type: FileSystemType, magic: UInt32, device: DeviceNumber, userNamespace: UserNamespace, firstInode: UInt64 = 1
    ) {
        self.type = type
        self.magic = magic
        self.device = device
        self.userNamespace = userNamespace
        ignoresDevices = !userNamespace.isInitial
        nextInode = firstInode
    }

    /// One whose type nobody mounts.
    package init(
        typeName: String, magic: UInt32, device: DeviceNumber, userNamespace: UserNamespace, firstInode: UInt64 = 1
    ) {
        type = FileSystemType(Name(typeName), .isInternal)
        self.magic = magic
        self.device = device
        self.userNamespace = userNamespace
        ignoresDevices = !userNamespace.isInitial
        nextInode = firstInode
    }

    /// The name of the type.
    package final var typeName: String { type.name.description }
    /// The type as mountinfo names it (show_type).
    package final var typeText: [UInt8] {
        guard let subtype else { return type.name.bytes }
        return type.name.bytes + [UInt8(ascii: ".")] + subtype.bytes
    }
    /// The options of the type, each behind a comma (show_options): `,size=4k,mode=700`.
    package var optionsText: [UInt8] { [] }

    // Whatever can reach an inode holds a mount, and so this object: nothing below is in use any more.
    deinit { rootDentry?.cutTree() }

    /// The root's dentry, made with `inode` at the first call.
    package func makeRoot(_ inode: @autoclosure () -> Inode) -> Dentry {
        if let rootDentry { return rootDentry }
        let dentry = Dentry(name: Name([]), parent: nil, inode: inode())
        rootDentry = dentry
        return dentry
    }

    /// How mountinfo names the part of it below `root`, where that is no path (show_path).
    package func shownRoot(_ root: Dentry) -> [UInt8]? { nil }

    func mounted(_ mount: Mount) { mountCount += 1 }
    func unmounted(_ mount: Mount) { mountCount -= 1 }

    /// What statfs(2) tells.
    package var statistics: FileSystemStatistics { FileSystemStatistics() }

    // MARK: Handles (struct export_operations)

    /// The name by which `find` finds `inode` again; nil where the file system gives out none.
    package func handle(of inode: Inode, _ dentry: Dentry) -> FileHandle? { nil }
    /// What `handle` names, if it still exists and `caller` may have it.
    package func find(_ handle: FileHandle, for caller: any Caller) throws(Refusal) -> Dentry? { nil }
    /// Who may open by handle here, with which flags.
    package func checkHandleUse(
        _ flags: OpenFlags, _ scope: inout HandleScope, for caller: any Caller
    ) throws(Refusal) { try caller.checkHandleUse(flags, &scope) }
    /// Opens what a handle led to.
    package func open(found path: Path, _ flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        try caller.open(found: path, flags)
    }

    package func allocateInode() -> UInt64 {
        defer { nextInode &+= 1 }
        return nextInode
    }
}

/// The counts of statfs(2); zero where there is nothing to count.
package struct FileSystemStatistics: Sendable {
    package var blockSize: Int64 = 4096
    package var blocks: UInt64 = 0
    package var freeBlocks: UInt64 = 0
    package var files: UInt64 = 0
    package var freeFiles: UInt64 = 0
    package init() {}
}
