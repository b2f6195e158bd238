import Credentials
import LinuxABI

/// Serial numbers that stand for the caller's own keyrings (keyctl(2)).
package enum SpecialKey {
    package static let thread: Int32 = -1
    package static let process: Int32 = -2
    package static let session: Int32 = -3
    package static let user: Int32 = -4
    package static let userSession: Int32 = -5
    package static let group: Int32 = -6
    package static let requestAuthority: Int32 = -7
    package static let requestor: Int32 = -8
}

/// What a key is looked up for.
package enum KeyDemand: Sendable {
    case permission(KeyNeed)
    /// Unlinking asks nothing of the key.
    case unlinking
    /// Reading decides by itself.
    case reading
}

extension Kernel {
    /// The table and, as at the start of Linux, root's own keyrings.
    func makeKeys() -> KeyTable {
        let table = KeyTable()
        if let root = initTask?.credentials, root.uid == .root {
            // With nothing in the table there is room.
            _ = try? root.userKeyrings(in: table, now: realSeconds)
        }
        return table
    }

    /// CLOCK_REALTIME, in which keys expire.
    package var realSeconds: Int64 { platform.storage.now.seconds }

    /// What changed keys may show in an open /proc/keys.
    package func keysChanged() { generation &+= 1 }
}

extension Task {
    /// lookup_user_key(): the key that `id` means to this task, if it grants what is wanted of it.
    ///
    /// - Parameters:
    ///   - creating: a special keyring that the task lacks is made for it.
    ///   - partial: a negative key will do.
    package func key(
        _ id: Int32, for demand: KeyDemand, creating: Bool = false, partial: Bool = false
    ) throws(Refusal) -> KeyReference {
        let now = kernel.realSeconds
        kernel.keys.collect(now: now)
        let reference = try reference(id, creating, now)
        if case .unlinking = demand { return reference }
        if case .reading = demand { return reference }
        if !partial, let errno = reference.key.rejection { throw Refusal(errno) }
        try reference.key.validate(now: now)
        if case .permission(let need) = demand { try check(reference, need) }
        return reference
    }

    package func check(_ reference: KeyReference, _ need: KeyNeed) throws(Refusal) {
        guard !reference.permits(need, to: credentials) else { return }
        let key = reference.key
        throw refusal(
            .keyPermission,
            "the key belongs to user \(key.uid.rawValue) and group \(key.gid.isValid ? String(key.gid.rawValue) : "none"), "
                + "its mask is 0x\(String(key.permissions.rawValue, radix: 16)), and the caller, file-system user "
                + "\(credentials.fsuid.rawValue), \(reference.isPossessed ? "possesses" : "does not possess") it")
    }

    private func reference(_ id: Int32, _ creating: Bool, _ now: Int64) throws(Refusal) -> KeyReference {
        switch id {
        case SpecialKey.thread:
            if let keyring = credentials.keyrings?.thread { return KeyReference(keyring, isPossessed: true) }
            guard creating else { throw Refusal(.ENOKEY) }
            return KeyReference(try installThreadKeyring(), isPossessed: true)
        case SpecialKey.process:
            if let keyring = credentials.keyrings?.process { return KeyReference(keyring, isPossessed: true) }
            guard creating else { throw Refusal(.ENOKEY) }
            return KeyReference(try installProcessKeyring(), isPossessed: true)
        case SpecialKey.session:
            return KeyReference(try sessionKeyring(creating, now), isPossessed: true)
        case SpecialKey.user:
            return KeyReference(try userKeyrings(now).user, isPossessed: true)
        case SpecialKey.userSession:
            return KeyReference(try userKeyrings(now).session, isPossessed: true)
        case SpecialKey.group:
            throw Refusal(.EINVAL)
        case SpecialKey.requestAuthority, SpecialKey.requestor:
            // Nobody is ever asked to instantiate a key.
            throw Refusal(.ENOKEY)
        default:
            guard id > 0 else { throw Refusal(.EINVAL) }
            guard let key = kernel.keys.key(KeySerial(id)) else { throw Refusal(.ENOKEY) }
            var search = KeySearch(possessionOf: key, by: credentials, now: now)
            if case .found = credentials.searchKeyrings(&search) { return KeyReference(key, isPossessed: true) }
            return KeyReference(key, isPossessed: false)
        }
    }

    /// Whatever keeps them from being there, they are not there.
    private func userKeyrings(_ now: Int64) throws(Refusal) -> (user: Key, session: Key) {
        guard let keyrings = try? credentials.userKeyrings(in: kernel.keys, now: now) else { throw Refusal(.ENOKEY) }
        return keyrings
    }

    /// A task without a session keyring has its user's, until it wants one to change.
    private func sessionKeyring(_ creating: Bool, _ now: Int64) throws(Refusal) -> Key {
        if let own = credentials.keyrings?.session, !creating || !own.isUserKeyring { return own }
        if credentials.keyrings?.session == nil {
            let user = try userKeyrings(now).session
            if !creating {
                commit(credentials.with(session: user))
                return user
            }
        }
        guard let made = try? joinSession() else { throw Refusal(.ENOKEY) }
        return made
    }

    package func installThreadKeyring() throws(Refusal) -> Key {
        if let own = credentials.keyrings?.thread { return own }
        let made = try credentials.makeThreadKeyring(in: kernel.keys)
        commit(credentials.with(thread: made))
        return made
    }

    package func installProcessKeyring() throws(Refusal) -> Key {
        if let own = credentials.keyrings?.process { return own }
        let made = try credentials.makeProcessKeyring(in: kernel.keys)
        commit(credentials.with(process: made))
        return made
    }
}
