/// What a caller wants to do with a key: one bit of each byte of its permission mask (keyrings(7), "Access rights").
package enum KeyNeed: UInt32, Sendable {
    case view = 0x01
    case read = 0x02
    case write = 0x04
    case search = 0x08
    case link = 0x10
    case setAttributes = 0x20
}

/// A key's permission mask: a byte each for possessor, owner, group and others.
package struct KeyPermissions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static func possessor(_ needs: KeyNeed...) -> KeyPermissions { mask(needs, 24) }
    package static func user(_ needs: KeyNeed...) -> KeyPermissions { mask(needs, 16) }
    package static let possessorAll = KeyPermissions(rawValue: 0x3f00_0000)
    package static let userAll = KeyPermissions(rawValue: 0x003f_0000)
    package static let groupAll = KeyPermissions(rawValue: 0x0000_3f00)
    /// Every bit that has a meaning.
    package static let all = KeyPermissions(rawValue: 0x3f3f_3f3f)

    private static func mask(_ needs: [KeyNeed], _ shift: UInt32) -> KeyPermissions {
        KeyPermissions(rawValue: needs.reduce(0) { $0 | $1.rawValue << shift })
    }
}

/// A key together with whether the caller possesses it: whether it can be found from the caller's own keyrings
/// (keyrings(7), "Possession").
package struct KeyReference {
    package let key: Key
    package let isPossessed: Bool
    package init(_ key: Key, isPossessed: Bool) {
        self.key = key
        self.isPossessed = isPossessed
    }

    /// key_task_permission(): the byte of owner, group or others counts by the file-system IDs; a possessor has his
    /// own bits besides.
    package func permits(_ need: KeyNeed, to credentials: Credentials) -> Bool {
        let mask = key.permissions.rawValue
        var granted = mask
        if key.uid == credentials.fsuid {
            granted = mask >> 16
        } else if key.gid.isValid, !key.permissions.isDisjoint(with: .groupAll), credentials.isMember(of: key.gid) {
            granted = mask >> 8
        }
        if isPossessed { granted |= mask >> 24 }
        return granted & need.rawValue != 0
    }
}
