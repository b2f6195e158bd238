extension FlagNames {
    static let keyctl = FlagNames(
        "KEYCTL_",
        [
            ("GET_KEYRING_ID", 0), ("JOIN_SESSION_KEYRING", 1), ("UPDATE", 2), ("REVOKE", 3), ("CHOWN", 4),
            ("SETPERM", 5), ("DESCRIBE", 6), ("CLEAR", 7), ("LINK", 8), ("UNLINK", 9), ("SEARCH", 10), ("READ", 11),
            ("INSTANTIATE", 12), ("NEGATE", 13), ("SET_REQKEY_KEYRING", 14), ("SET_TIMEOUT", 15),
            ("ASSUME_AUTHORITY", 16), ("GET_SECURITY", 17), ("SESSION_TO_PARENT", 18), ("REJECT", 19),
            ("INSTANTIATE_IOV", 20), ("INVALIDATE", 21), ("GET_PERSISTENT", 22), ("DH_COMPUTE", 23),
            ("PKEY_QUERY", 24), ("PKEY_ENCRYPT", 25), ("PKEY_DECRYPT", 26), ("PKEY_SIGN", 27), ("PKEY_VERIFY", 28),
            ("RESTRICT_KEYRING", 29), ("MOVE", 30), ("CAPABILITIES", 31), ("WATCH_KEY", 32),
        ])
}
