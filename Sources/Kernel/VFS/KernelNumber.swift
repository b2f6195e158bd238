/// Numbers in options, as the kernel's own readers take them.
package enum KernelNumber {
    /// kstrtouint(): a number and at most a newline behind it. Base 0 means C's prefixes.
    package static func unsigned32(_ text: [UInt8], base: UInt64 = 0) -> UInt32? {
        var rest = text[...]
        if rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        return whole(rest, base).flatMap { UInt32(exactly: $0) }
    }

    /// kstrtoint()
    package static func signed32(_ text: [UInt8]) -> Int32? { signed64(text).flatMap { Int32(exactly: $0) } }

    /// kstrtoll()
    package static func signed64(_ text: [UInt8]) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let hasSign = isNegative || text.first == UInt8(ascii: "+")
        guard let value = whole(text.dropFirst(hasSign ? 1 : 0), 0) else { return nil }
        return isNegative ? Int64(exactly: value).map { 0 - $0 } : Int64(exactly: value)
    }

    private static func whole(_ text: ArraySlice<UInt8>, _ base: UInt64) -> UInt64? {
        var rest = text
        guard case .number(let value, overflows: false) = leading(&rest, base) else { return nil }
        if rest.first == UInt8(ascii: "\n") { rest.removeFirst() }
        return rest.isEmpty ? value : nil
    }

    /// memparse(): a number with C's prefixes and one of the suffixes k, m, g, t, p and e. What is too large wraps, and
    /// a text without any digit is 0. `rest` is what follows.
    package static func size(_ text: [UInt8]) -> (value: UInt64, rest: ArraySlice<UInt8>) {
        var rest = text[...]
        guard case .number(var value, _) = leading(&rest, 0) else { return (0, text[...]) }
        let shifts: [UInt8: UInt64] = [0x6b: 10, 0x6d: 20, 0x67: 30, 0x74: 40, 0x70: 50, 0x65: 60]
        if let suffix = rest.first, let shift = shifts[suffix | 0x20] {
            value &<<= shift
            rest.removeFirst()
        }
        return (value, rest)
    }

    private enum Leading {
        case none
        case number(UInt64, overflows: Bool)
    }

    /// The digits that `text` begins with, which are taken from it.
    private static func leading(_ text: inout ArraySlice<UInt8>, _ base: UInt64) -> Leading {
        var base = base
        if base == 0 {
            base = text.first == UInt8(ascii: "0") ? 8 : 10
            if base == 8, text.count > 2, text[text.startIndex + 1] | 0x20 == UInt8(ascii: "x"),
                digit(text[text.startIndex + 2]) < 16
            {
                base = 16
                text = text.dropFirst(2)
            }
        }
        var value: UInt64 = 0
        var overflows = false, count = 0
        while let byte = text.first, digit(byte) < base {
            let (product, first) = value.multipliedReportingOverflow(by: base)
            let (sum, second) = product.addingReportingOverflow(digit(byte))
            overflows = overflows || first || second
            value = sum
            count += 1
            text.removeFirst()
        }
        return count == 0 ? .none : .number(value, overflows: overflows)
    }

    private static func digit(_ byte: UInt8) -> UInt64 {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x41...0x46: UInt64(byte - 0x37)
        case 0x61...0x66: UInt64(byte - 0x57)
        default: .max
        }
    }
}
