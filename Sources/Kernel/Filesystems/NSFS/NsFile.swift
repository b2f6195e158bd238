import Credentials
import LinuxABI

/// An open nsfs file: what setns(2) and the NS_GET_* ioctls take (ioctl_nsfs(2)).
package final class NsFile: OpenFile {
    package let namespace: any Namespace
    /// It looks like a namespace but setns refuses it (`Profile.userNamespaceFilesAreFake`).
    package let isFake: Bool

    package init(
        _ namespace: any Namespace, isFake: Bool = false, path: Path, flags: OpenFlags, credentials: Credentials
    ) {
        self.namespace = namespace
        self.isFake = isFake
        super.init(path: path, flags: flags, credentials: credentials, backing: .inert)
    }

    package override var linkText: [UInt8]? { namespace.linkText }
}
