import Credentials
import LinuxABI

/// Where request_key(2) links a key that it has to make (KEYCTL_SET_REQKEY_KEYRING).
package enum RequestDefault {
    package static let noChange: Int32 = -1
    package static let automatic: Int32 = 0
    package static let thread: Int32 = 1
    package static let process: Int32 = 2
    package static let session: Int32 = 3
    package static let user: Int32 = 4
    package static let userSession: Int32 = 5
    package static let requestor: Int32 = 7
}

extension Task {
    /// Seconds for which a key that could not be had is not asked for again.
    private static let negativeTimeout: Int64 = 60

    /// request_key_and_link(): a key found from the task's keyrings, linked in `target`.
    ///
    /// There is no program here that would be asked for a key: with `isAsking` the answer is a negative key.
    package func requestKey(_ index: KeyIndex, linkedIn target: Key?, isAsking: Bool) throws(Refusal) -> Key {
        let now = kernel.realSeconds
        kernel.keys.collect(now: now)
        var search = KeySearch(index, by: credentials, now: now)
        search.skipsExpired = true
        switch credentials.searchKeyrings(&search) {
        case .found(let key):
            if let target {
                try check(KeyReference(key, isPossessed: true), .link)
                try target.link(key, by: credentials)
            }
            return key
        case .refused(let refusal):
            throw refusal
        case .missing:
            if isAsking { try makeNegativeKey(index, linkedIn: target, now) }
            throw Refusal(.ENOKEY)
        }
    }

    /// construct_key_and_link()
    private func makeNegativeKey(_ index: KeyIndex, linkedIn target: Key?, _ now: Int64) throws(Refusal) {
        if index.type == .keyring { throw Refusal(.requestKeyOfKeyring) }
        let keyring = if let target { target } else { try defaultRequestKeyring(now) }
        let key = try kernel.keys.make(
            index.type, index.description, uid: credentials.fsuid, gid: credentials.fsgid, .initial(index.type),
            .counted, in: userNamespace)
        try keyring.link(key, by: credentials)
        key.reject(.ENOKEY, until: now &+ Self.negativeTimeout)
    }

    /// construct_get_dest_keyring(): the one chosen, or the next in the line that there is.
    private func defaultRequestKeyring(_ now: Int64) throws(Refusal) -> Key {
        let own = credentials.keyrings
        let choice = own?.requestDefault ?? RequestDefault.automatic
        let keyring: Key
        if choice <= RequestDefault.thread || choice == RequestDefault.requestor, let thread = own?.thread {
            keyring = thread
        } else if choice <= RequestDefault.process || choice == RequestDefault.requestor, let process = own?.process {
            keyring = process
        } else if choice <= RequestDefault.session || choice == RequestDefault.requestor, let session = own?.session {
            keyring = session
        } else {
            let users = try credentials.userKeyrings(in: kernel.keys, now: now)
            keyring = choice == RequestDefault.user ? users.user : users.session
        }
        try check(KeyReference(keyring, isPossessed: true), .write)
        return keyring
    }

    /// keyctl_set_reqkey_keyring(): returns the former choice.
    package func setRequestDefault(_ choice: Int32) throws(Refusal) -> Int32 {
        let old = credentials.keyrings?.requestDefault ?? RequestDefault.automatic
        switch choice {
        case RequestDefault.noChange: return old
        case RequestDefault.thread: _ = try installThreadKeyring()
        case RequestDefault.process: _ = try installProcessKeyring()
        case RequestDefault.automatic, RequestDefault.session, RequestDefault.user, RequestDefault.userSession,
            RequestDefault.requestor:
            break
        default: throw Refusal(.EINVAL)
        }
        commit(credentials.with(requestDefault: choice))
        return old
    }
}
