import CHostLinux
import Glibc
import Kernel

extension HostStatistics {
    /// Reads the host's /proc/[tid]/status and stat; zeros for a thread that is gone.
    init(tid: pid_t, withTimes: Bool = false) {
        self.init()
        HostProc.forEachLine(of: "/proc/\(tid)/status") { key, value in
            switch key {
            case "State": isSleeping = value.contains(UInt8(ascii: "S"))
            case "VmSize":
                // Without the stub's page and the sealed pages.
                let (own, isLess) = HostProc.decimal(value).subtractingReportingOverflow(
                    CHOST_SEALED_SIZE / 1024 + 4)
                virtualKilobytes = isLess ? 0 : own
            case "VmLck": lockedKilobytes = HostProc.decimal(value)
            case "VmRSS": residentKilobytes = HostProc.decimal(value)
            case "VmHWM": maximumResidentKilobytes = HostProc.decimal(value)
            case "SigPnd": pending = HostProc.hexadecimal(value)
            case "ShdPnd": sharedPending = HostProc.hexadecimal(value)
            case "SigBlk": blocked = HostProc.hexadecimal(value)
            case "SigIgn": ignored = HostProc.hexadecimal(value)
            case "SigCgt": caught = HostProc.hexadecimal(value)
            case "voluntary_ctxt_switches": voluntarySwitches = HostProc.decimal(value)
            case "nonvoluntary_ctxt_switches": involuntarySwitches = HostProc.decimal(value)
            default: break
            }
        }
        guard withTimes else { return }
        // Fields after the parenthesised name, counted from the state, field 3 (proc_pid_stat(5)).
        let text = HostProc.read("/proc/\(tid)/stat")
        guard let end = text.lastIndex(of: UInt8(ascii: ")")) else { return }
        let fields = text[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 13 else { return }
        minorFaults = HostProc.decimal(fields[7])
        majorFaults = HostProc.decimal(fields[9])
        userTicks = HostProc.decimal(fields[11])
        systemTicks = HostProc.decimal(fields[12])
    }
}

extension HostStatistics {
    init(_ usage: chost_usage) {
        self.init()
        userMicroseconds = usage.user_microseconds
        systemMicroseconds = usage.system_microseconds
        userTicks = usage.user_microseconds / 10_000
        systemTicks = usage.system_microseconds / 10_000
        maximumResidentKilobytes = usage.resident_kilobytes
        minorFaults = usage.minor_faults
        majorFaults = usage.major_faults
        voluntarySwitches = usage.voluntary_switches
        involuntarySwitches = usage.involuntary_switches
    }
}

/// Small readers of the host's own /proc, for numbers that only it knows.
enum HostProc {
    /// Whether the sentry itself runs under a seccomp filter.
    static var isFiltered: Bool {
        var mode: UInt64 = 0
        forEachLine(of: "/proc/self/status") { key, value in if key == "Seccomp" { mode = decimal(value) } }
        return mode == 2
    }

    static func read(_ path: String, limit: Int = 1 << 20) -> [UInt8] {
        let descriptor = openHost(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var text: [UInt8] = []
        while text.count < limit {
            guard let piece = readBytes(descriptor, limit: 16384), !piece.isEmpty else { break }
            text += piece
        }
        return text
    }

    static func forEachLine(of path: String, _ body: (_ key: String, _ value: ArraySlice<UInt8>) -> Void) {
        for line in read(path).split(separator: UInt8(ascii: "\n")) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            body(String(decoding: line[..<colon], as: UTF8.self), line[(colon + 1)...])
        }
    }

    static func decimal(_ text: ArraySlice<UInt8>) -> UInt64 {
        var value: UInt64 = 0
        for byte in text where (48...57).contains(byte) { value = value &* 10 &+ UInt64(byte - 48) }
        return value
    }

    static func hexadecimal(_ text: ArraySlice<UInt8>) -> UInt64 {
        var value: UInt64 = 0
        for byte in text {
            switch byte {
            case 48...57: value = value << 4 | UInt64(byte - 48)
            case 97...102: value = value << 4 | UInt64(byte - 87)
            default: continue
            }
        }
        return value
    }
}
