import LinuxABI

extension SyscallTable {
    /// Sockets: names and control messages are the sentry's, data is the host's.
    static let socketEntries: [SyscallEntry] = [
        .emulated(.socket, [.choice(.socketFamily), .flags(.socketType), .int], .fd),
        .emulated(.socketpair, [.choice(.socketFamily), .flags(.socketType), .int, .fdPair]),
        .emulated(.connect, [.fd, .input(length: 2), .size]),
        .emulated(.bind, [.fd, .input(length: 2), .size]),
        .emulated(.listen, [.fd, .int]),
        .emulated(.accept, [.fd, .structure(.sockaddr), .pointer], .fd),
        .emulated(.accept4, [.fd, .structure(.sockaddr), .pointer, .flags(.accept)], .fd),
        // Without an address only data moves.
        .native(
            .sendto, [.fd, .input(length: 2), .size, .flags(.message), .structure(.sockaddr), .size],
            unless: ArgumentTest(.init(4, .notEqual, 0)), continues: false),
        .native(
            .recvfrom, [.fd, .output, .size, .flags(.message), .structure(.sockaddr), .pointer],
            unless: ArgumentTest(.init(4, .notEqual, 0)), continues: false),
        .emulated(.sendmsg, [.fd, .structure(.msghdr), .flags(.message)]),
        .emulated(.recvmsg, [.fd, .structure(.msghdr), .flags(.message)]),
        .emulated(.sendmmsg, [.fd, .structure(.mmsghdr), .unsigned, .flags(.message)]),
        .emulated(.recvmmsg, [.fd, .structure(.mmsghdr), .unsigned, .flags(.message), .timespec]),
        .emulated(.shutdown, [.fd, .choice(.shutdown)]),
        .emulated(.getsockname, [.fd, .structure(.sockaddr), .pointer]),
        .emulated(.getpeername, [.fd, .structure(.sockaddr), .pointer]),
        .checked(.setsockopt, [.fd, .choice(.socketLevel), .int, .input(length: 4), .size]),
        .checked(.getsockopt, [.fd, .choice(.socketLevel), .int, .pointer, .pointer]),
    ]
}
