import Credentials
import LinuxABI

/// /proc/sys/kernel (proc_sys_kernel(5)).
enum KernelSettings {
    static let all: [Sysctl] = identity + processes + ipc + random + keys + others

    private static let identity: [Sysctl] = [
        .fixed("kernel/ostype", KernelIdentity.system),
        .fixed("kernel/osrelease", KernelIdentity.release),
        .fixed("kernel/version", KernelIdentity.version),
        .fixed("kernel/arch", KernelIdentity.machine),
        // These act on the caller's UTS namespace, and yet only global root may write them.
        .text("kernel/hostname", limit: 64, get: { $0.uts.hostname }, set: { $0.uts.hostname = $1 }),
        .text("kernel/domainname", limit: 64, get: { $0.uts.domainname }, set: { $0.uts.domainname = $1 }),
        .variable(
            "kernel/overflowuid", in: 0...65535, get: { Int64($0.kernel.initialUserNamespace.overflow.uid) },
            set: { $0.kernel.initialUserNamespace.overflow.uid = UInt32(clamping: $1) }),
        .variable(
            "kernel/overflowgid", in: 0...65535, get: { Int64($0.kernel.initialUserNamespace.overflow.gid) },
            set: { $0.kernel.initialUserNamespace.overflow.gid = UInt32(clamping: $1) }),
        .fixed("kernel/cap_last_cap", "\(Capability.last)"),
        .fixed("kernel/ngroups_max", "65536"),
    ]

    private static let processes: [Sysctl] = [
        .variable(
            "kernel/pid_max", .pid, in: 301...4_194_304, get: { Int64($0.pid.maximum) },
            set: { $0.pid.maximum = Int32(clamping: $1) }),
        .variable(
            "kernel/ns_last_pid", mode: 0o666, in: 0...4_194_304, get: { Int64($0.pid.lastNumber) },
            set: { view, value throws(Refusal) in
                // pid_ns_ctl_handler(): everybody may open it, few may write.
                guard let owner = view.pid.owner,
                    view.credentials.has(.checkpointRestore, over: owner)
                        || view.credentials.has(.sysAdmin, over: owner)
                else { throw Refusal(.sysctlLastPID) }
                guard value < Int64(view.pid.maximum) else { throw Refusal(.EINVAL) }
                view.pid.lastNumber = Int32(clamping: value)
            }),
        .variable(
            "kernel/threads-max", in: 20...Int64(Int32.max), get: { Int64($0.kernel.taskLimit) },
            set: { $0.kernel.settings.values["kernel/threads-max"] = [$1] }),
        .fixed("kernel/seccomp/actions_avail", "kill_process kill_thread trap errno user_notif trace log allow"),
        .fixed(
            "kernel/seccomp/actions_logged", "kill_process kill_thread trap errno user_notif trace log", mode: 0o644),
        .fixed("kernel/core_pattern", "core", mode: 0o644),
        .integer("kernel/core_pipe_limit", 0),
        .integer("kernel/core_uses_pid", 0),
        .integer("kernel/randomize_va_space", 2, in: 0...2),
        .integer("kernel/print-fatal-signals", 0),
        .integer("kernel/pty/max", 4096, in: 0...1_048_576),
        .fixed("kernel/pty/nr", "0"),
        .integer("kernel/pty/reserve", 1024, in: 0...1_048_576),
    ]

    private static let ipc: [Sysctl] = [
        .integer("kernel/msgmax", 8192, .ipc, in: 0...Int64(Int32.max)),
        .integer("kernel/msgmnb", 16384, .ipc, in: 0...Int64(Int32.max)),
        .integer("kernel/msgmni", 32000, .ipc, in: 0...32768),
        .integer("kernel/auto_msgmni", 0, .ipc, in: 0...1),
        .integers("kernel/sem", [32000, 1_024_000_000, 500, 32000], .ipc),
        unsigned("kernel/shmmax", .max - (1 << 24)),
        unsigned("kernel/shmall", .max - (1 << 24)),
        .integer("kernel/shmmni", 4096, .ipc, in: 0...32768),
        .variable(
            "kernel/shm_rmid_forced", .ipc, in: 0...1,
            get: { $0.ipc.setting("kernel/shm_rmid_forced", default: 0) },
            set: { view, value in
                view.ipc.settings["kernel/shm_rmid_forced"] = [value]
                if value != 0 { view.kernel.destroyOrphanedSegments(of: view.ipc) }
            }),
        .integer("kernel/msg_next_id", -1, .ipcCheckpoint, mode: 0o444, in: 0...Int64(Int32.max)),
        .integer("kernel/sem_next_id", -1, .ipcCheckpoint, mode: 0o444, in: 0...Int64(Int32.max)),
        .integer("kernel/shm_next_id", -1, .ipcCheckpoint, mode: 0o444, in: 0...Int64(Int32.max)),
    ]

