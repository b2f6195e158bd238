import LinuxABI

/// What a search for a key ended with.
package enum KeySearchResult {
    case found(Key)
    /// Nothing of that name (EAGAIN inside the kernel).
    case missing
    /// Something was there, and this kept it from being found.
    case refused(Refusal)
}

/// A search of a tree of keyrings: first a keyring's own links, then the keyrings among them, six deep
/// (keyring_search_rcu).
package struct KeySearch {
    private static let maximumDepth = 6

    package let index: KeyIndex
    package let credentials: Credentials
    package let now: Int64
    /// Only this very key counts, whatever its state.
    package var identity: Key?
    /// Passes over expired keys as if they were not there.
    package var skipsExpired = false
    package var recurses = true
    /// For the search for cycles: everything is open, and a tree too deep is an error.
    private var isUnrestricted = false

    private var isPossessed = false
    private var result = KeySearchResult.missing
    /// Keyrings looked through, and how deep: many ways to one keyring are gone once.
    private var visited: Set<Visit> = []

    private struct Visit: Hashable {
        let keyring: ObjectIdentifier
        let depth: Int
    }

    package init(_ index: KeyIndex, by credentials: Credentials, now: Int64) {
        self.index = index
        self.credentials = credentials
        self.now = now
    }

    /// Whether the caller possesses `key`.
    package init(possessionOf key: Key, by credentials: Credentials, now: Int64) {
        self.init(key.index, by: credentials, now: now)
        identity = key
    }

    package mutating func run(in keyring: Key, isPossessed: Bool) -> KeySearchResult {
        guard keyring.type == .keyring else { return .refused(Refusal(.ENOTDIR)) }
        guard KeyReference(keyring, isPossessed: isPossessed).permits(.search, to: credentials) else {
            return .refused(Refusal(.keyPermission))
        }
        self.isPossessed = isPossessed
        result = .missing
        visited = []
        return start(keyring)
    }

    /// keyring_detect_cycle(): whether linking `tree` into `keyring` would close a circle.
    static func detectCycle(linking tree: Key, into keyring: Key, by credentials: Credentials) throws(Refusal) {
        var search = KeySearch(possessionOf: keyring, by: credentials, now: 0)
        search.isUnrestricted = true
        switch search.start(tree) {
        case .found: throw Refusal(.keyringCycle)
        case .refused(let refusal): throw refusal
        case .missing: return
        }
    }

    private mutating func start(_ keyring: Key) -> KeySearchResult {
        // The keyring at the top may itself be what is wanted; if it is, and cannot be had, that is the end of it.
        if keyring.index == index {
            switch consider(keyring) {
            case .found: return result
            case .skipped: return result
            case .ignored: break
            }
        }
        _ = descend(keyring, depth: 0)
        return result
    }

    private enum Verdict { case found, skipped, ignored }

    /// keyring_search_iterator() for a key of the right type and description.
    private mutating func consider(_ key: Key) -> Verdict {
        if let identity {
            guard key === identity else { return .ignored }
        } else {
            if key.isInvalidated || key.isRevoked {
                result = .refused(Refusal(.keyRevoked))
                return .skipped
            }
            if let expiry = key.expiry, now >= expiry {
                if !skipsExpired { result = .refused(Refusal(.keyExpired)) }
                return .skipped
            }
        }
        if !isUnrestricted, !KeyReference(key, isPossessed: isPossessed).permits(.search, to: credentials) {
            result = .refused(Refusal(.keyPermission))
            return .skipped
        }
        if identity == nil, let errno = key.rejection {
            result = .refused(Refusal(errno))
            return .skipped
        }
        result = .found(key)
        return .found
    }

    /// search_nested_keyrings() below the top: true when the search is over.
    private mutating func descend(_ keyring: Key, depth: Int) -> Bool {
        if keyring.isInvalidated || keyring.isRevoked { return false }
        guard visited.insert(Visit(keyring: ObjectIdentifier(keyring), depth: depth)).inserted else { return false }
        if let key = keyring.links.find(index), consider(key) == .found { return true }
        guard recurses else { return false }
        for key in keyring.links.keys where key.type == .keyring {
            guard depth < Self.maximumDepth else {
                guard isUnrestricted else { return false }
                result = .refused(Refusal(.keyringDepth))
                return true
            }
            if !isUnrestricted, !KeyReference(key, isPossessed: isPossessed).permits(.search, to: credentials) {
                continue
            }
            if descend(key, depth: depth + 1) { return true }
        }
        return false
    }
}

extension Credentials {
    /// search_cred_keyrings_rcu(): the thread's, process's and session's keyrings in that order; without a session the
    /// user's session keyring. A key found is possessed.
    package func searchKeyrings(_ search: inout KeySearch) -> KeySearchResult {
        var missed: KeySearchResult?
        var refused = KeySearchResult.missing
        for keyring in [keyrings?.thread, keyrings?.process, keyrings?.session ?? existingUserSession(search.now)] {
            guard let keyring else { continue }
            let result = search.run(in: keyring, isPossessed: true)
            switch result {
            case .found: return result
            case .missing: if missed == nil { missed = result }
            case .refused(let refusal) where refusal.errno == .ENOKEY: missed = result
            case .refused: refused = result
            }
        }
        return missed ?? refused
    }

    /// get_user_session_keyring_rcu()
    private func existingUserSession(_ now: Int64) -> Key? {
        guard let register = userNamespace.keyrings?.users else { return nil }
        var search = KeySearch(userKeyringIndex("_uid_ses."), by: self, now: now)
        search.recurses = false
        guard case .found(let key) = search.run(in: register, isPossessed: true) else { return nil }
        return key
    }

    /// The index of a keyring named after the real user as the caller's user namespace numbers it.
    package func userKeyringIndex(_ prefix: String) -> KeyIndex {
        KeyIndex(.keyring, Array(prefix.utf8) + Array(String(userNamespace.uid(uid)?.rawValue ?? .max).utf8))
    }
}
