import Credentials
import LinuxABI

/// An open tree of mounts that is attached nowhere, or was not when it was opened (open_tree(2), fsmount(2)): like a file
/// opened with O_PATH, but the tree ends with it unless it was attached before.
package final class DetachedTreeFile: PathFile {
    private let namespace: MountNamespace

    /// `root` is the root of the anonymous `namespace`.
    package init(_ namespace: MountNamespace, root: Mount, credentials: Credentials) {
        self.namespace = namespace
        super.init(path: Path(mount: root, dentry: root.root), flags: .path, credentials: credentials)
    }

    // dissolve_on_fput()
    deinit {
        guard let root = namespace.root else { return }
        root.unmountTree(.connected)
    }
}

extension MountNamespace {
    /// alloc_mnt_ns() of what no task is in and nobody can name. `origin` is the namespace of which it is a copy.
    func makeAnonymous(owner: UserNamespace, origin: UInt64?) -> MountNamespace {
        MountNamespace(
            inode: 0, owner: owner, numbers: numbers, limit: limit, isAnonymous: true, origin: origin)
    }
}
