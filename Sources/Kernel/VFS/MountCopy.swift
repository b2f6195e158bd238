import Credentials
import LinuxABI

extension MountNamespace {
    /// A copy of every mount here for a new namespace (copy_mnt_ns), and which copy stands for which mount, so that
    /// a task's root and working directory can follow.
    package func copy(
        inode: UInt32, owner: UserNamespace, newID: () -> Int32
    ) -> (namespace: MountNamespace, counterparts: [ObjectIdentifier: Mount]) {
        let made = MountNamespace(inode: inode, owner: owner, numbers: numbers)
        var counterparts: [ObjectIdentifier: Mount] = [:]
        // Parents come before what is mounted on them.
        for mount in mounts {
            let twin = Mount(
                id: newID(), fileSystem: mount.fileSystem, root: mount.root, flags: mount.flags, source: mount.source)
            counterparts[ObjectIdentifier(mount)] = twin
            var place: Path?
            if let parent = mount.parent, let mountpoint = mount.mountpoint,
                let parentTwin = counterparts[ObjectIdentifier(parent)]
            {
                place = Path(mount: parentTwin, dentry: mountpoint)
            }
            made.attach(twin, at: place)
        }
        return (made, counterparts)
    }

    /// The topmost mount's root on this namespace's "/": where setns(2) puts root and working directory, and what a
    /// task that is not chrooted has as its root. Nil for a namespace without mounts.
    package var topRoot: Path? {
        guard let bottom = mounts.first else { return nil }
        var place = Path(mount: bottom, dentry: bottom.root)
        while place.dentry.mountCount > 0,
            let above = place.mount.children.last(where: { $0.mountpoint === place.dentry })
        {
            place = Path(mount: above, dentry: above.root)
        }
        return place
    }
}
