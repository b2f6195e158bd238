import Credentials
import LinuxABI

/// A file system that shows what the kernel has: it holds no device nodes to open and no programs to run.
package class PseudoFileSystem: FileSystem {
    /// When the instance was made: the times of the files that were always there.
    package let created: Timestamp
    /// To whom the files belong that were always there: the machine's root.
    package var owner: (uid: KUID, gid: KGID) { (.root, .root) }
    /// A name that a directory lacks is an error, so that creating it is one as well (proc_lookup_de).
    package var refusesMissingNames: Bool { false }

    /// Whether its files have trusted.* and security.* attributes (kernfs).
    package var keepsAttributes: Bool { false }

    package init(
        type: FileSystemType, magic: UInt32, device: DeviceNumber, userNamespace: UserNamespace,
        firstInode: UInt64 = 2, created: Timestamp = Timestamp()
    ) {
        self.created = created
        super.init(type: type, magic: magic, device: device, userNamespace: userNamespace, firstInode: firstInode)
        ignoresDevices = true
        ignoresExecution = true
    }

    /// The root of the user namespace in which it was mounted, for types that name no other owner (inode_init_always).
    package final var mounter: (uid: KUID, gid: KGID) {
        (userNamespace.kuid(UID(0)) ?? .invalid, userNamespace.kgid(GID(0)) ?? .invalid)
    }
}
