import Credentials
import LinuxABI

/// A regular file of a tmpfs: its bytes are in a private data file.
final class TmpFile: TmpInode {
    private enum Content {
        /// A new file that nobody opened yet.
        case empty
        /// Bytes are in a file of the sandbox's own.
        case own(PrivateFile)
        /// Copied up by an overlay: bytes are those of the lower file until somebody wants to write.
        case lower(Inode)
    }
    private var content = Content.empty
    /// The modification time that was last set on the private file: while the host shows it, nobody wrote since.
    private var settledModified: Timestamp?
    /// The private file is marked, because who executes this file gets privileges: a write takes them away, and large ones
    /// are native.
    private var isMarked = false
    /// Somebody without CAP_FSETID has opened it for writing.
    private var strangerMayWrite = false

    /// The lower file's attributes are not here yet.
    private var lacksAttributes = false

    /// A new file has the bytes and the attributes of `file`.
    func borrow(from file: Inode) {
        content = .lower(file)
        lacksAttributes = true
    }

    override func takeLowerAttributes() {
        guard lacksAttributes, case .lower(let file) = content else { return }
        lacksAttributes = false
        copyAttributes(of: file)
    }
    var hasOwnBytes: Bool { if case .own = content { true } else { false } }

    override var allowsDirectAccess: Bool { true }
    override var isOnDisk: Bool { true }

    override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        let truncates = flags.contains(.truncate)
        if case .lower(let file) = content, !flags.writes, !truncates {
            return try file.open(path, flags: flags, for: caller)
        }
        let own = try makeOwn(keepingBytes: !truncates, for: caller)
        let storage = own.storage
        var opening = flags.subtracting([.create, .exclusive, .truncate])
        if path.keepsAccessTime { opening.insert(.noatime) }
        if truncates {
            try cut(own, to: 0, for: caller)
            touchChanged()
        }
        let settled = opening
        let host = try storageCall { () throws(Errno) in try storage.openPrivate(own.id, flags: settled) }
        let writing = flags.writes ? storage.writing(own.id) : nil
        if flags.writes, !caller.hasGlobally(.fsetid) { strangerMayWrite = true }
        return RegularFile(
            path: path, flags: flags, credentials: caller.credentials, backing: .owned(host), writing: writing,
            of: self)
    }

    override func reserve(_ range: Range<UInt64>) throws(Refusal) {
        guard case .own(let file) = content else { return }
        try storageCall { () throws(Errno) in try file.storage.reservePrivate(file.id, range) }
    }

    override var byteSource: BytesOfFile? {
        switch content {
        case .empty: return nil
        case .lower(let file): return file.byteSource
        case .own(let file):
            let size = (try? file.storage.privateAttributes(file.id))?.size ?? 0
            return BytesOfFile(question: .copyOwn(file.id), takesLong: size > BytesOfFile.longCopy) {
                () throws(Errno) in try file.storage.openPrivate(file.id, flags: [])
            }
        }
    }

    /// The private data file, made now if there is none, with the lower file's bytes if they are wanted.
    private func makeOwn(keepingBytes: Bool, for caller: any Caller) throws(Refusal) -> PrivateFile {
        if case .own(let file) = content { return file }
        let tmp = try requireTmp()
        let storage = tmp.storage, id = tmp.allocatePrivateFile()
        let file: PrivateFile
        if keepingBytes, let bytes = byteSource {
            let open = bytes.open
            file = try caller.ask(bytes.question, takesLong: bytes.takesLong) { (stop) throws(Errno) in
                try storage.createPrivate(id, copying: try open(), until: stop)
                return PrivateFile(id: id, storage: storage)
            }
        } else {
            try storageCall { () throws(Errno) in try storage.createPrivate(id, copying: nil, until: nil) }
            file = PrivateFile(id: id, storage: storage)
        }
        let accessed = accessed, modified = modified
        try storageCall { () throws(Errno) in
            try storage.setPrivateTimes(file.id, accessed: accessed, modified: modified)
        }
        settledModified = modified
        takeLowerAttributes()
        content = .own(file)
        privilegesChanged()
        return file
    }

    /// A file's blocks of so many bytes take long to be given back.
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
    override func refreshOwnership() {
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

    // MARK: Content and attributes

    override func watchedFile(for caller: any Caller) throws(Refusal) -> PrivateFile {
        try makeOwn(keepingBytes: true, for: caller)
    }

    override func truncate(to size: Int64, for caller: any Caller) throws(Refusal) {
        let own = try makeOwn(keepingBytes: size > 0, for: caller)
        try cut(own, to: size, for: caller)
        touchChanged()
    }

    override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        refreshOwnership()
        var attributes = FileAttributes(self)
        switch content {
        case .empty: break
        case .lower(let file):
            let lower = try file.attributes(for: caller)
            attributes.size = lower.size
            attributes.blocks = lower.blocks
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

    override func setAttributes(_ change: AttributeChange, for caller: any Caller) throws(Refusal) {
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
