import LinuxABI

// What is done to keys once it is allowed.
extension Key {
    /// What a link in a keyring is charged with.
    static let linkBytes = 4

    /// key_link(): `key` takes the place of another of its type and description.
    package func link(_ key: Key, by credentials: Credentials) throws(Refusal) {
        guard type == .keyring else { throw Refusal(.ENOTDIR) }
        let reserved = try beginLink(key.index)
        do throws(Refusal) {
            try checkLink(key, by: credentials)
        } catch {
            cancelLink(reserved)
            throw error
        }
        links.insert(key)
    }

    /// __key_link_begin(): charges for a link that is not yet there; true when it did.
    func beginLink(_ index: KeyIndex) throws(Refusal) -> Bool {
        if isRevoked { throw Refusal(.keyRevoked) }
        guard links.find(index) == nil else { return false }
        try table.reserve(dataLength + Self.linkBytes, for: self)
        return true
    }

    func cancelLink(_ reserved: Bool) {
        if reserved { try? table.reserve(dataLength - Self.linkBytes, for: self) }
    }

    private func checkLink(_ key: Key, by credentials: Credentials) throws(Refusal) {
        if isRestricted { throw Refusal(.keyringRestricted) }
        if key.type == .keyring { try KeySearch.detectCycle(linking: key, into: self, by: credentials) }
    }

    /// key_unlink()
    package func unlink(_ key: Key) throws(Refusal) {
        guard type == .keyring else { throw Refusal(.ENOTDIR) }
        guard links.remove(key.index) else { throw Refusal(.ENOENT) }
        try table.reserve(dataLength - Self.linkBytes, for: self)
    }

    /// key_move()
    package func move(
        _ key: Key, to target: Key, isExclusive: Bool, by credentials: Credentials
    ) throws(Refusal) {
        if target === self { return }
        guard type == .keyring, target.type == .keyring else { throw Refusal(.ENOTDIR) }
        guard links.find(key.index) != nil else { throw Refusal(.ENOENT) }
        let reserved = try target.beginLink(key.index)
        do throws(Refusal) {
            if isExclusive, !reserved { throw Refusal(.keyringMoveExclusive) }
            try target.checkLink(key, by: credentials)
        } catch {
            target.cancelLink(reserved)
            throw error
        }
        target.links.insert(key)
        _ = links.remove(key.index)
        try table.reserve(dataLength - Self.linkBytes, for: self)
    }

    /// keyring_clear()
    package func clear() throws(Refusal) {
        guard type == .keyring else { throw Refusal(.ENOTDIR) }
        let keys = links.removeAll()
        try table.reserve(0, for: self)
        table.bury(consume keys)
    }

    /// key_revoke(): its payload or links go at once.
    package func revoke() {
        guard !isRevoked else { return }
        isRevoked = true
        payload = []
        let keys = links.removeAll()
        // Giving back is never refused.
        try? table.reserve(0, for: self)
        table.bury(consume keys)
    }

    package func invalidate() {
        isInvalidated = true
        table.scheduleCollection()
    }

    package func setExpiry(_ time: Int64?) {
        expiry = time
        if let time { table.scheduleCollection(at: time) }
    }

    /// keyring_restrict() without a type: no more links.
    package func restrict() throws(Refusal) {
        guard type == .keyring else { throw Refusal(.ENOTDIR) }
        if isRestricted { throw Refusal(.keyringAlreadyRestricted) }
        isRestricted = true
    }

    package func setPermissions(_ permissions: KeyPermissions) { self.permissions = permissions }

    /// keyctl_chown_key(): who is to own it must have room for it.
    package func setOwner(uid: KUID?, gid: KGID?) throws(Refusal) {
        if let uid, uid != self.uid {
            if isInQuota, !table.hasRoom(for: uid, keys: 1, bytes: quotaLength) { throw Refusal(.keyQuota) }
            table.count(self, for: payer, -1)
            table.count(self, for: uid, 1)
            payer = uid
            self.uid = uid
        }
        if let gid { self.gid = gid }
    }

    /// user_update(): a new payload, for ever valid, also for a key that was negative.
    package func update(_ payload: [UInt8]) throws(Refusal) {
        try table.reserve(payload.count, for: self)
        self.payload = payload
        expiry = nil
        rejection = nil
    }

    /// key_reject_and_link(): a key that could not be had, and is not to be asked for again until `expiry`.
    package func reject(_ errno: Errno, until expiry: Int64) {
        rejection = errno
        setExpiry(expiry)
    }

    /// The preparse of each type: what payload it takes.
    package static func checkPayload(_ payload: [UInt8], for type: KeyType) throws(Refusal) {
        switch type {
        case .keyring: if !payload.isEmpty { throw Refusal(.EINVAL) }
        case .user, .logon: if payload.isEmpty || payload.count > 32767 { throw Refusal(.EINVAL) }
        }
    }

    /// __key_create_or_update(): makes a key in this keyring, or gives the one of its type and description a new payload.
    package func createOrUpdate(
        _ type: KeyType, _ description: [UInt8]?, _ payload: [UInt8], isPossessed: Bool, by credentials: Credentials
    ) throws(Refusal) -> Key {
        guard self.type == .keyring else { throw Refusal(.ENOTDIR) }
        try Self.checkPayload(payload, for: type)
        guard let description, !description.isEmpty else { throw Refusal(.EINVAL) }
        let index = KeyIndex(type, description)
        let reserved = try beginLink(index)
        var isLinked = false
        defer { if !isLinked { cancelLink(reserved) } }
        if isRestricted { throw Refusal(.keyringRestricted) }
        if type.isUpdatable, let old = links.find(index), !old.isInvalidated, !old.isRevoked {
            guard KeyReference(old, isPossessed: isPossessed).permits(.write, to: credentials) else {
                throw Refusal(.keyPermission)
            }
            try old.update(payload)
            return old
        }
        let key = try table.make(
            type, description, uid: credentials.fsuid, gid: credentials.fsgid, .initial(type), .counted,
            in: credentials.userNamespace)
        if type.isUpdatable { try key.update(payload) }
        links.insert(key)
        isLinked = true
        return key
    }
}

extension KeyPermissions {
    /// What a key made by a program allows at first.
    package static func initial(_ type: KeyType) -> KeyPermissions {
        var mask: KeyPermissions = [.possessor(.view, .search, .link, .setAttributes, .write), .user(.view)]
        if type.isReadable { mask.insert(.possessor(.read)) }
        return mask
    }
}
