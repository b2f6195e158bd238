import Credentials
import Kernel
import LinuxABI

/// Decoding that the file calls share.
extension Task {
    /// The path at a guest address; throws EFAULT or ENAMETOOLONG.
    func path(_ address: UInt64) throws(Refusal) -> [UInt8] { try memory.string(UserAddress(address)) }

    /// Where a relative `path` starts for a *at call: nil for the working directory. An absolute path does not look at
    /// the fd (path_init).
    func base(_ dirfd: UInt64, for path: [UInt8], allowsEmpty: Bool = false) throws(Refusal) -> Path? {
        // getname() is first: an empty path is nothing, whatever the fd.
        if path.isEmpty, !allowsEmpty { throw Refusal(.ENOENT) }
        let fd = Arguments.int(dirfd)
        if fd == AtFlags.workingDirectory || path.first == UInt8(ascii: "/") { return nil }
        return try files.file(fd).path
    }

    /// What a *at call's dirfd, path and flags name.
    func resolve(
        _ dirfd: UInt64, _ pathAddress: UInt64, _ flags: AtFlags, followsByDefault: Bool = true
    ) throws(Refusal) -> Path {
        // AT_EMPTY_PATH takes a null pointer for an empty path (getname_maybe_null).
        let isEmpty = flags.contains(.emptyPath) && pathAddress == 0
        let path = isEmpty ? [] : try path(pathAddress)
        let follows = followsByDefault ? !flags.contains(.symlinkNofollow) : flags.contains(.symlinkFollow)
        var options: LookupOptions = follows ? .follow : []
        if flags.contains(.emptyPath) { options.insert(.emptyPath) }
        return try lookup(path, from: try base(dirfd, for: path, allowsEmpty: flags.contains(.emptyPath)), options)
    }

    /// An open file that may be acted on: EBADF also for O_PATH (fdget).
    func openFile(_ fd: UInt64) throws(Refusal) -> OpenFile {
        let file = try files.file(Arguments.int(fd))
        if file.flags.contains(.path) { throw Refusal(.EBADF) }
        return file
    }

    /// A global ID for chown(2): −1 is nil, an unmapped one is refused.
    func newOwner(_ value: UInt64) throws(Refusal) -> KUID? {
        let uid = UID(Arguments.unsigned(value))
        if uid == .unchanged { return nil }
        guard let kuid = userNamespace.kuid(uid) else { throw Refusal(.chownUnmappedID) }
        return kuid
    }
    func newGroup(_ value: UInt64) throws(Refusal) -> KGID? {
        let gid = GID(Arguments.unsigned(value))
        if gid == .unchanged { return nil }
        guard let kgid = userNamespace.kgid(gid) else { throw Refusal(.chownUnmappedID) }
        return kgid
    }
}

/// AT_FDCWD as a register.
let workingDirectoryFD = UInt64(bitPattern: Int64(AtFlags.workingDirectory))
