/// What a user namespace has of keys: the registers of its users' keyrings and the keyrings found by name
/// (user_namespace's user_keyring_register, persistent_keyring_register and keyring_name_list).
package final class NamespaceKeyrings {
    /// Links `_uid.N` and `_uid_ses.N`.
    package var users: Key?
    /// Links `_persistent.N`.
    package var persistent: Key?

    private struct Entry {
        let order: UInt64
        unowned let key: Key
    }
    /// By name and then by number, as many may have one name and each must be quick to go.
    private var names: [[UInt8]: [KeySerial: Entry]] = [:]
    private var nextOrder: UInt64 = 0

    func publish(_ key: Key) {
        names[key.description, default: [:]][key.serial] = Entry(order: nextOrder, key: key)
        nextOrder &+= 1
        key.publisher = self
    }

    /// Not by the entry's reference: `key` is about to go and cannot be referred to any more.
    func unpublish(_ key: Key) {
        names[key.description]?[key.serial] = nil
        if let entries = names[key.description], entries.isEmpty { names[key.description] = nil }
    }

    /// find_keyring_by_name(): the oldest that the caller may search without possessing it.
    package func find(_ name: [UInt8], for credentials: Credentials) -> Key? {
        var oldest: Entry?
        for entry in (names[name] ?? [:]).values {
            let key = entry.key
            if let oldest, oldest.order < entry.order { continue }
            if credentials.userNamespace.uid(key.uid) == nil || key.isRevoked { continue }
            guard KeyReference(key, isPossessed: false).permits(.search, to: credentials) else { continue }
            oldest = entry
        }
        return oldest?.key
    }
}

extension UserNamespace {
    /// Made when a key first needs it.
    package func ownKeyrings() -> NamespaceKeyrings {
        if let keyrings { return keyrings }
        let made = NamespaceKeyrings()
        keyrings = made
        return made
    }
}
