import Credentials
import LinuxABI

/// A directory of a granted host tree.
final class HostDirectory: HostInode {
    /// A directory of this size, in bytes, has so many entries that listing them takes long.
    private static let longListing: Int64 = 32768

    override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        let host = try requireHost()
        host.sweepIfCrowded()
        let tree = host.tree, storage = host.storage
        let path = path.isEmpty ? name.bytes : self.path + [UInt8(ascii: "/")] + name.bytes
        if tree.changesRarely, host.missing.contains(path, now: host.now) { return nil }
        var found = tree.changesRarely ? storage.listedAttributes(tree, path) : nil
        if found == nil {
            found = try caller.ask(.attributes(tree, path), takesLong: isRemote) { (_) throws(Errno) in
                try storage.attributes(tree, path)
            }
        }
        guard let found else {
            if tree.changesRarely { host.missing.insert(path, now: host.now) }
            return nil
        }
        return try host.inode(path, found)
    }

    override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        let host = try requireHost()
        let tree = host.tree, storage = host.storage, path = path
        return try caller.ask(.entries(tree, path), takesLong: isRemote || size > Self.longListing) {
            (_) throws(Errno) in try storage.entries(tree, path)
        }
    }

    override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        DirectoryFile(path: path, flags: flags, credentials: caller.credentials)
    }

    override func create(
        _ name: Name, mode: FileMode, uid: KUID, gid: KGID, device: DeviceNumber, for caller: any Caller
    ) throws(Refusal) -> Inode { throw Refusal(.EROFS) }
    override func createUnnamed(
        mode: FileMode, uid: KUID, gid: KGID, for caller: any Caller
    ) throws(Refusal) -> Inode { throw Refusal(.EROFS) }
    override func symlink(
        _ name: Name, target: [UInt8], uid: KUID, gid: KGID, for caller: any Caller
    ) throws(Refusal) -> Inode { throw Refusal(.EROFS) }
    override func link(_ name: Name, to inode: Inode, for caller: any Caller) throws(Refusal) { throw Refusal(.EROFS) }
    override func remove(_ name: Name, inode: Inode, for caller: any Caller) throws(Refusal) { throw Refusal(.EROFS) }
    override func rename(
        _ name: Name, inode: Inode, to newParent: Inode, _ newName: Name, replacing: Inode?, exchange: Bool,
        for caller: any Caller
    ) throws(Refusal) { throw Refusal(.EROFS) }
}
