import Credentials
import LinuxABI

/// What /proc holds besides processes.
enum ProcGlobals {
    static func populate(_ root: StaticDirectory, _ proc: ProcFS) {
        for name in ["bus", "driver", "fs", "irq", "tty"] as [Name] { root.add(name, StaticDirectory(proc)) }
        root.add("sys", SysctlDirectory(proc))
        root.add("sysvipc", SysvipcFiles.directory(proc))
        host(root, proc, "cpuinfo", .cpuinfo)
        host(root, proc, "meminfo", .meminfo)
        root.add("stat", StaticFile(proc, show: MachineFiles.statistics))
        host(root, proc, "vmstat", .vmstat)
        root.add("loadavg", StaticFile(proc, show: MachineFiles.loadavg))
        root.add("uptime", StaticFile(proc, show: MachineFiles.uptime))
        root.add("version", StaticFile(proc, show: MachineFiles.version))
        for (name, lines) in tables {
            var text: [UInt8] = []
            for line in lines { text += Array(line.utf8) + [0x0a] }
            let bytes = text
            root.add(name, StaticFile(proc) { _ in bytes })
        }
        root.add("timer_list", StaticFile(proc, 0o400) { _ in Array("Timer List Version: v0.9\n".utf8) })
        root.add("kmsg", KernelLogFile(proc))
        root.add("filesystems", StaticFile(proc) { $0.kernel.fileSystemTypes.list })
        root.add("key-users", StaticFile(proc, show: KeyFiles.users))
        root.add("keys", StaticFile(proc, show: KeyFiles.keys))
        root.add("locks", StaticFile(proc, show: LockFiles.locks))
        root.add("mounts", link(proc, "self/mounts"))
        root.add("net", link(proc, "self/net"))
        root.add("self", StaticLink(proc, SelfLink.process))
        root.add("thread-self", StaticLink(proc, SelfLink.thread))
    }

    /// Files that read the same for everybody.
    private static let tables: [(Name, [String])] = [
        ("cgroups", ["#subsys_name\thierarchy\tnum_cgroups\tenabled"]),
        ("cmdline", ["quiet"]),
        ("consoles", []),
        ("devices", ["Character devices:", "  1 mem", "  5 /dev/tty", "136 pts", "", "Block devices:"]),
        ("diskstats", []),
        ("misc", []),
        ("partitions", ["major minor  #blocks  name", ""]),
        ("swaps", ["Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority"]),
    ]

    static func link(_ proc: ProcFS, _ target: StaticString) -> StaticLink {
        let text = Name(stringLiteral: target).bytes
        return StaticLink(proc) { _, _ in text }
    }

    private static func host(_ root: StaticDirectory, _ proc: ProcFS, _ name: Name, _ kind: HostText) {
        root.add(name, StaticFile(proc) { $0.kernel.platform.hostText(kind) })
    }
}

/// Global files made of the machine's state and the model's.
enum MachineFiles {
    /// Load as the host has it; threads and the last number as the reader's PID namespace has them.
    @Sendable static func loadavg(_ reader: ProcReader) throws(Refusal) -> [UInt8] {
        var text = TextBuffer(capacity: 48)
        var spaces = 0
        for byte in reader.kernel.platform.hostText(.loadavg) {
            if byte == 0x20 { spaces += 1 }
            if spaces == 3 || byte == 0x0a { break }
            text.append(byte: byte)
        }
        if text.bytes.isEmpty { text.append("0.00 0.00 0.00") }
        text.append(" 1/")
        text.append(reader.kernel.taskCount)
        text.space()
        text.append(reader.openerNamespace.lastNumber)
        text.newline()
        return text.bytes
    }

    /// Seconds since the start in the reader's time namespace, twice: how long the CPUs idled is not told.
    @Sendable static func uptime(_ reader: ProcReader) throws(Refusal) -> [UInt8] {
        let now = Int64(clamping: reader.kernel.platform.bootNow) &+ reader.bootTimeShift
        let centiseconds = UInt64(clamping: now) / 10_000_000
        var text = TextBuffer(capacity: 40)
        for separator: UInt8 in [0x20, 0x0a] {
            text.append(centiseconds / 100)
            text.append(byte: 0x2e)
            if centiseconds % 100 < 10 { text.append(byte: 0x30) }
            text.append(centiseconds % 100)
            text.append(byte: separator)
        }
        return text.bytes
    }

    /// The host's, but for the time of the start, which lies further back where the clock since then is ahead.
    @Sendable static func statistics(_ reader: ProcReader) throws(Refusal) -> [UInt8] {
        let text = reader.kernel.platform.hostText(.stat)
        let shift = reader.bootTimeShift, name = Array("btime ".utf8)
        guard shift != 0 else { return text }
        var result = TextBuffer(capacity: text.count + 16)
        for line in text.split(separator: 0x0a) {
            if line.starts(with: name), let start = Int64(String(decoding: line.dropFirst(name.count), as: UTF8.self)) {
                result.append(name)
                result.append(Int(start &- shift / 1_000_000_000 &- (shift % 1_000_000_000 > 0 ? 1 : 0)))
            } else {
                result.append(line)
            }
            result.newline()
        }
        return result.bytes
    }

    @Sendable static func version(_ reader: ProcReader) throws(Refusal) -> [UInt8] {
        Array("\(KernelIdentity.system) version \(KernelIdentity.release) (nsentry) \(KernelIdentity.version)\n".utf8)
    }
}
