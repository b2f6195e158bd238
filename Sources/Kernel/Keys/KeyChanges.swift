import Credentials
import LinuxABI

// What keyctl(2) asks of who wants to change, read or revoke a key.
extension Task {
    /// keyctl_chown_key(): giving a key away, or to a group that is not one's own, is for the machine's administrator.
    package func changeOwner(of key: Key, uid: KUID?, gid: KGID?) throws(Refusal) {
        var isPrivileged = false
        if let uid, uid != key.uid { isPrivileged = true }
        if let gid, gid != key.gid, !credentials.isMember(of: gid) { isPrivileged = true }
        if isPrivileged { try require(.sysAdmin, over: kernel.initialUserNamespace, .keyChownNeedsAdmin) }
        try key.setOwner(uid: uid, gid: gid)
    }

    /// keyctl_setperm_key()
    package func setPermissions(_ mask: KeyPermissions, of key: Key) throws(Refusal) {
        if key.uid != credentials.fsuid {
            try require(.sysAdmin, over: kernel.initialUserNamespace, .keySetpermOfOtherUser)
        }
        key.setPermissions(mask)
    }

    /// keyctl_read_key(): who possesses a key may read it even without the permission.
    package func readableKey(_ id: Int32) throws(Refusal) -> Key {
        let found: KeyReference
        do throws(Refusal) {
            found = try key(id, for: .reading)
        } catch {
            throw Refusal(.ENOKEY)
        }
        let key = found.key
        if let errno = key.rejection { throw Refusal(errno) }
        if !found.isPossessed { try check(found, .read) }
        try key.validate(now: kernel.realSeconds)
        guard key.type.isReadable else { throw Refusal(.EOPNOTSUPP) }
        return key
    }

    /// keyctl_revoke_key(): the permission to write or to set attributes will do.
    package func revocableKey(_ id: Int32) throws(Refusal) -> Key {
        do throws(Refusal) {
            return try key(id, for: .permission(.write)).key
        } catch {
            guard error.errno == .EACCES else { throw error }
            return try key(id, for: .permission(.setAttributes)).key
        }
    }

    /// keyctl_get_persistent(): whose persistent keyring is wanted by `number`, nil meaning the caller's.
    package func ownerOfPersistentKeyring(_ number: UID?) throws(Refusal) -> KUID {
        guard let number else { return credentials.uid }
        guard let user = userNamespace.kuid(number) else { throw Refusal(.idUnmapped) }
        if user != credentials.uid, user != credentials.euid {
            try require(.setuid, over: userNamespace, .persistentKeyringOfOtherUser)
        }
        return user
    }
}
