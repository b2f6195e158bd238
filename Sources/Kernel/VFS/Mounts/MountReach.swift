/// Which mounts can be reached from one root, each found out once: in a stack of mounts every one has the way of all below it
/// to go, and a guest makes such stacks as high as it likes.
package struct MountReach {
    private let root: Path
    private var below: Descendants
    private var isReachable: [ObjectIdentifier: Bool] = [:]
    private var isVisible: [ObjectIdentifier: Bool] = [:]
    private var dominating: [ObjectIdentifier: PeerGroup?] = [:]

    package init(from root: Path) {
        self.root = root
        below = Descendants(of: root.dentry)
    }

    /// is_path_reachable() of the root of `mount`.
    package mutating func contains(_ mount: Mount) -> Bool {
        var passed: [ObjectIdentifier] = []
        var walk = mount
        var result: Bool
        while true {
            if walk === root.mount {
                result = below.contains(walk.root)
                break
            }
            if let known = isReachable[ObjectIdentifier(walk)] {
                result = known
                break
            }
            passed.append(ObjectIdentifier(walk))
            guard let parent = walk.parent, let place = walk.mountpoint else {
                result = false
                break
            }
            if parent === root.mount {
                result = below.contains(place)
                break
            }
            walk = parent
        }
        for mount in passed { isReachable[mount] = result }
        return result
    }

    /// get_peer_under_root(): whether `mount`, or a peer of it, is in the root's namespace and can be reached.
    package mutating func containsPeer(of mount: Mount) -> Bool {
        let key = mount.group.map(ObjectIdentifier.init) ?? ObjectIdentifier(mount)
        if let known = isVisible[key] { return known }
        var result = false
        var walk: Mount? = mount
        while let peer = walk {
            if peer.namespace === root.mount.namespace, contains(peer) {
                result = true
                break
            }
            walk = peer.nextPeer
            if walk === mount { break }
        }
        isVisible[key] = result
        return result
    }

    /// get_dominating_id(): the nearest group up the chain of masters, from the master's master on, with a member in reach.
    package mutating func dominatingGroup(of mount: Mount) -> PeerGroup? {
        var passed: [ObjectIdentifier] = []
        var result: PeerGroup?
        var walk = mount.master?.master
        while let master = walk {
            if let known = dominating[ObjectIdentifier(master)] {
                result = known
                break
            }
            passed.append(ObjectIdentifier(master))
            if containsPeer(of: master) {
                result = master.group
                break
            }
            walk = master.master
        }
        for master in passed { dominating[master] = .some(result) }
        return result
    }
}
