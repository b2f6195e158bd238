/// How a tree of mounts is taken away (UMOUNT_*).
struct UnmountFlags: OptionSet {
    let rawValue: UInt32
    /// Nothing uses it: all come apart (UMOUNT_SYNC).
    static let unused = UnmountFlags(rawValue: 1)
    /// Receivers lose their copies too (UMOUNT_PROPAGATE).
    static let propagate = UnmountFlags(rawValue: 2)
    /// Children stay on their parents (UMOUNT_CONNECTED).
    static let connected = UnmountFlags(rawValue: 4)
}

extension Mount {
    /// umount_tree(): this mount and all below leave their namespace.
    func unmountTree(_ flags: UnmountFlags) {
        var leaving = tree
        if flags.contains(.propagate) {
            unlockCopies()
            var propagation = UnmountPropagation(of: leaving)
            leaving += propagation.settle()
        }
        Self.unmount(leaving, flags)
    }

    /// propagate_mount_unlock(): who may take a mount away may take away what others received of it, locked or not.
    private func unlockCopies() {
        guard let parent, let mountpoint else { return }
        for receiver in parent.receivers { receiver.child(on: mountpoint)?.locks.remove(.place) }
    }

    /// Takes mounts out of their namespaces, parents before children.
    static func unmount(_ mounts: [Mount], _ flags: UnmountFlags) {
        var namespaces: [ObjectIdentifier: (namespace: MountNamespace, mounts: [Mount])] = [:]
        for mount in mounts {
            guard let namespace = mount.namespace else { continue }
            namespaces[ObjectIdentifier(namespace), default: (namespace, [])].mounts.append(mount)
        }
        for (namespace, mounts) in namespaces.values {
            namespace.remove(mounts)
            namespace.changed()
        }
        let leaving = Set(mounts.map(ObjectIdentifier.init))
        makePrivate(mounts)
        for mount in mounts where mount.comesApart(flags, leaving) { mount.detach() }
    }

    /// disconnect_mount(): after a lazy umount, what is locked to its parent stays on it, so that nobody who still stands there
    /// sees what it hides.
    private func comesApart(_ flags: UnmountFlags, _ leaving: Set<ObjectIdentifier>) -> Bool {
        if flags.contains(.unused) { return true }
        guard let parent, leaving.contains(ObjectIdentifier(parent)) else { return true }
        return !flags.contains(.connected) && !isLocked
    }
}

/// Which copies at receivers go with a tree that is unmounted (propagate_umount; Documentation/filesystems/
/// propagate_umount.txt says which must stay).
struct UnmountPropagation {
    private let origins: [Mount]
    private var candidates: [Mount] = []
    private var isCandidate = Set<ObjectIdentifier>()
    /// In the order in which it is certain of them, which decides whose slaves come first at who inherits them.
    private var going: [Mount] = []
    private var isGoing: Set<ObjectIdentifier>

    /// `tree` are the mounts that go in any case.
    init(of tree: [Mount]) {
        origins = tree
        isGoing = Set(tree.map(ObjectIdentifier.init))
    }

    private func goes(_ mount: Mount) -> Bool { isGoing.contains(ObjectIdentifier(mount)) }
    private func mayLeave(_ mount: Mount) -> Bool { isCandidate.contains(ObjectIdentifier(mount)) }
    private func leaves(_ mount: Mount) -> Bool { mayLeave(mount) || goes(mount) }

    /// Finds those that go, moves what sits on top of them and stays, and returns them.
    mutating func settle() -> [Mount] {
        gather()
        dropThoseThatReveal()
        dropThoseThatAreLocked()
        for mount in going { reattachCover(of: mount) }
        return going
    }

    private mutating func take(_ mount: Mount) {
        isGoing.insert(ObjectIdentifier(mount))
        going.append(mount)
    }

    /// gather_candidates(). Who hears from a mount that was found already was found with it. There may be many receivers that
    /// show nothing at a place, and many places: where only the mount itself sits, none of them has a copy.
    private mutating func gather() {
        var isFound = Set<ObjectIdentifier>()
        var receivers: [Mount] = []
        var last: Mount?
        for mount in origins where isFound.insert(ObjectIdentifier(mount)).inserted {
            guard let parent = mount.parent, let place = mount.mountpoint, place.hasSeveralMounts else { continue }
            if parent !== last {
                receivers = parent.receivers
                last = parent
            }
            for receiver in receivers {
                guard let copy = receiver.child(on: place), isFound.insert(ObjectIdentifier(copy)).inserted,
                    !leaves(copy)
                else { continue }
                isCandidate.insert(ObjectIdentifier(copy))
                candidates.append(copy)
            }
        }
    }

    /// trim_one(), those found last first: a copy stays that carries something that stays, other than a mount over its very
    /// root.
    private mutating func dropThoseThatReveal() {
        var isMarked = Set<ObjectIdentifier>()
        for mount in candidates.reversed() where mayLeave(mount) {
            let staying = mount.children.filter { !leaves($0) }
            if !staying.isEmpty {
                trimAncestors(of: mount, &isMarked)
                if staying.contains(where: { $0.mountpoint !== mount.root }) {
                    isCandidate.remove(ObjectIdentifier(mount))
                }
            } else if !mount.isLocked, mount.children.allSatisfy(goes) {
                isCandidate.remove(ObjectIdentifier(mount))
                take(mount)
            }
        }
    }

    /// trim_ancestors(): at the place of `mount` something stays, be it what sat over its root. So its parent has to, unless
    /// that place is the parent's very root.
    private mutating func trimAncestors(of mount: Mount, _ isMarked: inout Set<ObjectIdentifier>) {
        var lower = mount
        while let parent = lower.parent, mayLeave(parent), isMarked.insert(ObjectIdentifier(lower)).inserted {
            if lower.mountpoint !== parent.root { isCandidate.remove(ObjectIdentifier(parent)) }
            lower = parent
        }
    }

    /// handle_locked(): what is locked goes with its parent only.
    private mutating func dropThoseThatAreLocked() {
        for mount in candidates.reversed() where mayLeave(mount) {
            var chain: [Mount] = []
            var unlocked = 0
            var walk: Mount? = mount
            while let lower = walk, isCandidate.remove(ObjectIdentifier(lower)) != nil {
                chain.append(lower)
                if !lower.isLocked { unlocked = chain.count }
                walk = lower.parent
            }
            if walk.map(goes) ?? false { unlocked = chain.count }
            for lower in chain.prefix(unlocked) { take(lower) }
        }
    }

    /// What sits over the root of a mount that goes, and stays, comes to where the lowest of those that go sat.
    private func reattachCover(of mount: Mount) {
        guard let cover = mount.child(on: mount.root), !leaves(cover) else { return }
        var lowest = mount
        while let parent = lowest.parent, leaves(parent), lowest.mountpoint === parent.root { lowest = parent }
        guard let parent = lowest.parent, let place = lowest.mountpoint else { return }
        cover.detach()
        lowest.detach()
        cover.attach(to: parent, at: place)
    }
}

extension Mount {
    /// propagate_mount_busy(): whether something uses this mount, or a copy of it that would go with it.
    var isBusy: Bool {
        if !children.isEmpty || useCount > 0 { return true }
        guard let parent, let place = mountpoint else { return false }
        return parent.receivers.contains { receiver in
            guard let copy = receiver.child(on: place) else { return false }
            let hasCover = copy.child(on: copy.root) != nil
            if copy.children.count > (hasCover ? 1 : 0) { return false }
            return copy.useCount > 0
        }
    }
}
