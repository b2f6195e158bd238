import CHostLinux
import Glibc
import Kernel
import LinuxABI

/// struct timespec.
struct Timespec: BitwiseCopyable {
    static let second: Int64 = 1_000_000_000
    var seconds: Int64
    var fraction: Int64

    init(_ bytes: [UInt8], at offset: Int) {
        seconds = LittleEndian.load(bytes, offset)
        fraction = LittleEndian.load(bytes, offset + 8)
    }

    init(nanoseconds: Int64) {
        seconds = nanoseconds / Self.second
        fraction = nanoseconds % Self.second
        if fraction < 0 {
            fraction += Self.second
            seconds -= 1
        }
    }

    /// In nanoseconds, as far as they go; nil where Linux takes it for no time (timespec64_valid).
    var total: Int64? {
        guard seconds >= 0, (0..<Self.second).contains(fraction) else { return nil }
        let (product, overflows) = seconds.multipliedReportingOverflow(by: Self.second)
        if overflows { return .max }
        let (sum, exceeds) = product.addingReportingOverflow(fraction)
        return exceeds ? .max : sum
    }
}

/// A call with an absolute time of some clock.
struct TimedCall {
    enum Register { case third, fourth, fifth }

    static let numbers: Set<SyscallNumber> = [
        .clock_nanosleep, .timer_settime, .timerfd_settime, .futex, .futex_waitv, .futex_wait,
    ]

    let clock: Int32
    let register: Register
    /// Where the time's structure is, and how far into it the time.
    let address: UInt64
    let valueOffset: Int

    init?(_ thread: HostThread) {
        let a = thread.arguments
        switch SyscallNumber(rawValue: UInt16(truncatingIfNeeded: thread.call)) {
        case .clock_nanosleep: (clock, register, valueOffset) = (Arguments.int(a.a0), .third, 0)
        case .futex: (clock, register, valueOffset) = (1, .fourth, 0)
        case .futex_waitv: (clock, register, valueOffset) = (Arguments.int(a.a4), .fourth, 0)
        case .futex_wait: (clock, register, valueOffset) = (Arguments.int(a.a5), .fifth, 0)
        case .timerfd_settime:
            let lines = HostProc.read("/proc/\(thread.tid)/fdinfo/\(Arguments.int(a.a0))")
            guard let clock = Self.number(after: "clockid:", in: lines[...]) else { return nil }
            (self.clock, register, valueOffset) = (clock, .third, 16)
        case .timer_settime:
            // proc_pid_timers(5): each timer's lines begin with its number.
            let text = HostProc.read("/proc/\(thread.tid)/timers")
            let head = Array("ID: \(Arguments.int(a.a0))\n".utf8)
            guard let start = text.indices.first(where: { text[$0...].starts(with: head) }),
                let clock = Self.number(after: "ClockID:", in: text[start...])
            else { return nil }
            (self.clock, register, valueOffset) = (clock, .third, 16)
        default: return nil
        }
        switch register {
        case .third: address = a.a2
        case .fourth: address = a.a3
        case .fifth: address = a.a4
        }
    }

    private static func number(after label: String, in text: ArraySlice<UInt8>) -> Int32? {
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: label.utf8) {
            let digits = line.dropFirst(label.utf8.count).drop { $0 == 0x20 || $0 == 0x09 }
            return Int32(String(decoding: digits, as: UTF8.self))
        }
        return nil
    }
}
