/// What sits on a dentry: for each mount that shows the dentry, the one mounted there (struct mountpoint and the hash of
/// mounts by parent and dentry). A second mount at the same place sits on the first one's root.
final class Mountpoint {
    fileprivate var mounts: [ObjectIdentifier: Mount] = [:]
}

extension Dentry {
    /// The mount that sits here in `parent`.
    @inline(__always)
    package func mount(of parent: Mount) -> Mount? { mountpoint?.mounts[ObjectIdentifier(parent)] }

    /// Whether something is mounted here in any namespace.
    package var isMountpoint: Bool { mountpoint != nil }

    /// Whether several mounts show something mounted here.
    var hasSeveralMounts: Bool { (mountpoint?.mounts.count ?? 0) > 1 }

    /// is_local_mountpoint(): whether something is mounted here in `namespace`.
    package func isMountpoint(in namespace: MountNamespace?) -> Bool {
        guard let mountpoint else { return false }
        return mountpoint.mounts.values.contains { $0.namespace != nil && $0.namespace === namespace }
    }

    func add(_ mount: Mount, of parent: Mount) {
        let isFirst = mountpoint == nil
        let place = mountpoint ?? Mountpoint()
        place.mounts[ObjectIdentifier(parent)] = mount
        mountpoint = place
        if isFirst { pin() }
    }

    func removeMount(of parent: ObjectIdentifier) {
        guard let place = mountpoint else { return }
        place.mounts[parent] = nil
        if place.mounts.isEmpty {
            mountpoint = nil
            unpin()
        }
    }

    /// detach_mounts(): the name is gone, and so is what other namespaces have mounted on it.
    package func detachMounts() {
        guard let all = mountpoint?.mounts.values else { return }
        for mount in Array(all) {
            if mount.namespace == nil { mount.detach() } else { mount.unmountTree(.connected) }
        }
    }
}
