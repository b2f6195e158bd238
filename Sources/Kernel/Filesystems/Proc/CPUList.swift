import Credentials
import LinuxABI

/// The host's online CPUs, as lists (`0-3`) and as masks (`f`).
enum CPUList {
    static func list(_ reader: ProcReader) -> [UInt8] { line(reader.kernel.platform.hostText(.cpusOnline)) }

    static func line(_ text: [UInt8]) -> [UInt8] {
        let end = text.firstIndex(of: 0x0a) ?? text.endIndex
        return end == 0 ? [0x30] : Array(text[..<end])
    }

    /// cpumask's form: 32-bit groups in hexadecimal, highest first; the first group without leading zeros.
    static func mask(_ reader: ProcReader) -> [UInt8] {
        var groups: [UInt32] = [0]
        for range in ranges(list(reader)) {
            for cpu in range {
                let group = cpu / 32
                while groups.count <= group { groups.append(0) }
                groups[group] |= UInt32(1) << UInt32(cpu % 32)
            }
        }
        var text = TextBuffer(capacity: 16)
        for (position, group) in groups.reversed().enumerated() {
            if position > 0 { text.append(byte: 0x2c) }
            text.hex(UInt64(group), width: position > 0 ? 8 : 1)
        }
        return text.bytes
    }

    private static func ranges(_ list: [UInt8]) -> [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        var low: Int?
        var value = 0
        func finish() {
            let first = low ?? value
            if first <= value, value < 8192 { ranges.append(first...value) }
        }
        for byte in list {
            switch byte {
            case 0x30...0x39: value = min(value * 10 + Int(byte - 0x30), 1 << 20)
            case 0x2d:
                low = value
                value = 0
            case 0x2c:
                finish()
                low = nil
                value = 0
            default: break
            }
        }
        finish()
        return ranges
    }
}
