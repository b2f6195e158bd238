import Credentials
import LinuxABI

/// Where a change at a mount goes: its peers, their slaves, the slaves' peers, and so on (fs/pnode.c).
struct PropagationGroup {
    /// In the order of the ring.
    let mounts: [Mount]
    /// Receives from a master, or is among the origin's own peers.
    let isOfSlaves: Bool
}

extension Mount {
    /// Every group that hears of changes here, those nearer to the origin first (next_group); without the origin itself.
    var propagationGroups: [PropagationGroup] {
        var found: [PropagationGroup] = []
        let own = peers
        if own.count > 1 { found.append(PropagationGroup(mounts: Array(own.dropFirst()), isOfSlaves: false)) }
        var pending = Self.slaveGroups(of: own).reversed() as [[Mount]]
        while let mounts = pending.popLast() {
            found.append(PropagationGroup(mounts: mounts, isOfSlaves: true))
            pending.append(contentsOf: Self.slaveGroups(of: mounts).reversed())
        }
        return found
    }

    /// Every mount that hears of changes here (propagation_next).
    var receivers: [Mount] { propagationGroups.flatMap(\.mounts) }

    private static func slaveGroups(of masters: [Mount]) -> [[Mount]] {
        var found: [[Mount]] = []
        for master in masters where master.firstSlave != nil {
            var seen = Set<ObjectIdentifier>()
            for slave in master.slaves {
                guard let group = slave.group else {
                    found.append([slave])
                    continue
                }
                if seen.insert(ObjectIdentifier(group)).inserted { found.append(slave.peers) }
            }
        }
        return found
    }
}

/// A copy that a mount receives, not attached yet.
struct PropagatedCopy {
    let mount: Mount
    let receiver: Mount
}

extension Mount {
    /// propagate_mnt(): copies of the tree `source`, all of whose mounts have groups, for everybody who hears of changes at
    /// this mount and shows `place`. Nothing is attached yet; on failure no copy is left. Those of the tree that got a group
    /// for this hear of it, as a slave that is moved onto its master does, but count as shared only afterwards. `room` is
    /// asked for each copy, before the next one is made.
    func propagate(
        _ source: Mount, at place: Dentry, newlyShared: Set<ObjectIdentifier>, _ room: inout MountRoom
    ) throws(Refusal) -> [PropagatedCopy] {
        var copies: [PropagatedCopy] = []
        // What the members of a group received last: their slaves' copies hang on it.
        var received: [ObjectIdentifier: Mount] = [:]
        if let group { received[ObjectIdentifier(group)] = source }
        do throws(Refusal) {
            let groups = propagationGroups
            let above = Ancestors(of: place, questions: groups.reduce(0) { $0 + $1.mounts.count })
            for group in groups {
                var isFirst = group.isOfSlaves
                var latest = source
                for receiver in group.mounts {
                    guard let namespace = receiver.namespace, receiver.needsCopy(above) else { continue }
                    var flags: MountCopyFlags = .shared
                    if isFirst {
                        latest = receiver.nearestCopy(received) ?? source
                        let isShared = receiver.isShared && !newlyShared.contains(ObjectIdentifier(receiver))
                        flags = isShared ? [.slave, .shared] : .slave
                        isFirst = false
                    } else if !group.isOfSlaves, let own = self.group {
                        latest = received[ObjectIdentifier(own)] ?? source
                    }
                    let copy = try latest.copyTree(from: latest.root, flags)
                    copies.append(PropagatedCopy(mount: copy, receiver: receiver))
                    try room.take(copy.tree.count, in: namespace)
                    latest = copy
                    if let group = receiver.group { received[ObjectIdentifier(group)] = copy }
                }
            }
        } catch {
            for copy in copies { copy.mount.discardTree() }
            throw error
        }
        return copies
    }

    /// need_secondary(): only mounts in a namespace that show the place.
    private func needsCopy(_ abovePlace: Ancestors) -> Bool {
        guard let namespace, !namespace.isAnonymous else { return false }
        return abovePlace.contains(root)
    }

    /// The copy that the nearest group up the chain of masters received (find_master).
    private func nearestCopy(_ received: [ObjectIdentifier: Mount]) -> Mount? {
        var walk = master
        while let mount = walk {
            if let group = mount.group, let copy = received[ObjectIdentifier(group)] { return copy }
            walk = mount.master
        }
        return nil
    }
}
