/// The mounts to all of which a change of one goes (mount_namespaces(7), "SHARED SUBTREES"). They form a ring: from any
/// member the others follow.
package final class PeerGroup {
    /// N of `shared:N`.
    package let id: Int32
    private let numbers: MountNumbers

    init(_ numbers: MountNumbers) {
        self.numbers = numbers
        id = numbers.allocateGroup()
    }

    deinit { numbers.releaseGroup(id) }
}

extension Mount {
    /// All peers, this mount first.
    var peers: [Mount] {
        var found = [self]
        var walk = nextPeer
        while let mount = walk, mount !== self {
            found.append(mount)
            walk = mount.nextPeer
        }
        return found
    }

    /// Joins the peers of `other`, and follows it in the ring.
    fileprivate func joinPeers(after other: Mount) {
        group = other.group
        let next = other.nextPeer ?? other
        nextPeer = next
        previousPeer = other
        other.nextPeer = self
        next.previousPeer = self
    }

    /// Leaves the ring, and returns who followed; nil for the last one.
    @discardableResult
    func leavePeers() -> Mount? {
        group = nil
        guard let next = nextPeer, let previous = previousPeer else { return nil }
        nextPeer = nil
        previousPeer = nil
        if next === previous {
            next.nextPeer = nil
            next.previousPeer = nil
        } else {
            previous.nextPeer = next
            next.previousPeer = previous
        }
        return next
    }

    /// Its slaves, the newest first.
    var slaves: [Mount] {
        var found: [Mount] = []
        var walk = firstSlave
        while let mount = walk {
            found.append(mount)
            walk = mount.nextSlave
        }
        return found
    }

    /// Becomes the newest slave of `master`.
    func follow(_ master: Mount) {
        self.master = master
        nextSlave = master.firstSlave
        nextSlave?.previousSlave = self
        master.firstSlave = self
    }

    /// Becomes a slave of the same master as `other`, after it.
    func followAlongside(_ other: Mount) {
        guard let master = other.master else { return }
        self.master = master
        previousSlave = other
        nextSlave = other.nextSlave
        nextSlave?.previousSlave = self
        other.nextSlave = self
    }

    fileprivate func leaveMaster() {
        guard let master else { return }
        if let previousSlave { previousSlave.nextSlave = nextSlave } else { master.firstSlave = nextSlave }
        nextSlave?.previousSlave = previousSlave
        nextSlave = nil
        previousSlave = nil
        self.master = nil
    }

    /// Who had this as master has `heir`, or none (transfer_propagation).
    fileprivate func handSlaves(to heir: Mount?) {
        let all = slaves
        firstSlave = nil
        guard let heir else {
            for slave in all {
                slave.master = nil
                slave.nextSlave = nil
                slave.previousSlave = nil
            }
            return
        }
        for slave in all { slave.master = heir }
        guard let last = all.last else { return }
        last.nextSlave = heir.firstSlave
        heir.firstSlave?.previousSlave = last
        heir.firstSlave = all.first
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
            if group == nil { group = PeerGroup(numbers) }
            isUnbindable = false
            return
        }
        var heir = master
        if group != nil {
            heir = leavePeers() ?? master
            handSlaves(to: heir)
        }
        leaveMaster()
        switch type {
        case .slave: if let heir { follow(heir) }
        case .unbindable: isUnbindable = true
        case .private, .shared: isUnbindable = false
        }
    }

    /// bulk_make_private(): mounts that go together hand their slaves to whoever of the others stays, each its own, in their
    /// order: the slaves of those that come later are the newer ones.
    static func makePrivate(_ mounts: [Mount]) {
        let isLeaving = Set(mounts.map(ObjectIdentifier.init))
        var heirs: [ObjectIdentifier: Mount?] = [:]
        for mount in mounts where heirs[ObjectIdentifier(mount)] == nil {
            var chain: [ObjectIdentifier] = []
            var walk: Mount? = mount
            var heir: Mount?
            // trace_transfers()
            while let leaving = walk {
                chain.append(ObjectIdentifier(leaving))
                let next = leaving.leavePeers() ?? leaving.master
                leaving.leaveMaster()
                heir = next
                guard let next, isLeaving.contains(ObjectIdentifier(next)) else { break }
                if let known = heirs[ObjectIdentifier(next)] {
                    heir = known
                    break
                }
                walk = next
            }
            for leaving in chain { heirs[leaving] = .some(heir) }
        }
        for mount in mounts {
            mount.handSlaves(to: heirs[ObjectIdentifier(mount)] ?? nil)
            mount.isUnbindable = false
        }
    }

    /// do_set_group(): joins the peers and the master of `other`.
    func joinGroup(of other: Mount) {
        if other.group != nil { joinPeers(after: other) }
        followAlongside(other)
    }
}
