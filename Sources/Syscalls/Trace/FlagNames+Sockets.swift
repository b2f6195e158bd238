extension FlagNames {
    static let socketFamily = FlagNames(
        "AF_",
        [
            ("UNSPEC", 0), ("UNIX", 1), ("INET", 2), ("INET6", 0xa), ("NETLINK", 0x10), ("PACKET", 0x11), ("ALG", 0x26),
            ("VSOCK", 0x28),
        ])
    static let socketType = FlagNames(
        "SOCK_",
        [
            ("STREAM", 1), ("DGRAM", 2), ("RAW", 3), ("RDM", 4), ("SEQPACKET", 5),
        ])
    static let message = FlagNames(
        "MSG_",
        [
            ("OOB", 1), ("PEEK", 2), ("DONTROUTE", 4), ("CTRUNC", 8), ("TRUNC", 0x20), ("DONTWAIT", 0x40),
            ("EOR", 0x80), ("WAITALL", 0x100), ("NOSIGNAL", 0x4000), ("MORE", 0x8000), ("WAITFORONE", 0x10000),
            ("FASTOPEN", 0x20000000), ("CMSG_CLOEXEC", 0x40000000),
        ])
    static let shutdown = FlagNames(
        "SHUT_",
        [
            ("RD", 0), ("WR", 1), ("RDWR", 2),
        ])
    static let accept = FlagNames(
        "SOCK_",
        [
            ("NONBLOCK", 0x800), ("CLOEXEC", 0x80000),
        ])
    static let socketLevel = FlagNames(
        "SOL_",
        [
            ("IP", 0), ("SOCKET", 1), ("TCP", 6), ("UDP", 0x11), ("IPV6", 0x29), ("NETLINK", 0x10e),
        ])
    static let eventfd = FlagNames(
        "EFD_",
        [
            ("SEMAPHORE", 1), ("NONBLOCK", 0x800), ("CLOEXEC", 0x80000),
        ])
    static let epollCreate = FlagNames(
        "EPOLL_",
        [
            ("CLOEXEC", 0x80000)
        ])
    static let epollControl = FlagNames(
        "EPOLL_CTL_",
        [
            ("ADD", 1), ("DEL", 2), ("MOD", 3),
        ])
    static let timerfd = FlagNames(
        "TFD_",
        [
            ("NONBLOCK", 0x800), ("CLOEXEC", 0x80000),
        ])
    static let signalfd = FlagNames(
        "SFD_",
        [
            ("NONBLOCK", 0x800), ("CLOEXEC", 0x80000),
        ])
}
