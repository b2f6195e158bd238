/// What one queued signal or timer counts for its receiver's user, in its user namespace and, in the names of the owners,
/// in all above (RLIMIT_SIGPENDING; inc_rlimit_get_ucounts). It is given back when this object dies.
package final class SignalCharge {
    private let user: KUID
    private let namespace: UserNamespace

    package init(user: KUID, in namespace: UserNamespace) {
        self.user = user
        self.namespace = namespace
        namespace.forEachLevel(user) { $0.pendingSignals.add($1) }
    }

    deinit { namespace.forEachLevel(user) { $0.pendingSignals.remove($1) } }
}

extension UserNamespace {
    /// Whether one more signal for `user` would be within `limit` here and within every ancestor's ceiling.
    package func hasRoomForSignal(of user: KUID, limit: UInt64) -> Bool {
        hasRoom(in: \.pendingSignals, of: user, limit: limit)
    }
}
