import Credentials
import LinuxABI

/// Carries out a `MountPlan` before there is a task: it asks the VFS as the machine's root. What shows a kernel comes with one
/// (`mountKernelFiles`).
package final class MountBuilder: Caller {
    package let mounts: MountNamespace
    package private(set) var fs: FSContext
    package let credentials: Credentials
    private let storage: any HostStorage
    private let user: UserNamespace
    private let numbers: MountNumbers
    package let mountLimit: MountLimit

    package var mountNamespace: MountNamespace? { mounts }
    package var root: Path { fs.root }
    /// Nobody reads why a sandbox cannot be put together but by the errno.
    package var wantsExplanations: Bool { false }

    package init(
        _ plan: MountPlan = MountPlan(), storage: any HostStorage, user: UserNamespace
    ) throws(Refusal) {
        self.storage = storage
        self.user = user
        numbers = MountNumbers()
        mountLimit = MountLimit()
        mounts = MountNamespace(inode: NamespaceInodes.mount, owner: user, numbers: numbers, limit: mountLimit)
        credentials = Credentials(
            Credentials.Values(
                uid: .root, euid: .root, suid: .root, fsuid: .root, gid: .root, egid: .root, sgid: .root, fsgid: .root,
                groups: [], inheritable: [], permitted: .full, effective: .full, bounding: .full, ambient: [],
                securebits: [], noNewPrivileges: false, userNamespace: user))
        let lower: HostTree? = if case .tree(let tree) = plan.root { tree } else { nil }
        let (tree, top) = try Self.makeTree(lower, numbers.allocateDevice(), storage, user)
        // As on Linux there is something below the root that is shown, so that it is a mount like any other.
        let bottom = TmpFS(
            storage: storage, typeName: "rootfs", device: numbers.allocateDevice(), userNamespace: user)
        let below = Mount(numbers, bottom, root: try bottom.root(), source: "rootfs")
        let mount = Mount(numbers, tree, root: top, flags: .relatime, source: Name(tree.typeName))
        mount.attach(to: below, at: below.root)
        mounts.setRoot(below)
        let root = Path(mount: mount, dentry: mount.root)
        fs = FSContext(root: root, workingDirectory: root, umask: 0)

        for (path, permissions) in MountPlan.directories {
            _ = try directory(Array(path.utf8), permissions: permissions)
        }
        for entry in MountPlan.entries { try mountTmpfs(entry) }
        try makeDevices()
        for bind in plan.binds { try self.mount(bind) }
    }

    /// A private overlay over a granted tree, or an empty tree.
    private static func makeTree(
        _ granted: HostTree?, _ device: DeviceNumber, _ storage: any HostStorage, _ user: UserNamespace
    ) throws(Refusal) -> (FileSystem, Dentry) {
        guard let granted else {
            let tree = TmpFS(storage: storage, device: device, userNamespace: user)
            return (tree, try tree.root())
        }
        let lower = HostFS(storage: storage, tree: granted, device: device, userNamespace: user)
        let tree = try OverlayFS(over: lower, device: device, userNamespace: user)
        return (tree, try tree.root())
    }

    /// Mounts `fileSystem` on the directory `target`, made where it is missing.
    package func mount(
        _ fileSystem: FileSystem, root: Dentry, at target: String, flags: MountFlags, source: String
    ) throws(Refusal) {
        let place = try directory(Array(target.utf8))
        attach(Mount(numbers, fileSystem, root: root, flags: flags, source: Name(source)), at: place)
    }

    private func attach(_ mount: Mount, at place: Path) {
        mount.attach(to: place.mount, at: place.dentry)
        mounts.add([mount])
    }

    private func mountTmpfs(_ entry: MountPlan.Entry) throws(Refusal) {
        let name = entry.type.description
        let tree = TmpFS(storage: storage, typeName: name, device: numbers.allocateDevice(), userNamespace: user)
        try mount(
            tree, root: try tree.root(permissions: entry.permissions), at: entry.target, flags: entry.flags,
            source: name)
    }

    /// Mounts a granted tree on a directory, or a granted file on a file, made where it is missing.
    package func mount(_ bind: MountPlan.Bind) throws(Refusal) {
        let (tree, dentry) = try Self.makeTree(bind.tree, numbers.allocateDevice(), storage, user)
        let place =
            dentry.inode.mode.isDirectory ? try directory(bind.target) : try file(bind.target)
        // Linux mounts neither on the other (mount(2), ENOTDIR).
        guard place.inode.mode.isDirectory == dentry.inode.mode.isDirectory else {
            throw Refusal(dentry.inode.mode.isDirectory ? .ENOTDIR : .EISDIR)
        }
        let flags: MountFlags = bind.isReadOnly ? [.readOnly, .relatime] : .relatime
        attach(Mount(numbers, tree, root: dentry, flags: flags, source: Name(bind.target)), at: place)
    }

    // MARK: Making places

    /// The directory `path`, made with all above it where it is missing. Links on the way are followed.
    package func directory(_ path: [UInt8], permissions: UInt32 = 0o755) throws(Refusal) -> Path {
        var place = root
        for component in path.split(separator: UInt8(ascii: "/")) {
            place = try child(Name(component), of: place, mode: FileMode(.directory, permissions))
        }
        return place
    }

    private func file(_ path: [UInt8]) throws(Refusal) -> Path {
        var components = path.split(separator: UInt8(ascii: "/"))
        guard let last = components.popLast() else { throw Refusal(.EISDIR) }
        let parent = try directory(Array(components.joined(separator: [UInt8(ascii: "/")])))
        return try child(Name(last), of: parent, mode: FileMode(.regular, 0o644))
    }

    private func child(_ name: Name, of parent: Path, mode: FileMode) throws(Refusal) -> Path {
        do throws(Refusal) {
            return try lookup(name.bytes, from: parent)
        } catch {
            guard error.errno == .ENOENT else { throw error }
        }
        let inode = try parent.inode.create(
            name, mode: mode, uid: .root, gid: .root, device: DeviceNumber(major: 0, minor: 0), for: self)
        let dentry = Dentry(name: name, parent: parent.dentry, inode: inode)
        parent.dentry.add(dentry)
        return Path(mount: parent.mount, dentry: dentry)
    }

    private func makeDevices() throws(Refusal) {
        let directory = try directory(Array("/dev".utf8)).inode
        for (name, gid, number) in MountPlan.devices {
            _ = try directory.create(
                name, mode: FileMode(.character, 0o666), uid: .root, gid: gid, device: number, for: self)
        }
        for (name, target) in MountPlan.deviceLinks {
            let text = Name(stringLiteral: target).bytes
            _ = try directory.symlink(name, target: text, uid: .root, gid: .root, for: self)
        }
    }
}
