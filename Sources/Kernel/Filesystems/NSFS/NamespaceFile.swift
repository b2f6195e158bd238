import Credentials
import LinuxABI

/// An open nsfs file: what setns(2) and the NS_GET_* ioctls take (ioctl_nsfs(2)).
package final class NamespaceFile: OpenFile {
    package let namespace: any Namespace

    package init(_ namespace: any Namespace, path: Path, flags: OpenFlags, credentials: Credentials) {
        self.namespace = namespace
        super.init(path: path, flags: flags, credentials: credentials, backing: .inert)
    }

    package override var linkText: [UInt8]? { Array("\(namespace.kind.name):[\(namespace.inode)]".utf8) }
}
