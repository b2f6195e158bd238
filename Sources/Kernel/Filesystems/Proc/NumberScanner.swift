/// Reads words and numbers out of what a guest wrote to a control file.
struct NumberScanner {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    mutating func skipBlanks() { while position < bytes.endIndex, Self.isBlank(bytes[position]) { position += 1 } }
    var isAtEnd: Bool { position == bytes.endIndex }
    /// How many bytes were read.
    var consumed: Int { position - bytes.startIndex }
    var next: UInt8? { isAtEnd ? nil : bytes[position] }

    /// A word of at most `limit` bytes after blanks.
    mutating func word(limit: Int) -> [UInt8] {
        skipBlanks()
        let start = position
        while position < bytes.endIndex, position - start < limit, !Self.isBlank(bytes[position]) { position += 1 }
        return Array(bytes[start..<position])
    }

    /// A number after blanks, with a sign, in decimal or, where `anyBase`, as C writes it (0x1f, 017); nil when there
    /// is none or it does not fit.
    mutating func integer(anyBase: Bool = false) -> Int64? {
        skipBlanks()
        var isNegative = false
        if let sign = next, sign == 0x2d || sign == 0x2b {
            isNegative = sign == 0x2d
            position += 1
        }
        guard let magnitude = unsigned(anyBase: anyBase) else { return nil }
        if isNegative { return magnitude <= UInt64(1) << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil }
        return Int64(exactly: magnitude)
    }

    /// Digits right here.
    mutating func unsigned(anyBase: Bool = false) -> UInt64? {
        var base: UInt64 = 10
        if anyBase, next == 0x30 {
            base = 8
            let mark = position + 1
            if mark + 1 < bytes.endIndex, bytes[mark] | 0x20 == 0x78, Self.digit(bytes[mark + 1]) < 16 {
                base = 16
                position += 2
            }
        }
        var value: UInt64 = 0
        var count = 0
        while let byte = next {
            let digit = Self.digit(byte)
            guard digit < base else { break }
            let (product, overflow) = value.multipliedReportingOverflow(by: base)
            let (sum, carry) = product.addingReportingOverflow(digit)
            if overflow || carry { return nil }
            value = sum
            count += 1
            position += 1
        }
        return count > 0 ? value : nil
    }

    private static func digit(_ byte: UInt8) -> UInt64 {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x41...0x46: UInt64(byte - 0x37)
        case 0x61...0x66: UInt64(byte - 0x57)
        default: 16
        }
    }

    /// kstrtoint() of a whole text: one number, blanks around it, nothing else; the error says which way it failed.
    static func whole(_ bytes: [UInt8], anyBase: Bool) throws(KernelNumberError) -> Int64 {
        let text = bytes.prefix { $0 != 0 }
        var scanner = NumberScanner(text)
        scanner.skipBlanks()
        guard let value = scanner.integer(anyBase: anyBase) else {
            let isLong = text.contains { (0x30...0x39).contains($0) } && !scanner.isAtEnd
            throw isLong ? .range : .syntax
        }
        scanner.skipBlanks()
        guard scanner.isAtEnd else { throw .syntax }
        return value
    }
}

enum KernelNumberError: Error { case syntax, range }
