import Credentials
import LinuxABI

extension Task {
    /// may_mount().
    package func checkMayMount() throws(Refusal) {
        try require(.sysAdmin, over: mountNamespace?.owner, .mountNotPermitted)
    }

    /// check_mnt(): throws where the mount is in another namespace than the caller's, or in none.
    func checkOwn(_ mount: Mount) throws(Refusal) {
        guard let own = mountNamespace, mount.namespace === own else { throw Refusal(.mountOtherNamespace) }
    }

    func isOwn(_ mount: Mount) -> Bool {
        guard let own = mountNamespace else { return false }
        return mount.namespace === own
    }

    /// do_lock_mount(): where something new goes that is mounted on `path`: on the topmost of what is there already. With
    /// `beneath`, under that one instead.
    func mountPlace(_ path: Path, beneath: Bool = false) throws(Refusal) -> Path {
        var place = path.top
        if place.mount.namespace == nil { throw Refusal(.mountPlaceGone) }
        if beneath {
            guard let parent = place.mount.parent, let mountpoint = place.mount.mountpoint, place.isMountRoot else {
                throw Refusal(.mountNotMountRoot)
            }
            place = Path(mount: parent, dentry: mountpoint)
        }
        // cant_mount(): the name is gone or refuses; or the mount is gone.
        if place.dentry.isUnlinked || place.inode.refusesMounts || place.mount.namespace == nil {
            throw Refusal(.mountPlaceGone)
        }
        return place
    }

    /// check_anonymous_mnt(): whether a detached tree came from the caller's namespace, or from none.
    func mayUseDetached(_ namespace: MountNamespace) -> Bool {
        guard namespace.isAnonymous else { return false }
        return namespace.origin == nil || namespace.origin == mountNamespace?.identifier
    }

    /// may_copy_tree().
    func checkMayCopy(_ path: Path) throws(Refusal) {
        if isOwn(path.mount) || path.inode.namespace != nil { return }
        guard let namespace = path.mount.namespace, mayUseDetached(namespace) else {
            throw Refusal(.mountSourceNotMounted)
        }
    }

    /// mnt_ns_loop(): a mount namespace is bound in older ones only.
    func checkNoLoop(_ path: Path) throws(Refusal) {
        guard let bound = path.inode.namespace as? MountNamespace else { return }
        guard let own = mountNamespace, own.identifier < bound.identifier else { throw Refusal(.mountNamespaceLoop) }
    }

    /// __do_loopback(): the copy that a bind or open_tree(2) makes.
    func copyMounts(_ path: Path, recursively: Bool) throws(Refusal) -> Mount {
        if path.mount.isUnbindable { throw Refusal(.mountUnbindable) }
        try checkMayCopy(path)
        if !recursively, path.mount.hasLockedChildren(below: path.dentry) { throw Refusal(.mountLockedChildren) }
        let copy =
            recursively
            ? try path.mount.copyTree(from: path.dentry, .namespaceFiles)
            : try path.mount.clone(root: path.dentry, [])
        copy.locks.remove(.place)
        return copy
    }
}
