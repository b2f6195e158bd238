import LinuxABI

/// The number by which programs name a key; those of the special keyrings are negative (keyctl(2)).
package struct KeySerial: Hashable, Sendable {
    package let rawValue: Int32
    package init(_ rawValue: Int32) { self.rawValue = rawValue }
}

/// The types of keys that programs can make here (keyrings(7), "Key types").
package enum KeyType: Hashable, Sendable {
    case keyring, user, logon

    package init?(name: [UInt8]) {
        guard let type = [KeyType.keyring, .user, .logon].first(where: { $0.name.elementsEqual(name) }) else {
            return nil
        }
        self = type
    }

    package var name: String.UTF8View {
        switch self {
        case .keyring: "keyring".utf8
        case .user: "user".utf8
        case .logon: "logon".utf8
        }
    }
    /// What a logon key holds is for the kernel only.
    package var isReadable: Bool { self != .logon }
    /// A keyring changes by links, never by a new payload.
    package var isUpdatable: Bool { self != .keyring }
}

/// By what a keyring knows its links: it has at most one of each type and description.
package struct KeyIndex: Hashable, Sendable {
    package let type: KeyType
    package let description: [UInt8]
    package init(_ type: KeyType, _ description: [UInt8]) {
        self.type = type
        self.description = description
    }
}

/// A key (keyrings(7)). It lives as long as something refers to it: a keyring that links it, credentials, a user
/// namespace's register. Its end gives back what its owner was charged for.
package final class Key {
    package let serial: KeySerial
    package let index: KeyIndex
    package internal(set) var uid: KUID
    /// May be invalid: then the group's byte of the mask counts for nobody.
    package internal(set) var gid: KGID
    package internal(set) var permissions: KeyPermissions
    package internal(set) var payload: [UInt8] = []
    package internal(set) var links = KeyringLinks()
    /// CLOCK_REALTIME, seconds; nil for never.
    package internal(set) var expiry: Int64?
    package internal(set) var isRevoked = false
    package internal(set) var isInvalidated = false
    /// What finding it fails with, for a key that could not be had (a negative key).
    package internal(set) var rejection: Errno?
    /// A user's own keyring or user session keyring (KEY_FLAG_UID_KEYRING).
    package let isUserKeyring: Bool
    /// Takes no more links (KEYCTL_RESTRICT_KEYRING).
    package internal(set) var isRestricted = false
    /// How many keyrings link it.
    package internal(set) var linkCount = 0

    /// Who pays; not always the owner, as a thread keyring's owner follows the file-system user ID.
    package internal(set) var payer: KUID
    package let isInQuota: Bool
    /// Payload bytes, or 4 for each link, that are charged (datalen).
    package internal(set) var dataLength = 0
    /// All bytes that are charged (quotalen).
    var quotaLength: Int
    let table: KeyTable
    private var charge: Charge
    /// Where it can be found by name.
    weak var publisher: NamespaceKeyrings?

    init(
        serial: KeySerial, index: KeyIndex, uid: KUID, gid: KGID, permissions: KeyPermissions, isUserKeyring: Bool,
        isInQuota: Bool, quotaLength: Int, table: KeyTable, charge: consuming Charge
    ) {
        self.serial = serial
        self.index = index
        self.uid = uid
        self.gid = gid
        self.permissions = permissions
        self.isUserKeyring = isUserKeyring
        self.isInQuota = isInQuota
        self.quotaLength = quotaLength
        self.table = table
        self.charge = charge
        payer = uid
    }

    deinit {
        publisher?.unpublish(self)
        table.forget(self)
        table.bury(links.removeAll())
    }

    /// What a key takes in memory with `dataLength` bytes of data.
    static func footprint(_ type: KeyType, _ description: [UInt8], _ dataLength: Int) -> Int {
        let data =
            type == .keyring
            ? dataLength / linkBytes * (Footprint.slot(MemoryLayout<KeyIndex>.stride + 8) + 16)
            : Footprint.array(dataLength)
        return 640 + Footprint.array(description.count) + data
    }

    /// Charges for `dataLength` bytes of data in place of what it has now.
    func charge(_ dataLength: Int) throws(Refusal) {
        try charge.resize(to: Self.footprint(type, description, dataLength))
    }

    package var type: KeyType { index.type }
    package var description: [UInt8] { index.description }

    /// key_validate(): whether it can be used at all.
    package func validate(now: Int64) throws(Refusal) {
        if isInvalidated { throw Refusal(.ENOKEY) }
        if isRevoked { throw Refusal(.keyRevoked) }
        if let expiry, now >= expiry { throw Refusal(.keyExpired) }
    }

    /// key_is_dead(): whether links to it are to be collected.
    func isDead(now: Int64, delay: Int64) -> Bool {
        if isInvalidated { return true }
        guard let expiry else { return false }
        return expiry &+ delay <= now
    }
}
