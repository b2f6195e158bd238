import LinuxABI

/// One user namespace's /proc/sys/user/max_*_namespaces and the counts charged per user (namespaces(7)).
package struct NamespaceLimits: Sendable {
    /// Maxima by kind, in the order of `NamespaceKind.allCases`; 0...Int32.max.
    private var maxima: [Int32]
    /// The other limits of /proc/sys/user; what they limit is the host's to count.
    package var inotifyInstances: Int32 = .max
    package var inotifyWatches: Int32 = .max
    package var fanotifyGroups: Int32 = .max
    package var fanotifyMarks: Int32 = .max
    private var counts: [Charge: Int32] = [:]

    private struct Charge: Hashable, Sendable {
        let kind: NamespaceKind
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

    /// How many namespaces of `kind` are charged to `user` here.
    package func count(_ kind: NamespaceKind, _ user: KUID) -> Int32 {
        counts[Charge(kind: kind, user: user), default: 0]
    }

    /// Counts one more namespace of `kind` for `user`; false when that would pass the maximum.
    mutating func charge(_ kind: NamespaceKind, _ user: KUID) -> Bool {
        let key = Charge(kind: kind, user: user)
        let count = counts[key, default: 0]
        guard count < self[kind] else { return false }
        counts[key] = count + 1
        return true
    }

    mutating func release(_ kind: NamespaceKind, _ user: KUID) {
        let key = Charge(kind: kind, user: user)
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }
}

/// What one namespace is charged for, given back when this object dies: hold it as long as the namespace lives.
///
/// The charge is for `user` in the namespace's owner, then for each ancestor in the name of the child's owner
/// (inc_ucount). So a limit binds everything below it, whoever creates.
package final class NamespaceCharge {
    private let kind: NamespaceKind
    private let user: KUID
    private let namespace: UserNamespace

    /// Throws `namespaceLimit` with nothing counted when any level is full.
    package init(_ kind: NamespaceKind, user: KUID, in namespace: UserNamespace) throws(Refusal) {
        var level: UserNamespace? = namespace
        var payer = user
        while let here = level {
            guard here.limits.charge(kind, payer) else {
                Self.release(kind, user: user, from: namespace, upTo: here)
                throw Refusal(.namespaceLimit)
            }
            payer = here.ownerUID
            level = here.parent
        }
        // Last, as a refusal after this would run deinit and give back what was never taken.
        self.kind = kind
        self.user = user
        self.namespace = namespace
    }

    deinit { Self.release(kind, user: user, from: namespace, upTo: nil) }

    private static func release(_ kind: NamespaceKind, user: KUID, from: UserNamespace, upTo end: UserNamespace?) {
        var level: UserNamespace? = from
        var payer = user
        while let here = level, here !== end {
            here.limits.release(kind, payer)
            payer = here.ownerUID
            level = here.parent
        }
    }
}
