import Credentials
import LinuxABI

/// open(2)'s request, decoded and checked for nonsense.
package struct OpenRequest {
    package var flags: OpenFlags
    /// Of a new file, before the umask: 0...0o7777.
    package var mode: UInt32
    /// RESOLVE_* of openat2(2).
    package var resolve: LookupOptions
    package init(flags: OpenFlags, mode: UInt32 = 0, resolve: LookupOptions = []) {
        self.flags = flags
        self.mode = mode
        self.resolve = resolve
    }
}

extension OpenFlags {
    /// MAY_READ and MAY_WRITE as open checks them: truncation writes, access mode 3 is both.
    fileprivate var access: Access {
        var access: Access = []
        if reads || rawValue & Self.accessMask == 3 { access.insert(.read) }
        if writes || contains(.truncate) { access.insert(.write) }
        return access
    }
}

extension Caller {
    /// do_filp_open(): finds or makes the file, checks permission and opens it.
    package func open(_ path: [UInt8], from base: Path? = nil, _ request: OpenRequest) throws(Refusal) -> OpenFile {
        let flags = request.flags
        var options = request.resolve
        if flags.contains(.directory) { options.insert(.directory) }
        if flags.contains(.path) {
            if !flags.contains(.nofollow) { options.insert(.follow) }
            let found = try lookup(path, from: base, options)
            return PathFile(path: found, flags: flags, credentials: credentials)
        }
        if flags.contains(.tmpfileBit) { return try openUnnamed(path, from: base, request, options) }
        if flags.contains(.create) { return try openOrCreate(path, from: base, request, options) }
        if !flags.contains(.nofollow) { options.insert(.follow) }
        return try finishOpen(try lookup(path, from: base, options), flags)
    }

    /// Opens a place that is found already (file_open_root with an empty path).
    package func open(found place: Path, _ flags: OpenFlags) throws(Refusal) -> OpenFile {
        if flags.contains(.tmpfileBit), !flags.writes { throw Refusal(.EINVAL) }
        if flags.contains(.directory), flags.contains(.create) { throw Refusal(.EINVAL) }
        var options: LookupOptions = .emptyPath
        if flags.contains(.directory) { options.insert(.directory) }
        let found = try lookup([], from: place, options)
        if flags.contains(.path) {
            return PathFile(path: found, flags: flags.subtracting(.closeOnExec), credentials: credentials)
        }
        if flags.contains(.tmpfileBit) { return try openUnnamed([], from: place, OpenRequest(flags: flags), options) }
        if flags.contains(.create) {
            if flags.contains(.exclusive) { throw Refusal(.EEXIST) }
            if found.inode.mode.isDirectory { throw Refusal(.EISDIR) }
        }
        return try finishOpen(found, flags)
    }

    /// Opens what was found: may_open() and what surrounds it.
    package func finishOpen(_ path: Path, _ flags: OpenFlags) throws(Refusal) -> OpenFile {
        var flags = flags
        let inode = path.inode
        // open(2): O_TRUNC on a read-only mount fails before permission is looked at.
        if flags.contains(.truncate), inode.mode.isRegular { try path.checkWritable() }
        switch inode.mode.kind {
        case .symlink: throw Refusal(.ELOOP)
        case .directory:
            if flags.access.contains(.write) { throw Refusal(.EISDIR) }
        case .character, .block:
            if path.forbidsDevices { throw Refusal(.fileDeviceOnNodev) }
            flags.subtract(.truncate)
        case .fifo, .socket: flags.subtract(.truncate)
        case .regular: break
        }
        try path.check(flags.access, for: self)
        if flags.contains(.noatime), !path.access(for: self).isOwnerOrCapable(of: inode) {
            throw Refusal(.noatimeNotOwner)
        }
        if flags.writes, inode.mode.isRegular || inode.mode.isDirectory { try path.checkWritable() }
        return try openChecked(path, flags)
    }

