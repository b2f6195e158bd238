/// The mounts to all of which a change of one goes (mount_namespaces(7), "SHARED SUBTREES").
package final class PeerGroup {
    /// N of `shared:N`.
    package let id: Int32
    /// A ring: from any member the others follow, and the first follows the last.
    private(set) var members: [Mount]
    private let numbers: MountNumbers

    init(_ first: Mount, _ numbers: MountNumbers) {
        self.numbers = numbers
        id = numbers.allocateGroup()
        members = [first]
    }

    deinit { numbers.releaseGroup(id) }

    /// All members, from `first` on around the ring.
    func ring(from first: Mount) -> [Mount] {
        guard let start = members.firstIndex(where: { $0 === first }) else { return [] }
        return Array(members[start...] + members[..<start])
    }

    /// A copy of `old` follows it.
    func insert(_ mount: Mount, after old: Mount) {
        let position = members.firstIndex { $0 === old } ?? members.count - 1
        members.insert(mount, at: position + 1)
    }

    /// Takes `mount` out, and returns who follows it; nil when it was the last.
    func remove(_ mount: Mount) -> Mount? {
        guard let position = members.firstIndex(where: { $0 === mount }) else { return members.first }
        members.remove(at: position)
        guard !members.isEmpty else { return nil }
        return members[position < members.count ? position : 0]
    }
}

/// What becomes of changes at a mount (MS_SHARED and its kin of mount(2)).
package enum PropagationType: Sendable {
    case shared, slave, `private`, unbindable
}

extension Mount {
    /// change_mnt_propagation().
    func changePropagation(_ type: PropagationType) {
        if type == .shared {
            if group == nil { group = PeerGroup(self, numbers) }
            isUnbindable = false
            return
        }
        var heir = master
        if let group {
            heir = group.remove(self) ?? master
            self.group = nil
            handSlaves(to: heir)
        }
        leaveMaster()
        switch type {
        case .slave: if let heir { follow(heir) }
        case .unbindable: isUnbindable = true
        case .private, .shared: isUnbindable = false
        }
    }

    /// Who had this as master has `heir`, or none (transfer_propagation).
    private func handSlaves(to heir: Mount?) {
        for slave in slaves { slave.master = heir }
        heir?.slaves.insert(contentsOf: slaves, at: 0)
        slaves = []
    }

    private func leaveMaster() {
        guard let master else { return }
        if let position = master.slaves.firstIndex(where: { $0 === self }) { master.slaves.remove(at: position) }
        self.master = nil
    }

    /// Becomes the newest slave of `master`.
    func follow(_ master: Mount) {
        self.master = master
        master.slaves.insert(self, at: 0)
    }

    /// Becomes a slave of the same master as `other`, after it.
    func followAlongside(_ other: Mount) {
        guard let master = other.master else { return }
        self.master = master
        let position = master.slaves.firstIndex { $0 === other } ?? -1
        master.slaves.insert(self, at: position + 1)
    }

    /// do_set_group(): joins the peers and the master of `other`.
    func joinGroup(of other: Mount) {
        if let group = other.group {
            self.group = group
            group.insert(self, after: other)
        }
        followAlongside(other)
    }

    /// get_dominating_id(): the nearest group up the chain of masters with a member that shows below `root`.
    package func dominatingGroup(from root: Path) -> PeerGroup? {
        var walk = master?.master
        while let mount = walk {
            if let group = mount.group, group.isVisible(from: root) { return group }
            walk = mount.master
        }
        return nil
    }
}

extension PeerGroup {
    /// Whether a member of the root's namespace can be reached from it (get_peer_under_root).
    package func isVisible(from root: Path) -> Bool {
        members.contains { member in
            member.namespace === root.mount.namespace
                && Path(mount: member, dentry: member.root).isReachable(from: root)
        }
    }
}
