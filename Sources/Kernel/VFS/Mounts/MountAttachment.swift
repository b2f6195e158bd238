import Credentials
import LinuxABI

extension Mount {
    /// attach_recursive_mnt(): puts this tree on `place`, in a mount namespace, and copies of it wherever a change there goes.
    /// A tree that is somewhere already leaves it. With `beneath`, what is on top of `place` now comes to sit on this.
    func attachTree(at place: Path, beneath: Bool = false, user: UserNamespace) throws(Refusal) {
        guard let namespace = place.mount.namespace else { throw Refusal(.mountPlaceGone) }
        // get_mountpoint() of the topmost root, on which something might have to sit.
        if topmost.root.isUnlinked { throw Refusal(.mountPlaceGone) }
        let isMove = self.namespace === namespace
        let mounts = tree
        var room = MountRoom()
        if !isMove { try room.take(mounts.count, in: namespace) }
        var copies: [PropagatedCopy] = []
        if place.mount.isShared {
            // invent_group_ids(): on a shared mount everything is shared.
            var shared: [Mount] = []
            for mount in mounts where !mount.isShared {
                mount.changeToShared()
                shared.append(mount)
            }
            do throws(Refusal) {
                copies = try place.mount.propagate(
                    self, at: place.dentry, newlyShared: Set(shared.map(ObjectIdentifier.init)), &room)
            } catch {
                for mount in shared { mount.leaveGroupAlone() }
                throw error
            }
            for mount in mounts { mount.isUnbindable = false }
        }
        let above = beneath ? place.mount.child(on: place.dentry) : nil
        if let namespace = self.namespace, namespace !== place.mount.namespace { namespace.remove(mounts) }
        detach()
        above?.detach()
        attach(to: place.mount, at: place.dentry)
        if !isMove { namespace.add(mounts) }
        if let above { above.attach(to: topmost, at: topmost.root) }
        namespace.changed()
        for copy in copies { copy.commit(at: place.dentry, user: user) }
    }

    /// Gets a group of its own before anything is certain; being unbindable is not forgotten yet.
    private func changeToShared() {
        let wasUnbindable = isUnbindable
        changePropagation(.shared)
        isUnbindable = wasUnbindable
    }

    /// cleanup_group_ids().
    private func leaveGroupAlone() {
        leavePeers()
    }
}

extension PropagatedCopy {
    /// commit_tree(): the copy takes its place. What the receiver has there already comes to sit on it.
    fileprivate func commit(at place: Dentry, user: UserNamespace) {
        guard let namespace = receiver.namespace else { return mount.discardTree() }
        let above = receiver.child(on: place)
        above?.detach()
        // Across user namespaces the receiver must not look below the copies (propagate_mnt to a less privileged one).
        if namespace.owner !== user { mount.lockTree() }
        mount.locks.remove(.place)
        mount.attach(to: receiver, at: place)
        namespace.add(mount.tree)
        if let above { above.attach(to: mount.topmost, at: mount.topmost.root) }
        namespace.changed()
    }
}
