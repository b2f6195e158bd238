import Credentials
import LinuxABI

extension Task {
    /// do_move_mount(): `old`, the root of a mount, goes to `target`, on top of what is there or beneath it.
    package func moveMount(_ old: Path, to target: Path, beneath: Bool = false) throws(Refusal) {
        let mount = old.mount
        guard old.isMountRoot else { throw Refusal(.mountNotMountRoot) }
        guard mount.root.inode.mode.isDirectory == target.inode.mode.isDirectory else {
            throw Refusal(.mountMoveKindsDiffer)
        }
        let place = try mountPlace(target, beneath: beneath)
        if isOwn(mount) {
            guard let parent = mount.parent else { throw Refusal(.mountNotMountRoot) }
            if mount.isLocked { throw Refusal(.mountIsLocked) }
            if parent.isShared { throw Refusal(.mountParentShared) }
            try checkOwn(place.mount)
        } else {
            try checkDetached(mount, target: place.mount)
        }
        if beneath { try checkBeneath(mount, top: target.top) }
        if place.mount.isShared, mount.tree.contains(where: \.isUnbindable) {
            throw Refusal(.mountUnbindableOntoShared)
        }
        for bound in mount.tree {
            guard let namespace = bound.root.inode.namespace as? MountNamespace, let own = mountNamespace else {
                continue
            }
            if own.identifier >= namespace.identifier { throw Refusal(.mountIntoItself) }
        }
        if mount.isAncestorOrSelf(of: place.mount) { throw Refusal(.mountIntoItself) }
        try mount.attachTree(at: place, beneath: beneath, user: mountNamespace?.owner ?? userNamespace)
    }

    /// A mount of no task's namespace can only go as a whole: from the root of a detached tree to a mount of the caller's, or
    /// to another tree that it may use.
    private func checkDetached(_ mount: Mount, target: Mount) throws(Refusal) {
        guard let namespace = mount.namespace, namespace.isAnonymous, namespace.root === mount else {
            throw Refusal(.mountSourceNotMounted)
        }
        guard let theirs = target.namespace, theirs !== namespace, isOwn(target) || mayUseDetached(theirs) else {
            throw Refusal(.mountOtherNamespace)
        }
    }

    /// can_move_mount_beneath().
    private func checkBeneath(_ mount: Mount, top: Path) throws(Refusal) {
        let above = top.mount
        if top.mount === fs.root.mount { throw Refusal(.mountBeneathRoot) }
        guard let parent = above.parent, above.namespace != nil else { throw Refusal(.mountNotMountRoot) }
        if above.isLocked { throw Refusal(.mountIsLocked) }
        if mount.child(on: mount.root) != nil { throw Refusal(.mountBeneathCovered) }
        // The hidden root of the namespace carries nothing but "/".
        if let own = mountNamespace, parent === own.root { throw Refusal(.mountBeneathRoot) }
        if above.isAncestorOrSelf(of: mount) { throw Refusal(.mountBeneathItself) }
        // A copy would come to sit on top of what stays on top, or on what is moved.
        guard let place = above.mountpoint else { throw Refusal(.mountNotMountRoot) }
        if parent.wouldCover(above, at: place) || (isOwn(mount) && parent.wouldCover(mount, at: place)) {
            throw Refusal(.mountBeneathPeers)
        }
    }
}

extension Mount {
    /// propagation_would_overmount(): whether what is mounted here at `place` would come onto the root of `other` as well.
    fileprivate func wouldCover(_ other: Mount, at place: Dentry) -> Bool {
        isShared && other.root === place && receivers.contains { $0 === other }
    }
}
