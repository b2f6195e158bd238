import Credentials
import LinuxABI

/// The files of /proc/[pid]/net: tables without rows, as no socket of the sandbox is shown.
enum NetFiles {
    static let all: [ProcPidEntry] = [
        table("arp", ["IP address       HW type     Flags       HW address            Mask     Device"]),
        table(
            "dev",
            [
                "Inter-|   Receive                                                |  Transmit",
                " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fi"
                    + "fo colls carrier compressed",
                "    lo:       0       0    0    0    0     0          0         0        0       0    0    0   "
                    + " 0     0       0          0",
            ]),
        table("dev_mcast", []),
        table("fib_trie", []),
        table(
            "icmp",
            [
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inod"
                    + "e ref pointer drops             "
            ]),
        table("if_inet6", []),
        table("igmp", ["Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter"]),
        table("ipv6_route", []),
        table(
            "netlink",
            [
                "sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode"
            ]),
        table("packet", ["sk               RefCnt Type Proto  Iface R Rmem   User   Inode"]),
        table("psched", ["000003e8 00000040 000f4240 3b9aca00"]),
        table(
            "raw",
            [
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inod"
                    + "e ref pointer drops"
            ]),
        table(
            "raw6",
            [
                "  sl  local_address                         remote_address                        st tx_queue r"
                    + "x_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops"
            ]),
        table(
            "route",
            [
                "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT                       "
                    + "                                "
            ]),
        table(
            "sockstat",
            [
                "sockets: used 0",
                "TCP: inuse 0 orphan 0 tw 0 alloc 0 mem 0",
                "UDP: inuse 0 mem 0",
                "UDPLITE: inuse 0",
                "RAW: inuse 0",
                "FRAG: inuse 0 memory 0",
            ]),
        table(
            "sockstat6",
            [
                "TCP6: inuse 0",
                "UDP6: inuse 0",
                "UDPLITE6: inuse 0",
                "RAW6: inuse 0",
                "FRAG6: inuse 0 memory 0",
            ]),
        table(
            "tcp",
            [
                "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inod"
                    + "e                                                     "
            ]),
        table(
            "tcp6",
            [
                "  sl  local_address                         remote_address                        st tx_queue r"
                    + "x_queue tr tm->when retrnsmt   uid  timeout inode"
            ]),
        table(
            "udp",
            [
                "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout ino"
                    + "de ref pointer drops            "
            ]),
        table(
            "udp6",
            [
                "  sl  local_address                         remote_address                        st tx_queue r"
                    + "x_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops"
            ]),
        table(
            "udplite",
            [
                "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout ino"
                    + "de ref pointer drops            "
            ]),
        table(
            "udplite6",
            [
                "  sl  local_address                         remote_address                        st tx_queue r"
                    + "x_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops"
            ]),
        table("unix", ["Num       RefCount Protocol Flags    Type St Inode Path"]),
    ]

    private static func table(_ name: Name, _ lines: [String]) -> ProcPidEntry {
        var text: [UInt8] = []
        for line in lines {
            text.append(contentsOf: line.utf8)
            text.append(0x0a)
        }
        let bytes = text
        return ProcPidEntry(name, check: readOnly) { _, _ in bytes }
    }

    /// proc_net's files refuse writers at open, whatever their capabilities.
    @Sendable private static func readOnly(
        _ task: Task, _ flags: OpenFlags, _ caller: any Caller
    ) throws(Refusal) {
        if flags.writes { throw Refusal(.procNetReadOnly) }
    }
}