    private func openChecked(_ path: Path, _ flags: OpenFlags) throws(Refusal) -> OpenFile {
        // get_write_access(): a running program's file does not change.
        if flags.writes || flags.contains(.truncate), path.inode.denyWriteCount > 0 { throw Refusal(.ETXTBSY) }
        if flags.contains(.truncate) { path.removePrivileges(writtenBy: self) }
        let file = try path.inode.open(path, flags: flags, for: self)
        if flags.contains(.direct), !path.inode.allowsDirectAccess { throw Refusal(.EINVAL) }
        file.flags.subtract([.create, .exclusive, .noctty, .truncate, .closeOnExec])
        return file
    }

    private func openOrCreate(
        _ path: [UInt8], from base: Path?, _ request: OpenRequest, _ options: LookupOptions
    ) throws(Refusal) -> OpenFile {
        let flags = request.flags
        var walk = PathWalk(self, from: base, options: options)
        var last = try walk.walkToParent(path)
        while true {
            // `.`, `..`, `/` and names with a slash behind them are directories, which O_CREAT does not make.
            if last.kind != .normal {
                if flags.contains(.exclusive) { throw Refusal(.EEXIST) }
                throw Refusal(.EISDIR)
            }
            if last.hasTrailingSlash { throw Refusal(.EISDIR) }
            guard let child = try walk.child(last.name) else {
                return try create(last.name, in: walk.current, request)
            }
            if flags.contains(.exclusive) { throw Refusal(.EEXIST) }
            guard child.inode.mode.isSymlink else { return try openExisting(child, in: walk.current, flags) }
            if flags.contains(.nofollow) { throw Refusal(.ELOOP) }
            let directory = walk.current
            guard let next = try walk.followToParent(child) else {
                return try openExisting(walk.current, in: directory, flags)
            }
            last = next
        }
    }

    private func openExisting(_ path: Path, in directory: Path, _ flags: OpenFlags) throws(Refusal) -> OpenFile {
        if path.inode.mode.isDirectory { throw Refusal(.EISDIR) }
        try directory.checkCreateOpens(path, for: self)
        return try finishOpen(path, flags)
    }

    private func create(_ name: Name, in parent: Path, _ request: OpenRequest) throws(Refusal) -> OpenFile {
        try parent.checkWritable()
        try parent.checkCreate(for: self)
        let path = try makeChild(name, in: parent, FileMode(.regular, request.mode))
        // Whoever made the file may open it, whatever its mode says.
        let file = try openChecked(path, request.flags.subtracting(.truncate))
        file.isNew = true
        return file
    }

    private func openUnnamed(
        _ path: [UInt8], from base: Path?, _ request: OpenRequest, _ options: LookupOptions
    ) throws(Refusal) -> OpenFile {
        let follow: LookupOptions = request.flags.contains(.nofollow) ? [] : .follow
        let parent = try lookup(path, from: base, options.union([follow, .directory]))
        try parent.checkWritable()
        if parent.access(for: self).newOwners(in: parent.mount.fileSystem) == nil {
            throw Refusal(.fileCreateUnmappedID)
        }
        try parent.check([.write, .execute], for: self)
        let mode = FileMode(.regular, request.mode)
        let new = try parent.newInodeAttributes(of: mode, umask: fs.umask, for: self)
        let inode = try parent.inode.createUnnamed(mode: new.mode, uid: new.uid, gid: new.gid, for: self)
        new.complete(inode)
        // O_EXCL: it never gets a name (vfs_tmpfile).
        inode.isLinkable = !request.flags.contains(.exclusive)
        let dentry = Dentry(name: Name("#\(inode.number)"), parent: parent.dentry, inode: inode)
        dentry.unlink()
        let unnamed: OpenFlags = [.tmpfileBit, .directory]
        let file = try openChecked(
            Path(mount: parent.mount, dentry: dentry),
            request.flags.subtracting(unnamed.union(.truncate)))
        file.flags.formUnion(unnamed)
        inode.linkRemoved()
        return file
    }
}
