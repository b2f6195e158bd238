import Credentials
import Kernel
import LinuxABI

/// The smallest tree: an empty root directory.
struct FakeWorld {
    let mounts: MountNamespace
    let root: Path

    init(user: UserNamespace) {
        let fileSystem = FileSystem(
            typeName: "tmpfs", magic: 0x0102_1994, device: DeviceNumber(major: 0, minor: 30), userNamespace: user)
        let inode = Inode(
            fileSystem, number: fileSystem.allocateInode(), mode: FileMode(.directory, 0o755), uid: .root, gid: .root)
        let mount = Mount(
            id: 20, fileSystem: fileSystem, root: Dentry(name: "/", parent: nil, inode: inode), source: "none")
        mounts = MountNamespace(inode: NamespaceInodes.mount, owner: user)
        mounts.attach(mount, at: nil)
        root = Path(mount: mount, dentry: mount.root)
    }
}
