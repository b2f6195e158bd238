import Credentials
import LinuxABI

/// What a sandbox is to find at its start.
package struct WorldDescription {
    /// What `/` is.
    package enum Root {
        /// A new, empty tree.
        case empty
        /// A private overlay over a granted tree.
        case tree(HostTree)
    }

    /// A granted tree, or a single granted file, at a place of its own.
    package struct Bind {
        package let tree: HostTree
        /// Absolute.
        package let target: [UInt8]
        package let isReadOnly: Bool
        package init(tree: HostTree, target: [UInt8], isReadOnly: Bool) {
            self.tree = tree
            self.target = target
            self.isReadOnly = isReadOnly
        }
    }

    package var root = Root.empty
    package var binds: [Bind] = []
    package init() {}
}

/// The initial mount namespace and how to put more into it: `/`, `/dev`, `/dev/shm`, `/tmp`, `/run` and what was
/// granted. `/proc` and `/sys` come with a kernel (`mountKernelFiles`).
package final class World: Caller {
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
        _ description: WorldDescription = WorldDescription(), storage: any HostStorage, user: UserNamespace
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
        let lower: HostTree? = if case .tree(let tree) = description.root { tree } else { nil }
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

        for name in ["/dev", "/proc", "/run", "/sys", "/tmp"] { _ = try directory(Array(name.utf8)) }
        _ = try directory(Array("/root".utf8), permissions: 0o700)
        try mountDevices()
        try mountTmpfs("/tmp", permissions: 0o1777, flags: .relatime)
        try mountTmpfs("/run", permissions: 0o755, flags: [.noSetuid, .noDevices, .relatime])
        for bind in description.binds { try self.mount(bind) }
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

    private func mountTmpfs(
        _ target: String, permissions: UInt32, flags: MountFlags, typeName: String = "tmpfs"
    ) throws(Refusal) {
        let tree = TmpFS(
            storage: storage, typeName: typeName, device: numbers.allocateDevice(), userNamespace: user)
        try mount(tree, root: try tree.root(permissions: permissions), at: target, flags: flags, source: typeName)
    }

    /// Mounts a granted tree on a directory, or a granted file on a file, made where it is missing.
    package func mount(_ bind: WorldDescription.Bind) throws(Refusal) {
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
}

extension World {
    /// /dev: the devices that need no driver, and the links that programs expect.
    private func mountDevices() throws(Refusal) {
        let tree = TmpFS(
            storage: storage, typeName: "devtmpfs", device: numbers.allocateDevice(), userNamespace: user)
        try mount(tree, root: try tree.root(), at: "/dev", flags: [.noSetuid, .relatime], source: "devtmpfs")
        let devices = try directory(Array("/dev".utf8)).inode
        let nodes: [(Name, UInt32, UInt32)] = [
            ("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0),
        ]
        for (name, major, minor) in nodes {
            // The group of terminals is 5 in Debian and its kin.
            _ = try devices.create(
                name, mode: FileMode(.character, 0o666), uid: .root, gid: major == 5 ? KGID(5) : .root,
                device: DeviceNumber(major: major, minor: minor), for: self)
        }
        let links: [(Name, String)] = [
            ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"),
            ("stderr", "/proc/self/fd/2"),
        ]
        for (name, target) in links {
            _ = try devices.symlink(name, target: Array(target.utf8), uid: .root, gid: .root, for: self)
        }
        try mountTmpfs("/dev/shm", permissions: 0o1777, flags: [.noSetuid, .noDevices, .relatime])
    }
}
