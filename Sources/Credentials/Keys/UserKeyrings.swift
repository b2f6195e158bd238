import LinuxABI

extension Credentials {
    /// look_up_user_keyrings(): the real user's own keyring and session keyring in the caller's user namespace, made
    /// where they are missing.
    package func userKeyrings(in table: KeyTable, now: Int64) throws(Refusal) -> (user: Key, session: Key) {
        let register = try userRegister(in: table)
        let user = try registered("_uid.", in: register, now) { () throws(Refusal) in
            let made = try makeUserKeyring("_uid.", in: table)
            try register.link(made, by: self)
            return made
        }
        let session = try registered("_uid_ses.", in: register, now) { () throws(Refusal) in
            let made = try makeUserKeyring("_uid_ses.", in: table)
            try made.link(user, by: self)
            try register.link(made, by: self)
            return made
        }
        return (user, session)
    }

    /// get_user_register()
    private func userRegister(in table: KeyTable) throws(Refusal) -> Key {
        let keyrings = userNamespace.ownKeyrings()
        if let known = keyrings.users { return known }
        let made = try table.make(
            .keyring, Array(".user_reg".utf8), uid: userNamespace.ownerUID, gid: .invalid,
            [.possessor(.write, .search), .user(.view, .read)], .counted, in: userNamespace)
        keyrings.users = made
        return made
    }

    private func registered(
        _ prefix: String, in register: Key, _ now: Int64, or make: () throws(Refusal) -> Key
    ) throws(Refusal) -> Key {
        var search = KeySearch(userKeyringIndex(prefix), by: self, now: now)
        search.recurses = false
        switch search.run(in: register, isPossessed: true) {
        case .found(let key): return key
        case .missing: return try make()
        case .refused(let refusal): throw refusal
        }
    }

    private func makeUserKeyring(_ prefix: String, in table: KeyTable) throws(Refusal) -> Key {
        try table.make(
            .keyring, userKeyringIndex(prefix).description, uid: uid, gid: .invalid,
            [.possessor(.view, .read, .write, .search, .link), .userAll], .counted, in: userNamespace,
            isUserKeyring: true)
    }

    /// key_get_persistent(): the persistent keyring of `user`, made where it is missing, linked in `target`.
    package func persistentKeyring(
        of user: KUID, linkedIn target: Key, in table: KeyTable, now: Int64
    ) throws(Refusal) -> Key {
        let mask: KeyPermissions = [.possessor(.view, .read, .write, .search, .link), .user(.view, .read)]
        let keyrings = userNamespace.ownKeyrings()
        let number = userNamespace.uid(user)?.rawValue ?? .max
        let index = KeyIndex(.keyring, Array("_persistent.\(number)".utf8))
        var isNew = false
        let keyring: Key
        if let known = keyrings.persistent?.links.find(index), !known.isRevoked, !known.isInvalidated {
            keyring = known
        } else {
            let register: Key
            if let known = keyrings.persistent {
                register = known
            } else {
                register = try table.make(
                    .keyring, Array(".persistent_register".utf8), uid: .root, gid: .root, mask, .free,
                    in: userNamespace)
                keyrings.persistent = register
            }
            keyring = try table.make(
                .keyring, index.description, uid: user, gid: .invalid, mask, .free, in: userNamespace)
            try register.link(keyring, by: self)
            isNew = true
        }
        let expiry = now &+ table.limits.persistentExpiry
        // A new one that could not be linked does not stay for ever.
        if isNew { keyring.setExpiry(expiry) }
        guard KeyReference(keyring, isPossessed: true).permits(.link, to: self) else { throw Refusal(.keyPermission) }
        try target.link(keyring, by: self)
        keyring.setExpiry(expiry)
        return keyring
    }
}
