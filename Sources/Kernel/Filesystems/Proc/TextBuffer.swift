import LinuxABI

/// A text under construction, byte by byte: what /proc files are written with, as they are read too often for Strings.
package struct TextBuffer {
    package private(set) var bytes: [UInt8] = []

    package init(capacity: Int = 128) { bytes.reserveCapacity(capacity) }

    package mutating func append(_ text: StaticString) { bytes.append(text) }
    package mutating func append(_ text: [UInt8]) { bytes.append(contentsOf: text) }
    package mutating func append(_ text: ArraySlice<UInt8>) { bytes.append(contentsOf: text) }
    package mutating func append(byte: UInt8) { bytes.append(byte) }
    package mutating func newline() { bytes.append(0x0a) }
    package mutating func tab() { bytes.append(0x09) }
    package mutating func space() { bytes.append(0x20) }

    package mutating func append(_ number: Int) {
        if number < 0 { bytes.append(0x2d) }
        append(UInt64(number.magnitude))
    }
    package mutating func append(_ number: Int32) { append(Int(number)) }
    package mutating func append(_ number: UInt32) { append(UInt64(number)) }
    package mutating func append(_ number: UInt64) { digits(number, base: 10, width: 0, fill: 0x20) }

    /// `%*d`: right-aligned in `width` columns.
    package mutating func append(_ number: UInt64, width: Int) { digits(number, base: 10, width: width, fill: 0x20) }
    /// `%*lld`, signed.
    package mutating func append(_ number: Int64, width: Int) {
        guard number < 0 else { return append(UInt64(number), width: width) }
        var text = TextBuffer(capacity: 24)
        text.append(Int(number))
        pad(width - text.bytes.count)
        append(text.bytes)
    }
    /// `%0*x`.
    package mutating func hex(_ number: UInt64, width: Int = 0) { digits(number, base: 16, width: width, fill: 0x30) }
    /// `%0*o`.
    package mutating func octal(_ number: UInt64, width: Int = 0) { digits(number, base: 8, width: width, fill: 0x30) }
    /// `%-*s`: left-aligned in `width` columns.
    package mutating func left(_ text: StaticString, width: Int) {
        append(text)
        pad(width - text.utf8CodeUnitCount)
    }
    package mutating func left(_ text: [UInt8], width: Int) {
        append(text)
        pad(width - text.count)
    }

    /// Bytes in which mangled characters appear as `\ooo`, as mountinfo and the comm in status have them.
    package mutating func escaped(_ text: [UInt8], _ isMangled: (UInt8) -> Bool) {
        for byte in text {
            if isMangled(byte) {
                bytes.append(0x5c)
                octal(UInt64(byte), width: 3)
            } else {
                bytes.append(byte)
            }
        }
    }

    private mutating func pad(_ count: Int) {
        if count > 0 { bytes.append(contentsOf: repeatElement(0x20, count: count)) }
    }

    private mutating func digits(_ number: UInt64, base: UInt64, width: Int, fill: UInt8) {
        let start = bytes.count
        var rest = number
        repeat {
            let digit = UInt8(truncatingIfNeeded: rest % base)
            bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            rest /= base
        } while rest != 0
        while bytes.count - start < width { bytes.append(fill) }
        bytes[start...].reverse()
    }
}
