import Credentials
import LinuxABI

/// /proc/sys/net: settings of the caller's network namespace that programs look for.
enum NetSettings {
    static let all: [Sysctl] = [
        .integer("net/core/somaxconn", 4096, .net, in: 0...Int64(Int32.max)),
        .integer("net/core/rmem_default", 212_992, in: 2304...Int64(Int32.max)),
        .integer("net/core/rmem_max", 212_992, in: 2304...Int64(Int32.max)),
        .integer("net/core/wmem_default", 212_992, in: 4608...Int64(Int32.max)),
        .integer("net/core/wmem_max", 212_992, in: 4608...Int64(Int32.max)),
        .integer("net/core/optmem_max", 131_072, .net, in: 0...Int64(Int32.max)),
        .integer("net/ipv4/ip_forward", 0, .net),
        .integer("net/ipv4/ip_default_ttl", 64, .net, in: 1...255),
        .integers("net/ipv4/ip_local_port_range", [32768, 60999], .net, in: 1...65535),
        .integer("net/ipv4/ip_nonlocal_bind", 0, .net, in: 0...255),
        .integer("net/ipv4/ip_unprivileged_port_start", 1024, .net, in: 0...65535),
        // An empty range: nobody may open ping sockets without CAP_NET_RAW.
        .integers("net/ipv4/ping_group_range", [1, 0], .net, in: 0...Int64(UInt32.max) - 1),
        .integer("net/ipv4/tcp_syncookies", 1, .net, in: 0...2),
        .integer("net/ipv4/tcp_keepalive_time", 7200, .net),
        .integer("net/ipv4/tcp_keepalive_intvl", 75, .net),
        .integer("net/ipv4/tcp_keepalive_probes", 9, .net),
        .integer("net/ipv4/tcp_fin_timeout", 60, .net),
        .integer("net/ipv4/tcp_tw_reuse", 2, .net, in: 0...2),
        .integer("net/ipv4/icmp_echo_ignore_all", 0, .net, in: 0...1),
        .integer("net/ipv4/conf/all/forwarding", 0, .net),
        .integer("net/ipv4/conf/all/rp_filter", 0, .net),
        .integer("net/ipv4/conf/default/forwarding", 0, .net),
        .integer("net/ipv4/conf/default/rp_filter", 0, .net),
        .integer("net/ipv4/conf/lo/forwarding", 0, .net),
        .integer("net/ipv4/conf/lo/rp_filter", 0, .net),
        .integer("net/ipv6/conf/all/disable_ipv6", 0, .net),
        .integer("net/ipv6/conf/all/forwarding", 0, .net),
        .integer("net/ipv6/conf/default/disable_ipv6", 0, .net),
        .integer("net/ipv6/conf/lo/disable_ipv6", 0, .net),
        .integer("net/unix/max_dgram_qlen", 10, .net),
    ]
}
