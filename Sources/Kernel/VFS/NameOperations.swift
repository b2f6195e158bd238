import Credentials
import LinuxABI

/// Making, removing and moving names: the second half of fs/namei.c.
extension Caller {
    /// Makes a file of `mode`, less the umask, in `parent`, with the caller as owner; permission was checked.
    func makeChild(
        _ name: Name, in parent: Path, _ mode: FileMode, device: DeviceNumber = DeviceNumber(major: 0, minor: 0)
    ) throws(Refusal) -> Path {
        let new = try parent.newInodeAttributes(of: mode, umask: fs.umask, for: self)
        let inode = try parent.inode.create(
            name, mode: new.mode, uid: new.uid, gid: new.gid, device: device, for: self)
        new.complete(inode)
        return adopt(name, inode, in: parent)
    }

    func adopt(_ name: Name, _ inode: Inode, in parent: Path) -> Path {
        let dentry = Dentry(name: name, parent: parent.dentry, inode: inode)
        if parent.inode.cachesLookups { parent.dentry.add(dentry) }
        return Path(mount: parent.mount, dentry: dentry)
    }

    /// filename_create(): the place for a new name, which must not exist.
    private func newPlace(
        _ path: [UInt8], from base: Path?, isDirectory: Bool
    ) throws(Refusal) -> (parent: Path, name: Name) {
        var walk = PathWalk(self, from: base)
        let last = try walk.walkToParent(path)
        guard last.kind == .normal else { throw Refusal(.EEXIST) }
        if try walk.entry(last.name) != nil { throw Refusal(.EEXIST) }
        // Nothing can be looked up for a new name in a directory that was removed (IS_DEADDIR).
        if walk.current.dentry.isUnlinked { throw Refusal(.ENOENT) }
        if last.hasTrailingSlash, !isDirectory { throw Refusal(.ENOENT) }
        try walk.current.checkWritable()
        return (walk.current, last.name)
    }

    /// mkdir(2).
    package func makeDirectory(_ path: [UInt8], from base: Path? = nil, permissions: UInt32) throws(Refusal) {
        let (parent, name) = try newPlace(path, from: base, isDirectory: true)
        try parent.checkCreate(for: self)
        // vfs_mkdir: of the special bits only the sticky one can be given.
        _ = try makeChild(name, in: parent, FileMode(.directory, permissions & 0o1777))
    }

    /// mknod(2).
    package func makeNode(
        _ path: [UInt8], from base: Path? = nil, mode: FileMode, device: DeviceNumber
    ) throws(Refusal) -> Path {
        let (parent, name) = try newPlace(path, from: base, isDirectory: false)
        try parent.checkCreate(for: self)
        let isDevice = mode.kind == .character || mode.kind == .block
        // A character device 0:0 is a whiteout, which anybody may make.
        let isWhiteout = mode.kind == .character && device == DeviceNumber(major: 0, minor: 0)
        if isDevice, !isWhiteout, !hasGlobally(.mknod) { throw Refusal(.mknodDevice) }
        return try makeChild(name, in: parent, mode, device: device)
    }

    /// symlink(2).
    package func makeSymlink(_ target: [UInt8], at path: [UInt8], from base: Path? = nil) throws(Refusal) {
        if target.isEmpty { throw Refusal(.ENOENT) }
        let (parent, name) = try newPlace(path, from: base, isDirectory: false)
        try parent.checkCreate(for: self)
        let new = try parent.newInodeAttributes(of: FileMode(.symlink, 0o777), umask: 0, for: self)
        let inode = try parent.inode.symlink(name, target: target.compact, uid: new.uid, gid: new.gid, for: self)
        _ = adopt(name, inode, in: parent)
    }

    /// link(2): a second name for `old`.
    package func makeLink(to old: Path, at path: [UInt8], from base: Path? = nil) throws(Refusal) {
        let (parent, name) = try newPlace(path, from: base, isDirectory: false)
        if old.mount !== parent.mount { throw Refusal(.EXDEV) }
        let inode = old.inode
        try old.checkLinkSource(for: self)
        try parent.checkCreate(for: self)
        if old.mount.fileSystem !== parent.mount.fileSystem { throw Refusal(.EXDEV) }
        if inode.mode.isDirectory { throw Refusal(.linkDirectory) }
        // Only a file from O_TMPFILE may get a name when it has none (I_LINKABLE).
        if inode.linkCount == 0, !inode.isLinkable { throw Refusal(.ENOENT) }
        try parent.inode.link(name, to: inode, for: self)
        inode.isLinkable = false
        _ = adopt(name, inode, in: parent)
    }

    /// unlink(2).
    package func unlink(_ path: [UInt8], from base: Path? = nil) throws(Refusal) {
        var walk = PathWalk(self, from: base)
        let last = try walk.walkToParent(path)
        let parent = walk.current
        guard last.kind == .normal else { throw Refusal(.unlinkDirectory) }
        try parent.checkWritable()
        guard let victim = try walk.entry(last.name) else { throw Refusal(.ENOENT) }
        if last.hasTrailingSlash {
            throw victim.inode.mode.isDirectory ? Refusal(.unlinkDirectory) : Refusal(.ENOTDIR)
        }
        try parent.checkDelete(victim, isDirectory: false, for: self)
        if victim.isMountpoint(in: mountNamespace) { throw Refusal(.directoryBusy) }
        try parent.inode.remove(last.name, inode: victim.inode, for: self)
        victim.unlink()
        victim.detachMounts()
    }

    /// rmdir(2).
    package func removeDirectory(_ path: [UInt8], from base: Path? = nil) throws(Refusal) {
        var walk = PathWalk(self, from: base)
        let last = try walk.walkToParent(path)
        let parent = walk.current
        switch last.kind {
        case .dotDot: throw Refusal(.ENOTEMPTY)
        case .dot: throw Refusal(.EINVAL)
        case .root: throw Refusal(.directoryBusy)
        case .normal: break
        }
        try parent.checkWritable()
        guard let victim = try walk.entry(last.name) else { throw Refusal(.ENOENT) }
        try parent.checkDelete(victim, isDirectory: true, for: self)
        if victim.isMountpoint(in: mountNamespace) { throw Refusal(.directoryBusy) }
        try parent.inode.remove(last.name, inode: victim.inode, for: self)
        victim.unlink()
        victim.detachMounts()
    }
}

extension Caller {
    /// path_init(), LOOKUP_LINKAT_EMPTY: naming a file by fd alone is for who opened it, and for those who may read
    /// everything of the opener's.
    package func checkLink(toOpen file: OpenFile) throws(Refusal) {
        let opener = file.credentials
        if opener !== credentials, !credentials.has(.dacReadSearch, over: opener.userNamespace) {
            throw Refusal(.ENOENT)
        }
    }
}
