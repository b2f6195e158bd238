import Credentials
import LinuxABI

/// A mounted file system's instance, a superblock.
package class FileSystem {
    /// The name in mountinfo: `tmpfs`, `proc`, `nsfs` …
    package let typeName: String
    /// `f_type` of statfs(2).
    package let magic: UInt32
    /// `st_dev` of every inode here.
    package let device: DeviceNumber
    /// s_user_ns: the namespace in which this instance was mounted.
    package let userNamespace: UserNamespace
    /// SB_I_NODEV: device nodes cannot be opened.
    package var ignoresDevices = false
    /// SB_I_NOEXEC.
    package var ignoresExecution = false
    private var nextInode: UInt64

    package init(
        typeName: String, magic: UInt32, device: DeviceNumber, userNamespace: UserNamespace, firstInode: UInt64 = 1
    ) {
        self.typeName = typeName
        self.magic = magic
        self.device = device
        self.userNamespace = userNamespace
        nextInode = firstInode
    }

    package func allocateInode() -> UInt64 {
        defer { nextInode &+= 1 }
        return nextInode
    }
}
