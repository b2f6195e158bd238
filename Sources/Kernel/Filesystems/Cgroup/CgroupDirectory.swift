import Credentials
import LinuxABI

/// A control group's directory: its files, and the groups below it.
package final class CgroupDirectory: Inode, CgroupMembersFile {
    /// Nil when the group was removed.
    package private(set) weak var cgroup: Cgroup?
    /// Those that somebody has looked at, as their owners and modes can be changed.
    private var files: [Name: Inode] = [:]
    private let creator: (uid: KUID, gid: KGID)

    init(_ fileSystem: FileSystem, _ cgroup: Cgroup, _ mode: FileMode, uid: KUID, gid: KGID, number: UInt64? = nil) {
        self.cgroup = cgroup
        creator = (uid, gid)
        super.init(fileSystem, number: number ?? fileSystem.allocateInode(), mode: mode, uid: uid, gid: gid)
        touch()
    }

    private func touch() {
        guard let created = (fileSystem as? CgroupFS)?.created else { return }
        (accessed, modified, changed) = (created, created, created)
    }

    private func group() throws(Refusal) -> Cgroup {
        guard let cgroup, !cgroup.isRemoved else { throw Refusal(.ENOENT) }
        return cgroup
    }

    package var membersFile: Inode? { file(.procs) }

    private func file(_ kind: CgroupFileKind) -> Inode {
        if let known = files[kind.name] { return known }
        let made = CgroupFileInode(fileSystem, kind, self, uid: creator.uid, gid: creator.gid)
        files[kind.name] = made
        return made
    }

    // MARK: The directory

    package override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        let cgroup = try group()
        if let kind = CgroupFileKind.all(of: cgroup).first(where: { $0.name == name }) { return file(kind) }
        return cgroup.children[name]?.directory
    }

    package override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        guard let cgroup, !cgroup.isRemoved else { return [] }
        var entries = CgroupFileKind.all(of: cgroup).map {
            DirectoryEntry(name: $0.name, inode: file($0).number, kind: .regular)
        }
        for child in cgroup.children.values {
            guard let directory = child.directory else { continue }
            entries.append(DirectoryEntry(name: child.name, inode: directory.number, kind: .directory))
        }
        return entries
    }

    package override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = FileAttributes(self)
        attributes.linkCount = UInt32(clamping: 2 + (cgroup?.children.count ?? 0))
        return attributes
    }

    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        DirectoryFile(path: path, flags: flags, credentials: caller.credentials)
    }

    // MARK: Groups below

    /// cgroup_mkdir(); nothing else can be made.
    package override func create(
        _ name: Name, mode: FileMode, uid: KUID, gid: KGID, device: DeviceNumber, for caller: any Caller
    ) throws(Refusal) -> Inode {
        guard mode.isDirectory else { throw Refusal(mode.isRegular ? .EACCES : .EPERM) }
        if name.bytes.contains(UInt8(ascii: "\n")) { throw Refusal(.cgroupName) }
        let child = try group().makeChild(name, fileSystem.userNamespace.budget)
        let directory = CgroupDirectory(fileSystem, child, mode, uid: uid, gid: gid)
        child.directory = directory
        (caller as? Task)?.kernel.generation &+= 1
        return directory
    }

    /// cgroup_rmdir()
    package override func remove(_ name: Name, inode: Inode, for caller: any Caller) throws(Refusal) {
        guard let directory = inode as? CgroupDirectory else { throw Refusal(.EPERM) }
        guard let child = directory.cgroup else { throw Refusal(.ENOENT) }
        try child.remove()
        directory.linkCount = 0
        (caller as? Task)?.kernel.generation &+= 1
    }
}

/// A file of a group, with its owner and mode.
package final class CgroupFileInode: Inode {
    let kind: CgroupFileKind
    /// Knows it as well, and is gone before the file where somebody has the file open.
    weak var directory: CgroupDirectory?

    init(_ fileSystem: FileSystem, _ kind: CgroupFileKind, _ directory: CgroupDirectory, uid: KUID, gid: KGID) {
        self.kind = kind
        self.directory = directory
        super.init(
            fileSystem, number: fileSystem.allocateInode(), mode: FileMode(.regular, kind.permissions), uid: uid,
            gid: gid)
        (accessed, modified, changed) = (directory.accessed, directory.modified, directory.changed)
    }

    package override func truncate(to size: Int64, for caller: any Caller) throws(Refusal) {}

    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        CgroupFile(
            kind, directory?.cgroup, reader: (caller as? Task)?.pidNamespace, path: path, flags: flags,
            credentials: caller.credentials)
    }
}
