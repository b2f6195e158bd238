import Credentials
import LinuxABI

/// A mount namespace: an owner, an identity and the mounts in it (mount_namespaces(7)).
package final class MountNamespace: Namespace {
    package let kind = NamespaceKind.mount
    package let inode: UInt32
    package let owner: UserNamespace?
    /// What it costs its creator while it lives; nil for the initial one.
    var charge: NamespaceCharge?
    /// By age; what `root` carries, however deep.
    package private(set) var mounts: [Mount] = []
    /// What everything else is mounted on; nil while the namespace is made.
    package private(set) var root: Mount?
    /// A tree that an open file holds, and no task is in (open_tree(2), fsmount(2)).
    package let isAnonymous: Bool
    /// For such a tree that was cloned: the identifier of the namespace from which it came.
    package let origin: UInt64?
    /// Counts what poll(2) on /proc/[pid]/mounts tells of.
    package private(set) var changes: UInt64 = 0
    package let numbers: MountNumbers
    /// fs.mount-max.
    package let limit: MountLimit

    package init(
        inode: UInt32, owner: UserNamespace, numbers: MountNumbers, limit: MountLimit, isAnonymous: Bool = false,
        origin: UInt64? = nil
    ) {
        self.inode = inode
        self.owner = owner
        self.numbers = numbers
        self.limit = limit
        self.isAnonymous = isAnonymous
        self.origin = origin
    }

    // The last task, file or bind mount that held the namespace is gone: its mounts come apart (put_mnt_ns).
    deinit {
        var all = mounts
        mounts = []
        Mount.unmount(root?.tree ?? all, [])
        numbers.letGo(of: &all)
    }

    /// The first tree of a namespace, which sits on nothing.
    package func setRoot(_ mount: Mount) {
        root = mount
        add(mount.tree)
    }

    /// Mounts that became part of it.
    func add(_ new: [Mount]) {
        for mount in new { mount.namespace = self }
        let sorted = new.sorted { $0.uniqueID < $1.uniqueID }
        guard let last = mounts.last, let first = sorted.first, first.uniqueID < last.uniqueID else {
            mounts.append(contentsOf: sorted)
            return
        }
        for mount in sorted { mounts.insert(mount, at: lowerBound(mount.uniqueID)) }
    }

    /// Mounts that leave it.
    func remove(_ old: [Mount]) {
        for mount in old { mount.namespace = nil }
        if let root, root.namespace == nil { self.root = nil }
        if old.count == 1, let position = position(of: old[0].uniqueID) {
            mounts.remove(at: position)
        } else {
            mounts.removeAll { $0.namespace !== self }
        }
    }

    /// The first mount that is as old as `uniqueID` or younger.
    package func lowerBound(_ uniqueID: UInt64) -> Int {
        var low = 0, high = mounts.count
        while low < high {
            let middle = low + (high - low) / 2
            if mounts[middle].uniqueID < uniqueID { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func position(of uniqueID: UInt64) -> Int? {
        let index = lowerBound(uniqueID)
        return index < mounts.count && mounts[index].uniqueID == uniqueID ? index : nil
    }

    /// The mount with that unique number.
    package func mount(_ uniqueID: UInt64) -> Mount? { position(of: uniqueID).map { mounts[$0] } }

    /// touch_mnt_namespace().
    func changed() { changes &+= 1 }

    /// A copy for a new namespace (copy_mnt_ns), and which copy stands for which mount, so that a task's root and working
    /// directory can follow.
    package func copy(
        inode: UInt32, owner: UserNamespace
    ) throws(Refusal) -> (namespace: MountNamespace, counterparts: [ObjectIdentifier: Mount]) {
        let made = MountNamespace(inode: inode, owner: owner, numbers: numbers, limit: limit)
        guard let root else { throw Refusal(.EINVAL) }
        let isLess = owner !== self.owner
        var counterparts: [ObjectIdentifier: Mount] = [:]
        let copy = try root.copyTree(from: root.root, isLess ? [.unbindable, .slave] : .unbindable) { mount, twin in
            counterparts[ObjectIdentifier(mount)] = twin
        }
        if isLess { copy.lockTree() }
        made.setRoot(copy)
        return (made, counterparts)
    }

    /// The topmost mount's root on this namespace's "/": where setns(2) puts root and working directory, and what a task
    /// that is not chrooted has as its root. Nil for a namespace without mounts.
    package var topRoot: Path? {
        guard let top = root?.topmost else { return nil }
        return Path(mount: top, dentry: top.root)
    }
}

/// fs.mount-max: how many mounts a namespace may have.
package final class MountLimit {
    package var value = 100_000
    package init() {}
}

/// The room in mount namespaces that is taken by what is to be attached at once, but is not there yet (pending_mounts).
struct MountRoom {
    private var pending: [ObjectIdentifier: Int] = [:]

    /// count_mounts(): throws ENOSPC where so many more are more than may be.
    mutating func take(_ count: Int, in namespace: MountNamespace) throws(Refusal) {
        if namespace.isAnonymous { return }
        let total = pending[ObjectIdentifier(namespace), default: 0] + count
        if namespace.mounts.count + total > namespace.limit.value { throw Refusal(.mountTooMany) }
        pending[ObjectIdentifier(namespace)] = total
    }
}
