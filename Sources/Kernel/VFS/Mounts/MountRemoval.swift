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
            var propagation = UnmountPropagation(of: leaving)
            leaving += propagation.settle()
        }
        Self.unmount(leaving, flags)
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
        for mount in mounts {
            if mount.comesApart(flags, leaving) { mount.detach() }
            mount.changePropagation(.private)
        }
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
    private var isLeaving: Set<ObjectIdentifier>

    /// `tree` are the mounts that go in any case.
    init(of tree: [Mount]) {
        origins = tree
        isLeaving = Set(tree.map(ObjectIdentifier.init))
    }

    private func leaves(_ mount: Mount) -> Bool { isLeaving.contains(ObjectIdentifier(mount)) }

    /// Finds those that go, moves what sits on top of them and stays, and returns them.
    mutating func settle() -> [Mount] {
        gather()
        while dropThoseThatStay() {}
        let going = candidates.filter(leaves)
        for mount in going { reattachCover(of: mount) }
        return going
    }

    private mutating func gather() {
        for mount in origins {
            guard let parent = mount.parent, let place = mount.mountpoint else { continue }
            for receiver in parent.receivers {
                guard let copy = receiver.child(on: place), isLeaving.insert(ObjectIdentifier(copy)).inserted
                else { continue }
                candidates.append(copy)
            }
        }
    }

    /// A copy stays that carries something that stays, other than a mount over its very root; and one that is locked to a
    /// parent that stays. Whether any was dropped.
    private mutating func dropThoseThatStay() -> Bool {
        var isChanged = false
        for mount in candidates where leaves(mount) {
            let carries = mount.children.contains { !leaves($0) && ($0.mountpoint !== mount.root || $0.isLocked) }
            let isHeld = mount.isLocked && mount.parent.map { !leaves($0) } ?? false
            guard carries || isHeld else { continue }
            isLeaving.remove(ObjectIdentifier(mount))
            isChanged = true
        }
        return isChanged
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
