import LinuxABI

/// One user namespace's /proc/sys/user/max_*_namespaces and the counts charged per user (namespaces(7)).
package struct NamespaceLimits: Sendable {
    /// Maxima by kind, in the order of `NamespaceKind.allCases`; 0...Int32.max.
    private var maxima: [Int32]
    /// The other limits of /proc/sys/user.
    package var inotifyInstances: Int32 = .max
    package var inotifyWatches: Int32 = .max
    package var fanotifyGroups: Int32 = .max
    package var fanotifyMarks: Int32 = .max
    private var counts: [Charge: Int32] = [:]

    private struct Charge: Hashable, Sendable {
        let object: CountedObject
        let user: KUID
    }

    /// A child namespace's: no limit of its own.
    package init() { maxima = Array(repeating: .max, count: NamespaceKind.allCases.count) }
    /// The initial namespace's: half of the kernel's threads-max on the reference machine.
    package static let initial: NamespaceLimits = {
        var limits = NamespaceLimits()
        limits.maxima = Array(repeating: 96365, count: NamespaceKind.allCases.count)
        limits.inotifyInstances = 128
        limits.inotifyWatches = 192_536
        limits.fanotifyGroups = 128
        limits.fanotifyMarks = 205_039
        return limits
    }()

    private func index(_ kind: NamespaceKind) -> Int {
        switch kind {
        case .mount: 0
        case .cgroup: 1
        case .uts: 2
        case .ipc: 3
        case .user: 4
        case .pid: 5
        case .net: 6
        case .time: 7
        }
    }

    package subscript(kind: NamespaceKind) -> Int32 {
        get { maxima[index(kind)] }
        set { maxima[index(kind)] = newValue }
    }

    private func maximum(_ object: CountedObject) -> Int32 {
        switch object {
        case .namespace(let kind): self[kind]
        case .inotifyInstance: inotifyInstances
        case .inotifyWatch: inotifyWatches
        }
    }

    /// How many of `object` are charged to `user` here.
    package func count(_ object: CountedObject, _ user: KUID) -> Int32 {
        counts[Charge(object: object, user: user), default: 0]
    }
    package func count(_ kind: NamespaceKind, _ user: KUID) -> Int32 { count(.namespace(kind), user) }

    /// Counts one more for `user`; false when that would pass the maximum.
    mutating func charge(_ object: CountedObject, _ user: KUID) -> Bool {
        let key = Charge(object: object, user: user)
        let count = counts[key, default: 0]
        guard count < maximum(object) else { return false }
        counts[key] = count + 1
        return true
    }

    mutating func release(_ object: CountedObject, _ user: KUID) {
        let key = Charge(object: object, user: user)
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }
}

/// What is counted for a user (enum ucount_type).
package enum CountedObject: Hashable, Sendable {
    case namespace(NamespaceKind)
    case inotifyInstance
    case inotifyWatch

    var budgetKind: BudgetKind {
        if case .namespace = self { .namespaces } else { .timers }
    }

    /// With what is counted for it, in bytes. A mount namespace's mounts are charged for themselves.
    var footprint: Int {
        switch self {
        case .namespace(.user): 1536
        case .namespace(.ipc), .namespace(.pid): 2048
        case .namespace: 768
        case .inotifyInstance, .inotifyWatch: 512
        }
    }
}

/// What one object is charged for, given back when this dies: hold it as long as the object lives.
///
/// The charge is for `user` in a user namespace, then for each ancestor in the name of the child's owner (inc_ucount). So
/// a limit binds everything below it, whoever creates.
package final class UserCharge {
    private let object: CountedObject
    private let user: KUID
    private let namespace: UserNamespace
    private let charge: Charge

    /// Nil, with nothing counted, when any level is full; throws when the budget is.
    package init?(_ object: CountedObject, user: KUID, in namespace: UserNamespace) throws(Refusal) {
        let charge = try Charge(namespace.budget, object.budgetKind, object.footprint)
        var level: UserNamespace? = namespace
        var payer = user
        while let here = level {
            guard here.limits.charge(object, payer) else {
                Self.release(object, user: user, from: namespace, upTo: here)
                return nil
            }
            payer = here.ownerUID
            level = here.parent
        }
        // Last, as a failure after this would run deinit and give back what was never taken.
        self.object = object
        self.user = user
        self.namespace = namespace
        self.charge = charge
    }

    deinit { Self.release(object, user: user, from: namespace, upTo: nil) }

    private static func release(_ object: CountedObject, user: KUID, from: UserNamespace, upTo end: UserNamespace?) {
        var level: UserNamespace? = from
        var payer = user
        while let here = level, here !== end {
            here.limits.release(object, payer)
            payer = here.ownerUID
            level = here.parent
        }
    }
}

/// What one namespace is charged for, in its owner.
package final class NamespaceCharge {
    private let charge: UserCharge

    /// Throws `namespaceLimit` with nothing counted when any level is full.
    package init(_ kind: NamespaceKind, user: KUID, in namespace: UserNamespace) throws(Refusal) {
        guard let charge = try UserCharge(.namespace(kind), user: user, in: namespace) else {
            throw Refusal(.namespaceLimit)
        }
        self.charge = charge
    }
}
