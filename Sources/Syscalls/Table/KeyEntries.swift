import LinuxABI

extension SyscallTable {
    /// Keys and keyrings.
    static let keyEntries: [SyscallEntry] = [
        .emulated(
            .add_key, [.string, .string, .pointer, .size, .int],
            note: "Types user, logon and keyring; those that hold keys for the kernel's own use are ENODEV."),
        .emulated(
            .request_key, [.string, .string, .string, .int],
            note: "No helper program is asked for a key that is not there."),
        .emulated(
            .keyctl, [.choice(.keyctl), .hex, .hex, .hex, .hex],
            note: "No public-key operations; nobody is ever given the authority to instantiate a key."),
    ]
}