    /// An unsigned long of the IPC namespace; it is kept as the signed number of the same bits.
    private static func unsigned(_ path: String, _ initial: UInt64) -> Sysctl {
        Sysctl(
            path, 0o644, .ipc,
            read: { view in
                var text = TextBuffer(capacity: 24)
                text.append(SysctlStore.value(path, .ipc, view)?.first.map { UInt64(bitPattern: $0) } ?? initial)
                text.newline()
                return text.bytes
            },
            write: { view, bytes, offset throws(Refusal) in
                if offset != 0 { return bytes.count }
                var scanner = NumberScanner(bytes.prefix { $0 != 0 })
                scanner.skipBlanks()
                guard let value = scanner.unsigned(anyBase: true) else { throw Refusal(.EINVAL) }
                scanner.skipBlanks()
                guard scanner.isAtEnd else { throw Refusal(.EINVAL) }
                SysctlStore.set(path, .ipc, view, [Int64(bitPattern: value)])
                return bytes.count
            })
    }

    private static let random: [Sysctl] = [
        Sysctl("kernel/random/boot_id", 0o444, read: { UUIDText.line($0.kernel.bootID) }),
        Sysctl("kernel/random/uuid", 0o444, read: { _ in UUIDText.line(UUIDText.random()) }),
        .fixed("kernel/random/entropy_avail", "256"),
        .fixed("kernel/random/poolsize", "256"),
        .integer("kernel/random/urandom_min_reseed_secs", 60),
        .integer("kernel/random/write_wakeup_threshold", 256),
    ]

    /// key_sysctls
    private static let keys: [Sysctl] = [
        keyLimit("gc_delay", from: 0, \.collectionDelay),
        keyLimit("maxbytes", from: 1, \.maximumBytes),
        keyLimit("maxkeys", from: 1, \.maximumKeys),
        keyLimit("persistent_keyring_expiry", from: 0, \.persistentExpiry),
        keyLimit("root_maxbytes", from: 1, \.rootMaximumBytes),
        keyLimit("root_maxkeys", from: 1, \.rootMaximumKeys),
    ]

    private static func keyLimit(
        _ name: String, from minimum: Int64, _ limit: any WritableKeyPath<KeyLimits, Int64> & Sendable
    ) -> Sysctl {
        .variable(
            "kernel/keys/" + name, in: minimum...Int64(Int32.max), get: { $0.kernel.keys.limits[keyPath: limit] },
            set: { $0.kernel.keys.limits[keyPath: limit] = $1 })
    }

    private static let others: [Sysctl] = [
        .integers("kernel/printk", [4, 4, 1, 7]),
        .integer("kernel/printk_ratelimit", 5),
        .integer("kernel/printk_ratelimit_burst", 10),
        .integer("kernel/dmesg_restrict", 1, in: 0...1),
        .integer("kernel/kptr_restrict", 0, in: 0...2),
        .integer("kernel/perf_event_paranoid", 2),
        .integer("kernel/unprivileged_bpf_disabled", 2, in: 0...2),
        .integer("kernel/io_uring_disabled", 2, in: 0...2),
        .integer("kernel/panic", 0),
        .integer("kernel/panic_on_oops", 0),
        .integer("kernel/sched_rt_period_us", 1_000_000),
        .integer("kernel/sched_rt_runtime_us", 950_000),
        .integer("kernel/sched_autogroup_enabled", 1),
        .integer("kernel/sysctl_writes_strict", 1, in: -1...1),
        .integer("kernel/tainted", 0),
    ]
}

/// Random version-4 UUIDs as /proc/sys/kernel/random prints them (RFC 4122).
enum UUIDText {
    static func random() -> (UInt64, UInt64) {
        var generator = SystemRandomNumberGenerator()
        return (generator.next(), generator.next())
    }

    static func line(_ value: (UInt64, UInt64)) -> [UInt8] {
        let high = value.0 & 0xffff_ffff_ffff_0fff | 0x4000
        let low = value.1 & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        var text = TextBuffer(capacity: 40)
        text.hex(high >> 32, width: 8)
        text.append(byte: 0x2d)
        text.hex(high >> 16 & 0xffff, width: 4)
        text.append(byte: 0x2d)
        text.hex(high & 0xffff, width: 4)
        text.append(byte: 0x2d)
        text.hex(low >> 48, width: 4)
        text.append(byte: 0x2d)
        text.hex(low & 0xffff_ffff_ffff, width: 12)
        text.newline()
        return text.bytes
    }
}
