import Credentials
import LinuxABI

/// An instance of devpts (pts(4)): the directory of pseudoterminals, with the node `ptmx`.
package final class DevptsFS: PseudoFileSystem {
    package private(set) var options: DevptsOptions

    package init(
        type: FileSystemType, device: DeviceNumber, userNamespace: UserNamespace, options: DevptsOptions, now: Timestamp
    ) {
        self.options = options
        super.init(
            type: type, magic: 0x1cd1, device: device, userNamespace: userNamespace, firstInode: 3, created: now)
        // Its nodes are there to be opened.
        ignoresDevices = false
    }

    package override var owner: (uid: KUID, gid: KGID) { mounter }
    package override var optionsText: [UInt8] { options.text }

    /// devpts_fill_super() and mknod_ptmx(): the node belongs to who mounts.
    func makeRoot(for creator: Credentials) -> Dentry {
        if let rootDentry { return rootDentry }
        let root = StaticDirectory(self, 0o755, number: 1)
        let ptmx = PtmxInode(self, options.ptmxMode)
        ptmx.uid = creator.fsuid
        ptmx.gid = creator.fsgid
        root.add("ptmx", ptmx)
        return makeRoot(root)
    }

    /// devpts_reconfigure(): all options are as they were said now, or by default.
    func change(_ new: DevptsOptions) {
        options = new
        let ptmx = (rootDentry?.inode as? StaticDirectory)?.child("ptmx")
        ptmx?.mode.permissions = new.ptmxMode
    }
}

/// The node whose opening makes a pseudoterminal, of which there are none yet (ENXIO).
final class PtmxInode: StaticInode {
    init(_ fileSystem: DevptsFS, _ permissions: UInt32) {
        super.init(fileSystem, .character, permissions, number: 2)
        device = DeviceNumber(major: 5, minor: 2)
    }
}
