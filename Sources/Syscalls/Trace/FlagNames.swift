/// The names of an argument's bits or values, as the man pages spell them.
struct FlagNames: Sendable {
    let prefix: String
    let names: [(name: String, value: UInt64)]

    init(_ prefix: String, _ names: [(String, UInt64)]) {
        self.prefix = prefix
        self.names = names.map { (name: $0.0, value: $0.1) }
    }

    /// The name whose value is exactly `value`.
    func name(of value: UInt64) -> String? {
        names.first { $0.value == value }.map { prefix + $0.name }
    }

    /// Names joined by `|`, what has no name in hex; `zero` when no bit is set. A name of several bits comes before
    /// its parts in the table.
    func bits(_ value: UInt64, zero: String = "0") -> String {
        var rest = value
        var text = ""
        for (name, bit) in names where bit != 0 && rest & bit == bit {
            text += (text.isEmpty ? "" : "|") + prefix + name
            rest &= ~bit
        }
        if rest != 0 { text += (text.isEmpty ? "" : "|") + "0x" + String(rest, radix: 16) }
        return text.isEmpty ? zero : text
    }

    static func of(_ kind: FlagKind) -> FlagNames {
        switch kind {
        case .open: .open
        case .at: .at
        case .access: .access
        case .protection: .protection
        case .mapping: .mapping
        case .clone: .clone
        case .setns, .unshare: .namespace
        case .mount: .mount
        case .umount: .umount
        case .fcntl: .fcntl
        case .seek: .seek
        case .wait: .wait
        case .waitID: .waitID
        case .futex: .futex
        case .socketFamily: .socketFamily
        case .socketType: .socketType
        case .message: .message
        case .shutdown: .shutdown
        case .prctl: .prctl
        case .keyctl: .keyctl
        case .archPrctl: .archPrctl
        case .pipe: .pipe
        case .eventfd: .eventfd
        case .epollCreate: .epollCreate
        case .epollControl: .epollControl
        case .timerfd: .timerfd
        case .signalfd: .signalfd
        case .memfd: .memfd
        case .closeRange: .closeRange
        case .rename: .rename
        case .statxMask: .statxMask
        case .resource: .resource
        case .sigmask: .sigmask
        case .clock: .clock
        case .ioctl: .ioctl
        case .openTree: .openTree
        case .moveMount: .moveMount
        case .fsopen: .fsopen
        case .fsmount: .fsmount
        case .fsconfig: .fsconfig
        case .fspick: .fspick
        case .getrandom: .getrandom
        case .madvise: .madvise
        case .seccomp: .seccomp
        case .priority: .priority
        case .itimer: .itimer
        case .pidfd: .pidfd
        case .xattr: .xattr
        case .lock: .lock
        case .inotify: .inotify
        case .accept: .accept
        case .mremap: .mremap
        case .msync: .msync
        case .mlockall: .mlockall
        case .rusage: .rusage
        case .splice: .splice
        case .membarrier: .membarrier
        case .schedPolicy: .schedPolicy
        case .socketLevel: .socketLevel
        }
    }

    /// An argument as C source would write it.
    static func flags(_ kind: FlagKind, _ value: UInt64) -> String {
        let names = of(kind)
        return switch kind {
        case .open: value & 3 == 0 ? joined("O_RDONLY", names.bits(value, zero: "")) : names.bits(value)
        case .access: names.bits(value, zero: "F_OK")
        case .protection: names.bits(value, zero: "PROT_NONE")
        case .clone: cloneFlags(value)
        case .socketType:
            joined(names.name(of: value & 0xf) ?? String(value & 0xf), accept.bits(value & ~0xf, zero: ""))
        default: names.bits(value)
        }
    }

    static func choice(_ kind: FlagKind, _ value: UInt64) -> String {
        let names = of(kind)
        let low = value & 0xffff_ffff
        switch kind {
        case .futex:
            let operation = names.name(of: low & 0x7f) ?? "0x" + String(low & 0x7f, radix: 16)
            return operation + (low & 0x80 != 0 ? "_PRIVATE" : "") + (low & 0x100 != 0 ? "|FUTEX_CLOCK_REALTIME" : "")
        default:
            return names.name(of: low) ?? "0x" + String(low, radix: 16)
        }
    }

    /// clone(2) keeps the exit signal in the low byte.
    static func cloneFlags(_ value: UInt64) -> String {
        let signal = value & 0xff
        let flags = clone.bits(value & ~0xff, zero: "")
        return joined(flags, signal == 0 ? "" : SignalNames.name(Int64(signal)), zero: "0")
    }

    private static func joined(_ a: String, _ b: String, zero: String = "") -> String {
        if a.isEmpty { return b.isEmpty ? zero : b }
        return b.isEmpty ? a : a + "|" + b
    }
}

/// Names of signals (signal(7)).
enum SignalNames {
    private static let names = [
        "0", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH",
        "IO", "PWR", "SYS",
    ]

    static func name(_ number: Int64) -> String {
        switch number {
        case 1...31: "SIG" + names[Int(number)]
        case 32...64: "SIGRT_" + String(number - 32)
        default: String(number)
        }
    }
}
