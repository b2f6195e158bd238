import LinuxABI

/// add_key(2), request_key(2) and keyctl(2).
extension Rule {
    package static let keyPermission = Rule(
        "key-permission", .EACCES, "the key's permission mask does not grant the caller this",
        source: "keyrings(7), Access rights; key_task_permission()")
    package static let keyRevoked = Rule(
        "key-revoked", .EKEYREVOKED, "the key was revoked",
        source: "keyctl(2), ERRORS; key_validate()")
    package static let keyExpired = Rule(
        "key-expired", .EKEYEXPIRED, "the key's time is over",
        source: "keyctl(2), ERRORS; key_validate()")
    package static let keyQuota = Rule(
        "key-quota", .EDQUOT, "the owner has as many keys, or bytes in keys, as /proc/sys/kernel/keys allows",
        source: "keyrings(7), /proc files; key_alloc(), key_payload_reserve()")
    package static let keyTypeReserved = Rule(
        "key-type-reserved", .EPERM, "a type whose name begins with a dot is the kernel's own",
        source: "add_key(2), ERRORS; key_get_type_from_user()")
    package static let keyringNameReserved = Rule(
        "keyring-name-reserved", .EPERM, "a keyring whose name begins with a dot is the kernel's own",
        source: "add_key(2), ERRORS; keyctl_join_session_keyring()")
    package static let keyChownNeedsAdmin = Rule(
        "key-chown-needs-admin", .EACCES,
        "giving a key to another user, or to a group that the caller is not in, needs CAP_SYS_ADMIN in the initial user "
            + "namespace",
        source: "KEYCTL_CHOWN(2const); keyctl_chown_key()")
    package static let keySetpermOfOtherUser = Rule(
        "key-setperm-of-other-user", .EACCES,
        "the key belongs to another user, and the caller has no CAP_SYS_ADMIN in the initial user namespace",
        source: "KEYCTL_SETPERM(2const); keyctl_setperm_key()")
    package static let keyNoAuthority = Rule(
        "key-no-authority", .EPERM, "the caller was not asked to instantiate this key",
        source: "KEYCTL_INSTANTIATE(2const), ERRORS; keyctl_instantiate_key_common()")
    package static let requestKeyOfKeyring = Rule(
        "request-key-of-keyring", .EPERM, "a keyring that is not there is never asked for",
        source: "request_key(2), ERRORS; construct_key_and_link()")
    package static let keyringRestricted = Rule(
        "keyring-restricted", .EPERM, "the keyring takes no more links",
        source: "KEYCTL_RESTRICT_KEYRING(2const); restrict_link_reject()")
    package static let keyringAlreadyRestricted = Rule(
        "keyring-already-restricted", .EEXIST, "the keyring has a restriction",
        source: "KEYCTL_RESTRICT_KEYRING(2const), ERRORS; keyring_restrict()")
    package static let keyringMoveExclusive = Rule(
        "keyring-move-exclusive", .EEXIST, "the keyring links another key of that type and description",
        source: "KEYCTL_MOVE(2const), ERRORS; key_move()")
    package static let keyringCycle = Rule(
        "keyring-cycle", .EDEADLK, "the keyring would hold itself",
        source: "KEYCTL_LINK(2const), ERRORS; keyring_detect_cycle()")
    package static let keyringDepth = Rule(
        "keyring-depth", .ELOOP, "the tree of keyrings is too deep to tell whether there would be a circle",
        source: "KEYCTL_LINK(2const), ERRORS; search_nested_keyrings()")
    package static let sessionParentIsInit = Rule(
        "session-parent-is-init", .EPERM, "the parent is the init of the system",
        source: "KEYCTL_SESSION_TO_PARENT(2const); keyctl_session_to_parent()")
    package static let sessionParentMultithreaded = Rule(
        "session-parent-multithreaded", .EPERM, "the parent has several threads",
        source: "KEYCTL_SESSION_TO_PARENT(2const); keyctl_session_to_parent()")
    package static let sessionParentOtherIDs = Rule(
        "session-parent-other-ids", .EPERM,
        "the parent's user and group IDs are not all the caller's effective ones",
        source: "KEYCTL_SESSION_TO_PARENT(2const); keyctl_session_to_parent()")
    package static let sessionKeyringOfOtherUser = Rule(
        "session-keyring-of-other-user", .EPERM,
        "the parent's session keyring, or the one to replace it, is not owned by the caller's effective user",
        source: "KEYCTL_SESSION_TO_PARENT(2const); keyctl_session_to_parent()")
    package static let persistentKeyringOfOtherUser = Rule(
        "persistent-keyring-of-other-user", .EPERM, "another user's persistent keyring needs CAP_SETUID",
        source: "KEYCTL_GET_PERSISTENT(2const), ERRORS; keyctl_get_persistent()")

    static let keyRules: [Rule] = [
        keyPermission, keyRevoked, keyExpired, keyQuota, keyTypeReserved, keyringNameReserved, keyChownNeedsAdmin,
        keySetpermOfOtherUser, keyNoAuthority, requestKeyOfKeyring, keyringRestricted, keyringAlreadyRestricted,
        keyringMoveExclusive, keyringCycle, keyringDepth, sessionParentIsInit, sessionParentMultithreaded,
        sessionParentOtherIDs, sessionKeyringOfOtherUser, persistentKeyringOfOtherUser,
    ]
}
