/// A place: a dentry seen through a mount.
package struct Path {
    package var mount: Mount
    package var dentry: Dentry
    package init(mount: Mount, dentry: Dentry) {
        self.mount = mount
        self.dentry = dentry
    }
    package var inode: Inode { dentry.inode }

    /// path_mounted(): whether it is the root of its mount.
    package var isMountRoot: Bool { dentry === mount.root }

    /// What was mounted over it, if anything was, up to the topmost (lookup_mnt).
    package var top: Path {
        var path = self
        while let above = path.dentry.mount(of: path.mount) { path = Path(mount: above, dentry: above.root) }
        return path
    }

    /// is_path_reachable(): whether a walk down from `root` leads here.
    package func isReachable(from root: Path) -> Bool {
        var walk = self
        while walk.mount !== root.mount {
            guard let parent = walk.mount.parent, let place = walk.mount.mountpoint else { return false }
            walk = Path(mount: parent, dentry: place)
        }
        return root.dentry.isAncestorOrSelf(of: walk.dentry)
    }
}

extension Path: Equatable {
    package static func == (a: Path, b: Path) -> Bool { a.mount === b.mount && a.dentry === b.dentry }
}
