import Credentials
import LinuxABI

/// A private data file; it goes when the last reference to it goes.
final class PrivateFile: Sendable {
    let id: UInt64
    let storage: any HostStorage

    init(id: UInt64, storage: any HostStorage) {
        self.id = id
        self.storage = storage
    }
    deinit { storage.removePrivate(id) }
}

/// A regular file.
package final class TreeFile: TreeInode {
    package override var allowsDirectAccess: Bool { true }

    private enum Content {
        /// Bytes are those of the lower file.
        case lower
        /// Bytes are in a file of the sandbox's own.
        case own(PrivateFile)
        /// A new file that nobody opened yet.
        case empty
    }
    private var content: Content
    /// Of the lower file; a private file is asked.
    private let lowerSize: Int64
    private let lowerBlocks: Int64
    /// The modification time that was last set on the private file: while the host shows it, nobody wrote since.
    private var settledModified: Timestamp?
    /// The private file is marked, because who executes this file gets privileges: a write takes them away, and large ones
    /// are native.
    private var isMarked = false
    /// Somebody without CAP_FSETID has opened it for writing.
    private var strangerMayWrite = false

    init(
        _ tree: TreeFileSystem, number: UInt64, mode: FileMode, uid: KUID, gid: KGID, lowerPath: [UInt8]?,
        size: Int64 = 0, blocks: Int64 = 0, charge: consuming Charge
    ) {
        content = lowerPath == nil ? .empty : .lower
        lowerSize = size
        lowerBlocks = blocks
        super.init(tree, number: number, mode: mode, uid: uid, gid: gid, lowerPath: lowerPath, charge: charge)
    }

    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        let tree = try requireTree()
        let needsOwn = flags.writes || flags.contains(.truncate)
        let host: HostFile
        var writing: AnyObject?
        if needsOwn || !isLower {
            let own = try makeOwn(keepingBytes: !flags.contains(.truncate), for: caller)
            var opening = flags.subtracting([.create, .exclusive, .truncate])
            if path.keepsAccessTime { opening.insert(.noatime) }
            if flags.contains(.truncate) {
                try cut(own, to: 0, for: caller)
                touchChanged()
            }
            host = try storageCall { () throws(Errno) in try tree.storage.openPrivate(own.id, flags: opening) }
            if flags.writes { writing = tree.storage.writing(own.id) }
        } else {
            guard let lowerPath, let lower = tree.lower else { throw Refusal(.EIO) }
            let storage = tree.storage, kept = flags.subtracting([.create, .exclusive])
            host = try caller.ask(.open(lower, lowerPath, kept), takesLong: isRemote) { (_) throws(Errno) in
                try storage.open(lower, lowerPath, flags: kept)
            }
        }
        if flags.writes, !caller.hasGlobally(.fsetid) { strangerMayWrite = true }
        return RegularFile(
            path: path, flags: flags, credentials: caller.credentials, backing: .owned(host), writing: writing)
    }

    /// fallocate(2) is about to give it these bytes, by an open file: throws ENOSPC where there is no room for them.
    package func reserve(_ range: Range<UInt64>) throws(Refusal) {
        guard case .own(let file) = content else { return }
        try storageCall { () throws(Errno) in try file.storage.reservePrivate(file.id, range) }
    }

    override var isUntouched: Bool { isLower && !isMarked && !strangerMayWrite }

    private var isLower: Bool {
        if case .lower = content { return true }
        return false
    }

    /// The private data file, made now if there is none, with the lower file's bytes if they are wanted.
    private func makeOwn(keepingBytes: Bool, for caller: any Caller) throws(Refusal) -> PrivateFile {
        if case .own(let file) = content { return file }
        let tree = try requireTree()
        let storage = tree.storage
        let file: PrivateFile
        if isLower, keepingBytes, let lowerPath, let lower = tree.lower {
            let isLong = isRemote || lowerSize > Self.longCopy
            let id = tree.allocatePrivateFile()
            file = try caller.ask(.copy(lower, lowerPath), takesLong: isLong) { (stop) throws(Errno) in
                let source = try storage.open(lower, lowerPath, flags: [])
                try storage.createPrivate(id, copying: source, until: stop)
                return PrivateFile(id: id, storage: storage)
            }
        } else {
            let id = tree.allocatePrivateFile()
            try storageCall { () throws(Errno) in try storage.createPrivate(id, copying: nil, until: nil) }
            file = PrivateFile(id: id, storage: storage)
        }
        let accessed = accessed, modified = modified
        try storageCall { () throws(Errno) in
            try storage.setPrivateTimes(file.id, accessed: accessed, modified: modified)
        }
        settledModified = modified
        content = .own(file)
        privilegesChanged()
        return file
    }

    /// A file of this size, in bytes, takes long to be copied, or its blocks to be given back.
    private static let longCopy: Int64 = 1 << 20
    private static let longCut: Int64 = 64 << 20

    private func cut(_ own: PrivateFile, to size: Int64, for caller: any Caller) throws(Refusal) {
        let there = try storageCall { () throws(Errno) in try own.storage.privateAttributes(own.id) }
        try caller.ask(.truncate(own.id), takesLong: there.blocks > Self.longCut / 512) { (_) throws(Errno) in
            try own.storage.truncatePrivate(own.id, to: size)
        }
    }

    // MARK: Privileges of a program that is written

    override func privilegesChanged() {
        guard case .own(let file) = content, lendsPrivileges else { return }
        if writeCount == 0 { strangerMayWrite = false }
        isMarked = (try? file.storage.markPrivate(file.id)) != nil
    }

    /// file_remove_privs(), for a write that nobody told of.
    package override func refreshOwnership() {
        guard isMarked, case .own(let file) = content,
            let host = try? file.storage.privateAttributes(file.id), !host.mode.isSetUserID
        else { return }
        isMarked = false
        let strangerWrote = strangerMayWrite
        removeCapabilities()
        // Whether a stranger to the group wrote is not known: without group execution the bit means locking, and stays.
        if strangerWrote { mode.permissions &= ~(mode.permissions & 0o010 != 0 ? 0o6000 : 0o4000) }
        privilegesChanged()
    }

    override func watchedFile(for caller: any Caller) throws(Refusal) -> PrivateFile {
        try makeOwn(keepingBytes: true, for: caller)
    }

    package override func truncate(to size: Int64, for caller: any Caller) throws(Refusal) {
        let own = try makeOwn(keepingBytes: size > 0, for: caller)
        try cut(own, to: size, for: caller)
        touchChanged()
    }

    package override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        refreshOwnership()
        var attributes = FileAttributes(self)
        switch content {
        case .empty: break
        case .lower:
            attributes.size = lowerSize
            attributes.blocks = lowerBlocks
        case .own(let file):
            let host = try storageCall { () throws(Errno) in try file.storage.privateAttributes(file.id) }
            attributes.size = host.size
            attributes.blocks = host.blocks
            attributes.accessed = host.accessed
            attributes.modified = host.modified
            if host.modified != settledModified, changed < host.modified { attributes.changed = host.modified }
        }
        return attributes
    }

    package override func setAttributes(_ change: AttributeChange, for caller: any Caller) throws(Refusal) {
        if case .own(let file) = content, change.accessed != nil || change.modified != nil {
            try storageCall { () throws(Errno) in
                try file.storage.setPrivateTimes(file.id, accessed: change.accessed, modified: change.modified)
            }
            if let modified = change.modified { settledModified = modified }
        }
        apply(change)
        if change.permissions != nil { privilegesChanged() }
    }
}
