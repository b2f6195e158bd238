/// How many tasks, or queued signals, each user has in a user namespace, and the most that all users of it may have
/// together in the name of its owner (getrlimit(2), RLIMIT_NPROC and RLIMIT_SIGPENDING; ucounts).
package struct ProcessCounts: Sendable {
    private var counts: [KUID: UInt64] = [:]
    /// The limit of the namespace's creator when it made it; no limit of tasks where it was the system's root.
    package var ceiling = UInt64.max
    package init() {}

    package func count(of user: KUID) -> UInt64 { counts[user, default: 0] }

    mutating func add(_ user: KUID) { counts[user, default: 0] &+= 1 }
    mutating func remove(_ user: KUID) {
        guard let count = counts[user] else { return }
        counts[user] = count > 1 ? count - 1 : nil
    }
}

extension UserNamespace {
    /// Counts a task of `user` here and, in the name of each owner, in every ancestor (inc_rlimit_ucounts).
    package func addProcess(of user: KUID) { forEachLevel(user) { $0.processes.add($1) } }
    package func removeProcess(of user: KUID) { forEachLevel(user) { $0.processes.remove($1) } }

    /// Whether one more task of `user` would be within `limit` here and within every ancestor's ceiling.
    package func hasRoomForProcess(of user: KUID, limit: UInt64) -> Bool {
        hasRoom(in: \.processes, of: user, limit: limit)
    }

    func hasRoom(in counts: KeyPath<UserNamespace, ProcessCounts>, of user: KUID, limit: UInt64) -> Bool {
        var maximum = limit
        var here = self
        var payer = user
        while true {
            if here[keyPath: counts].count(of: payer) >= maximum { return false }
            guard let parent = here.parent else { return true }
            maximum = here[keyPath: counts].ceiling
            payer = here.ownerUID
            here = parent
        }
    }

    func forEachLevel(_ user: KUID, _ change: (UserNamespace, KUID) -> Void) {
        var here = self
        var payer = user
        while true {
            change(here, payer)
            guard let parent = here.parent else { return }
            payer = here.ownerUID
            here = parent
        }
    }
}
