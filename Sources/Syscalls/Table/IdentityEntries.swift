import LinuxABI

extension SyscallTable {
    /// User and group IDs, capabilities and namespaces.
    static let identityEntries: [SyscallEntry] = [
        .emulated(.getuid, [], .value),
        .emulated(.getgid, [], .value),
        .emulated(.geteuid, [], .value),
        .emulated(.getegid, [], .value),
        .emulated(.setuid, [.uid]),
        .emulated(.setgid, [.gid]),
        .emulated(.setreuid, [.uid, .uid]),
        .emulated(.setregid, [.gid, .gid]),
        .emulated(.setresuid, [.uid, .uid, .uid]),
        .emulated(.setresgid, [.gid, .gid, .gid]),
        .emulated(.getresuid, [.pointer, .pointer, .pointer]),
        .emulated(.getresgid, [.pointer, .pointer, .pointer]),
        .emulated(.setfsuid, [.uid]),
        .emulated(.setfsgid, [.gid]),
        .emulated(.getgroups, [.int, .pointer]),
        .emulated(.setgroups, [.int, .groups(count: 0)]),
        .emulated(.capget, [.structure(.cap_header), .structure(.cap_data)]),
        .emulated(.capset, [.structure(.cap_header), .structure(.cap_data)]),
        .emulated(.setns, [.fd, .flags(.setns)]),
        .traced(.unshare, [.flags(.unshare)]),
    ]
}
