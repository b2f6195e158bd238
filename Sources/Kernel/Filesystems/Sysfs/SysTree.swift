import LinuxABI

/// What is in /sys.
struct SysTree {
    let sysfs: SysFS
    init(_ sysfs: SysFS) { self.sysfs = sysfs }

    func root() -> StaticDirectory {
        let root = StaticDirectory(sysfs, number: 1)
        for name in ["block", "bus"] as [Name] { root.add(name, directory()) }
        root.add("class", directory([("net", directory([("lo", SysLink(sysfs, "../../devices/virtual/net/lo"))]))]))
        root.add("dev", directory([("block", directory()), ("char", directory())]))
        root.add(
            "devices",
            directory([
                ("system", directory([("cpu", processors())])),
                ("virtual", directory([("net", directory([("lo", loopback())]))])),
            ]))
        root.add("firmware", directory())
        root.add(
            "fs",
            directory([
                ("bpf", mountpoint()), ("cgroup", mountpoint()),
                ("fuse", directory([("connections", mountpoint())])), ("pstore", mountpoint()),
            ]))
        root.add(
            "kernel",
            directory([
                ("debug", mountpoint()), ("mm", directory()), ("security", mountpoint()), ("tracing", mountpoint()),
            ]))
        for name in ["module", "power"] as [Name] { root.add(name, directory()) }
        return root
    }

    private func directory(_ children: [(Name, Inode)] = []) -> StaticDirectory {
        let directory = StaticDirectory(sysfs, 0o755)
        for (name, child) in children { directory.add(name, child) }
        return directory
    }
    private func mountpoint() -> StaticDirectory { StaticDirectory(sysfs, isMountpoint: true) }

    private func processors() -> StaticDirectory {
        directory([
            ("online", SysText(sysfs, .host(.cpusOnline))), ("possible", SysText(sysfs, .host(.cpusPossible))),
            ("present", SysText(sysfs, .host(.cpusPresent))),
        ])
    }

    /// The loopback device, which is down.
    private func loopback() -> StaticDirectory {
        let lines: [(Name, StaticString)] = [
            ("addr_len", "6"), ("address", "00:00:00:00:00:00"), ("broadcast", "00:00:00:00:00:00"), ("flags", "0x8"),
            ("ifindex", "1"), ("iflink", "1"), ("mtu", "65536"), ("operstate", "down"), ("tx_queue_len", "1000"),
            ("type", "772"),
        ]
        let device = directory(lines.map { ($0, SysText(sysfs, .line($1))) })
        device.add("subsystem", SysLink(sysfs, "../../../../class/net"))
        return device
    }
}
