import Credentials
import LinuxABI

/// A file's name within its file system that is no path: what name_to_handle_at(2) gives out.
package struct FileHandle: Hashable, Sendable {
    /// FILEID_*, 0...0xff.
    package var type: Int32
    /// At most 128.
    package var bytes: [UInt8]

    package init(type: Int32, bytes: [UInt8]) {
        self.type = type
        self.bytes = bytes
    }

    /// Little-endian words, 64 bits first.
    package init(type: Int32, _ long: UInt64, _ words: UInt32...) {
        self.type = type
        bytes = LittleEndian.bytes(long) + LittleEndian.bytes(words)
    }

    package func long(at offset: Int) -> UInt64? { load(offset) }
    package func word(at offset: Int) -> UInt32? { load(offset) }

    private func load<T: FixedWidthInteger>(_ offset: Int) -> T? {
        guard offset + MemoryLayout<T>.size <= bytes.count else { return nil }
        return LittleEndian.load(bytes, offset)
    }

    /// generic_encode_ino32's successor for AT_HANDLE_FID: it tells files apart and cannot be opened.
    package static func identifying(_ inode: Inode) -> FileHandle { FileHandle(type: 0x81, inode.number, 0) }
}

/// What an open by handle has to look at beyond the file itself (struct handle_to_path_ctx).
package struct HandleScope {
    /// Where the walk down to the file would begin: the place that stands for its mount.
    package let anchor: Path
    /// Only directories can be named.
    package var isDirectoryOnly = false
    /// The file must be below `anchor`.
    package var isSubtree = false
    /// The caller's namespace must number the owners of the file and of all directories above it.
    package var needsMappedOwners = false

    package init(anchor: Path) { self.anchor = anchor }

    /// vfs_dentry_acceptable().
    package func accepts(_ dentry: Dentry, for caller: any Caller) -> Bool {
        if isDirectoryOnly, !dentry.inode.mode.isDirectory { return false }
        guard isSubtree || needsMappedOwners else { return true }
        let namespace = caller.credentials.userNamespace, context = anchor.access(for: caller)
        var walk: Dentry? = dentry
        while let here = walk {
            here.inode.refreshOwnership()
            // privileged_wrt_inode_uidgid()
            guard namespace.uid(context.owner(of: here.inode)) != nil,
                namespace.gid(context.group(of: here.inode)) != nil
            else { return false }
            if here === anchor.dentry { return true }
            walk = here.parent
        }
        return !isSubtree
    }
}

extension Caller {
    /// may_decode_fh(): handles lead past all directories above, so they are for who may read everything, or could
    /// mount the file system, or could mount the part of it elsewhere that lies below the anchor.
    func checkHandleUse(_ flags: OpenFlags, _ scope: inout HandleScope) throws(Refusal) {
        if hasGlobally(.dacReadSearch) { return }
        guard flags.contains(.directory) else { throw Refusal(.handleNeedsReadSearch) }
        let mount = scope.anchor.mount
        if !credentials.has(.sysAdmin, over: mount.fileSystem.userNamespace) {
            guard let owner = mount.namespace?.owner, credentials.has(.sysAdmin, over: owner),
                !mount.hasLockedChildren(below: scope.anchor.dentry)
            else { throw Refusal(.handleNeedsReadSearch) }
            scope.isSubtree = true
        }
        guard credentials.effective.has(.dacReadSearch) else { throw Refusal(.handleNeedsReadSearch) }
        scope.needsMappedOwners = true
        scope.isDirectoryOnly = true
    }
}
