import Credentials
import LinuxABI

extension Task {
    /// Opens `namespace` as a new close-on-exec fd, as the ioctls of nsfs files and pidfds do (open_related_ns).
    package func open(_ namespace: any Namespace) throws(Refusal) -> Int32 {
        let path = kernel.nsfs.path(of: namespace)
        return try install(try path.inode.open(path, flags: [], for: self), closeOnExec: true)
    }
}

extension Namespace {
    /// The number that NS_GET_ID tells: small for initial namespaces, as in include/uapi/linux/nsfs.h, and never used
    /// twice.
    package var identifier: UInt64 {
        guard inode <= NamespaceInodes.ipc, inode >= NamespaceInodes.mount else { return UInt64(inode) }
        return UInt64(NamespaceInodes.ipc - inode) + 1
    }
}
