import Credentials
import LinuxABI

/// What mount_setattr(2) is to change (struct mount_kattr).
package struct MountAttributeChange {
    package enum Map {
        case unchanged
        case removed
        case of(UserNamespace)
    }
    /// Cleared first, then set.
    package var set: MountFlags
    package var clear: MountFlags
    package var propagation: PropagationType?
    package var map: Map
    /// Whether a map that is there already may be replaced: nobody can have seen files through a new copy.
    package var replacesMap: Bool
    package var recursively: Bool

    package init(
        set: MountFlags, clear: MountFlags, propagation: PropagationType?, map: Map, replacesMap: Bool,
        recursively: Bool
    ) {
        self.set = set
        self.clear = clear
        self.propagation = propagation
        self.map = map
        self.replacesMap = replacesMap
        self.recursively = recursively
    }

    private var changesMap: Bool { if case .unchanged = map { false } else { true } }

    /// recalc_flags()
    private func flags(of mount: Mount) -> MountFlags { mount.flags.subtracting(clear).union(set) }

    /// mount_setattr_prepare()
    fileprivate func check(_ mount: Mount, for task: Task) throws(Refusal) {
        let new = flags(of: mount)
        try mount.checkLocks(new)
        if changesMap { try checkMap(mount, for: task) }
        if changesMap, mount.writeCount > 0 { throw Refusal(.mountWriters) }
        try mount.checkWriters(new, task.kernel)
    }

    /// can_idmap_mount()
    private func checkMap(_ mount: Mount, for task: Task) throws(Refusal) {
        let fileSystem = mount.fileSystem
        if case .of(let namespace) = map, namespace === fileSystem.userNamespace { throw Refusal(.idMapOfFileSystem) }
        if mount.idMap != nil, !replacesMap { throw Refusal(.idMapAlready) }
        guard fileSystem.type.flags.contains(.allowsIDMap) else { throw Refusal(.idMapUnsupported) }
        try task.require(.sysAdmin, over: fileSystem.userNamespace, .idMapFileSystemNotPermitted)
        guard mount.namespace?.isAnonymous == true else { throw Refusal(.idMapAttached) }
    }

    /// mount_setattr_commit()
    fileprivate func commit(_ mount: Mount) {
        switch map {
        case .unchanged: break
        case .removed: mount.idMap = nil
        case .of(let namespace): mount.setIDMap(of: namespace)
        }
        mount.setFlags(flags(of: mount))
        if let propagation { mount.changePropagation(propagation) }
    }
}

extension Task {
    /// do_mount_setattr(): all of it, at all mounts, or nothing.
    package func setAttributes(of path: Path, _ change: MountAttributeChange) throws(Refusal) {
        guard path.isMountRoot else { throw Refusal(.mountNotMountRoot) }
        // alloc_mnt_idmap()
        if case .of(let namespace) = change.map, namespace.uidMap.isEmpty || namespace.gidMap.isEmpty {
            throw Refusal(.idMapIncomplete)
        }
        let mount = path.mount
        let isDetachedRoot = mount.namespace.map { $0.isAnonymous && $0.root === mount } ?? false
        if !isDetachedRoot { try checkOwn(mount) }
        let mounts = change.recursively ? mount.tree : [mount]
        for mount in mounts { try change.check(mount, for: self) }
        for mount in mounts { change.commit(mount) }
        kernel.generation &+= 1
    }
}
