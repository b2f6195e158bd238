import LinuxABI

/// A user namespace (user_namespaces(7)): maps of IDs, an owner and a place in the tree.
package final class UserNamespace: Namespace {
    package let kind = NamespaceKind.user
    package let inode: UInt32
    /// Nil only for the initial namespace.
    package let parent: UserNamespace?
    /// 0 for the initial namespace, at most 33.
    package let level: Int
    /// The creator's effective IDs.
    package let ownerUID: KUID
    package let ownerGID: KGID
    /// Whether the creator had CAP_SETFCAP when it made this namespace (map_write's test for a map of ID 0).
    package let parentCouldSetFileCapabilities: Bool
    package internal(set) var uidMap: IDMap
    package internal(set) var gidMap: IDMap
    package internal(set) var projectMap: IDMap
    package internal(set) var setgroupsAllowed: Bool
    /// Per-kind limits, /proc/sys/user/max_*_namespaces, and what is charged against them.
    package var limits: NamespaceLimits

    /// By level, the namespaces above: so that finding one is a look, not a walk.
    private let ancestors: [Ancestor]

    private struct Ancestor {
        /// Cannot be reused while `parent` keeps the ancestor alive.
        let identity: ObjectIdentifier
        let ownerUID: KUID
    }

    /// Tasks per user, for RLIMIT_NPROC.
    package var processes = ProcessCounts()
    /// Queued signals and timers per user, for RLIMIT_SIGPENDING.
    package var pendingSignals = ProcessCounts()
    /// Bytes of message queues per user, for RLIMIT_MSGQUEUE.
    package var messageQueues = MessageQueueBytes()

    /// Keyrings that belong to the namespace, once there are any.
    package internal(set) var keyrings: NamespaceKeyrings?

    /// How IDs without a name anywhere are shown; one for all namespaces.
    package let overflow: OverflowIDs
    /// What all objects of the sandbox are charged to; one for all namespaces.
    package let budget: Budget
    /// What the three maps take.
    private var mapsCharge: Charge

    /// What this namespace itself is charged for in its ancestors.
    private let charge: NamespaceCharge?

    package var owner: UserNamespace? { parent }

    /// How deep namespaces nest: a namespace of this level may still have children, which cannot.
    package static let maximumParentLevel = 32

    /// The initial user namespace, with identity maps.
    package init(budget: Budget = Budget()) {
        inode = NamespaceInodes.user
        parent = nil
        level = 0
        ownerUID = .root
        ownerGID = .root
        parentCouldSetFileCapabilities = true
        uidMap = .identity
        gidMap = .identity
        projectMap = .identity
        setgroupsAllowed = true
        limits = NamespaceLimits.initial
        charge = nil
        ancestors = []
        overflow = OverflowIDs()
        self.budget = budget
        mapsCharge = Charge(overdrawing: budget, .namespaces, 0)
    }

    package init(
        inode: UInt32, parent: UserNamespace, ownerUID: KUID, ownerGID: KGID, parentCouldSetFileCapabilities: Bool,
        charge: NamespaceCharge? = nil
    ) {
        self.inode = inode
        self.parent = parent
        level = parent.level + 1
        self.ownerUID = ownerUID
        self.ownerGID = ownerGID
        self.parentCouldSetFileCapabilities = parentCouldSetFileCapabilities
        uidMap = .empty
        gidMap = .empty
        projectMap = .empty
        setgroupsAllowed = parent.setgroupsAllowed
        limits = NamespaceLimits()
        self.charge = charge
        overflow = parent.overflow
        budget = parent.budget
        mapsCharge = Charge(overdrawing: parent.budget, .namespaces, 0)
        ancestors = parent.ancestors + [Ancestor(identity: ObjectIdentifier(parent), ownerUID: parent.ownerUID)]
    }

    /// Makes room for another map's extents, each of which is kept in two orders.
    func chargeExtents(_ count: Int) throws(Refusal) {
        let bytes = Footprint.array(count, stride: MemoryLayout<IDMap.Extent>.stride) * 2
        try mapsCharge.resize(to: mapsCharge.bytes + bytes)
    }

    package var isInitial: Bool { parent == nil }

    /// True when `other` is this namespace or one of its descendants.
    package func isAncestorOrSelf(of other: UserNamespace) -> Bool {
        if other === self { return true }
        return other.level > level && other.ancestors[level].identity == ObjectIdentifier(self)
    }

    /// The owner of this namespace's child on the way down to `descendant`; nil unless it is one.
    func ownerOfChild(toward descendant: UserNamespace) -> KUID? {
        guard descendant.level > level, descendant.ancestors[level].identity == ObjectIdentifier(self) else {
            return nil
        }
        return descendant.level == level + 1 ? descendant.ownerUID : descendant.ancestors[level + 1].ownerUID
    }
}

extension UserNamespace {
    /// make_kuid(): the global ID of `uid` here, or nil when unmapped.
    package func kuid(_ uid: UID) -> KUID? { uidMap.toGlobal(uid.rawValue).map { KUID($0) } }
    package func kgid(_ gid: GID) -> KGID? { gidMap.toGlobal(gid.rawValue).map { KGID($0) } }
    /// from_kuid(): how this namespace numbers `kuid`, or nil when it does not.
    package func uid(_ kuid: KUID) -> UID? { uidMap.toLocal(kuid.rawValue).map { UID($0) } }
    package func gid(_ kgid: KGID) -> GID? { gidMap.toLocal(kgid.rawValue).map { GID($0) } }
    /// vfsuid_has_mapping(): how this namespace numbers an owner that a mount shows, or nil.
    package func uid(_ vfsuid: VFSUID) -> UID? { uidMap.toLocal(vfsuid.rawValue).map { UID($0) } }
    package func gid(_ vfsgid: VFSGID) -> GID? { gidMap.toLocal(vfsgid.rawValue).map { GID($0) } }
    /// from_kuid_munged(): `uid(_:)`, or the overflow ID.
    package func uidOrOverflow(_ kuid: KUID) -> UID { uid(kuid) ?? UID(overflow.uid) }
    package func gidOrOverflow(_ kgid: KGID) -> GID { gid(kgid) ?? GID(overflow.gid) }
    package func uidOrOverflow(_ vfsuid: VFSUID) -> UID { uid(vfsuid) ?? UID(overflow.uid) }
    package func gidOrOverflow(_ vfsgid: VFSGID) -> GID { gid(vfsgid) ?? GID(overflow.gid) }
}
