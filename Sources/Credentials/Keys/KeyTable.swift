import LinuxABI

/// /proc/sys/kernel/keys (proc_sys_kernel(5)).
package struct KeyLimits: Sendable {
    package var maximumKeys: Int64 = 200
    package var maximumBytes: Int64 = 20000
    package var rootMaximumKeys: Int64 = 1_000_000
    package var rootMaximumBytes: Int64 = 25_000_000
    /// Seconds for which an expired key can still be seen.
    package var collectionDelay: Int64 = 300
    package var persistentExpiry: Int64 = 259_200
    package init() {}
}

/// What one user's keys amount to (key_user).
package struct KeyUser: Sendable {
    package internal(set) var keys = 0
    package internal(set) var quotaKeys = 0
    package internal(set) var quotaBytes = 0
    package init() {}

    /// The two keys with which Linux's record of root begins (root_key_user).
    package mutating func addInitialKeys() { keys += 2 }
}

/// How a new key counts against its owner's quota.
package enum KeyQuota: Sendable {
    case counted
    /// Counted, and made though the quota is used up: what a task cannot do without.
    case overrun
    case free
}

/// All keys by serial number, and what each user has of them. It keeps no key alive.
package final class KeyTable {
    package var limits = KeyLimits() {
        didSet { needsCollection = true }
    }
    package private(set) var users: [KUID: KeyUser] = [:]

    private struct Entry { unowned let key: Key }
    private var entries: [KeySerial: Entry] = [:]

    /// When the next links to expired keys are due; keys invalidated are due at once.
    private var nextCollection = Int64.max
    private var needsCollection = false

    /// Keys to be let go, one after the other: a chain of keyrings must not end in a chain of calls.
    private var graveyard: [Key] = []
    private var isBurying = false

    package init() {}

    package func key(_ serial: KeySerial) -> Key? { entries[serial]?.key }
    /// Every key, by serial number.
    package var sortedKeys: [Key] {
        entries.keys.sorted { $0.rawValue < $1.rawValue }.compactMap { entries[$0]?.key }
    }

    package func maximumKeys(_ user: KUID) -> Int64 { user == .root ? limits.rootMaximumKeys : limits.maximumKeys }
    package func maximumBytes(_ user: KUID) -> Int64 { user == .root ? limits.rootMaximumBytes : limits.maximumBytes }

    /// key_alloc(): a key without payload and links. A keyring can be found by its name in `namespace`, unless that
    /// begins with a dot.
    package func make(
        _ type: KeyType, _ description: [UInt8], uid: KUID, gid: KGID, _ permissions: KeyPermissions, _ quota: KeyQuota,
        in namespace: UserNamespace, isUserKeyring: Bool = false
    ) throws(Refusal) -> Key {
        guard let first = description.first else { throw Refusal(.EINVAL) }
        // logon_vet_description(): "service:name".
        if type == .logon {
            guard let colon = description.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { throw Refusal(.EINVAL) }
        }
        let size = description.count + 1
        if quota == .counted, !hasRoom(for: uid, keys: 1, bytes: size) { throw Refusal(.keyQuota) }
        let charge = try Charge(namespace.budget, .keys, Key.footprint(type, description, 0))
        let key = Key(
            serial: freeSerial(), index: KeyIndex(type, description.compact), uid: uid, gid: gid,
            permissions: permissions,
            isUserKeyring: isUserKeyring, isInQuota: quota != .free, quotaLength: size, table: self,
            charge: charge)
        entries[key.serial] = Entry(key: key)
        count(key, for: uid, 1)
        if type == .keyring, first != UInt8(ascii: ".") { namespace.ownKeyrings().publish(key) }
        return key
    }

    /// Random, so that serial numbers tell nothing of others' keys (key_alloc_serial).
    private func freeSerial() -> KeySerial {
        while true {
            let serial = KeySerial(Int32.random(in: 3...Int32.max))
            if entries[serial] == nil { return serial }
        }
    }

    // MARK: Quotas

    func hasRoom(for user: KUID, keys: Int, bytes: Int) -> Bool {
        let used = users[user] ?? KeyUser()
        return Int64(used.quotaKeys + keys) <= maximumKeys(user) && hasRoom(used, user, bytes: bytes)
    }

    private func hasRoom(_ used: KeyUser, _ user: KUID, bytes: Int) -> Bool {
        Int64(used.quotaBytes + bytes) <= maximumBytes(user)
    }

    /// Adds `key` to what `user` has, or with −1 takes it away.
    func count(_ key: Key, for user: KUID, _ sign: Int) {
        var used = users[user] ?? KeyUser()
        used.keys += sign
        if key.isInQuota {
            used.quotaKeys += sign
            used.quotaBytes += sign * key.quotaLength
        }
        users[user] = used.keys == 0 ? nil : used
    }

    /// key_payload_reserve(): changes how many bytes of data `key` is charged for.
    func reserve(_ length: Int, for key: Key) throws(Refusal) {
        let change = length - key.dataLength
        try key.charge(length)
        if change != 0, key.isInQuota, var used = users[key.payer] {
            if change > 0, !hasRoom(used, key.payer, bytes: change) {
                try key.charge(key.dataLength)
                throw Refusal(.keyQuota)
            }
            used.quotaBytes += change
            users[key.payer] = used
            key.quotaLength += change
        }
        key.dataLength = length
    }

    // MARK: The end of keys

    func forget(_ key: Key) {
        entries[key.serial] = nil
        count(key, for: key.payer, -1)
    }

    /// Lets go of `keys`, and of what goes with them, one after the other. They must be handed over entirely: what the caller
    /// still held would be let go one inside the other.
    func bury(_ keys: consuming [Key]) {
        guard !keys.isEmpty else { return }
        graveyard += keys
        keys = []
        guard !isBurying else { return }
        isBurying = true
        while graveyard.popLast() != nil {}
        isBurying = false
    }

    /// Something was invalidated, or expires at `time`.
    func scheduleCollection(at time: Int64? = nil) {
        guard let time else { return needsCollection = true }
        nextCollection = min(nextCollection, time &+ limits.collectionDelay)
    }

    /// keyring_gc(): removes links to keys that were invalidated, or expired some time ago. Nearly always it has nothing
    /// to do and knows it.
    package func collect(now: Int64) {
        guard needsCollection || now >= nextCollection else { return }
        needsCollection = false
        nextCollection = .max
        let delay = limits.collectionDelay
        for key in sortedKeys {
            if let expiry = key.expiry, expiry &+ delay > now { nextCollection = min(nextCollection, expiry &+ delay) }
            guard key.type == .keyring, !key.isRevoked, !key.isInvalidated else { continue }
            // What the links were charged for stays charged, as in Linux.
            for link in Array(key.links.keys) where link.isDead(now: now, delay: delay) {
                _ = key.links.remove(link.index)
            }
        }
    }
}
