import LinuxABI

/// The text of uid_map, gid_map and projid_map as written: lines of first ID inside, first outside, count.
///
/// Numbers are what the kernel's parser makes of them: decimal digits that wrap at 64 bits and are then cut to 32
/// (simple_strtoul), so that 4294967296 is 0. No number at all reads as 0 and is caught by what follows it.
struct IDMapParser {
    /// `global` still holds the number as written, an ID of the parent namespace.
    private(set) var extents: [IDMap.Extent] = []
    private let text: [UInt8]
    private let end: Int
    private var position = 0

    /// Throws the rule that the text breaks first.
    static func parse(_ text: [UInt8]) throws(Refusal) -> [IDMap.Extent] {
        var parser = IDMapParser(text)
        var more = true
        while more { more = try parser.line() }
        return parser.extents
    }

    private init(_ text: [UInt8]) {
        self.text = text
        // What follows a NUL is not seen, though it was counted.
        end = text.firstIndex(of: 0) ?? text.count
    }

    /// Reads one line; true when another follows.
    private mutating func line() throws(Refusal) -> Bool {
        skipBlanks()
        let inside = number()
        guard isBlank else { throw Refusal(.mapSyntax) }
        skipBlanks()
        let outside = number()
        guard isBlank else { throw Refusal(.mapSyntax) }
        skipBlanks()
        let count = number()
        skipBlanks()
        var more = false
        if position < end {
            guard text[position] == 0x0a else { throw Refusal(.mapSyntax) }
            position += 1
            // One newline may end the text; a second one is an empty line.
            more = position < end
        }
        try add(IDMap.Extent(inside: inside, global: outside, count: count))
        // The kernel refuses the line that fills the table when there is more to come.
        if more, extents.count == IDMap.maximumExtents { throw Refusal(.mapTooManyLines) }
        return more
    }

    private mutating func add(_ extent: IDMap.Extent) throws(Refusal) {
        guard extent.inside != .max, extent.global != .max,
            extent.inside &+ extent.count > extent.inside, extent.global &+ extent.count > extent.global
        else { throw Refusal(.mapRange) }
        for other in extents {
            if Self.overlap(extent.inside, extent.count, other.inside, other.count)
                || Self.overlap(extent.global, extent.count, other.global, other.count)
            {
                throw Refusal(.mapOverlap)
            }
        }
        extents.append(extent)
    }

    /// Neither range wraps, so their last IDs can be compared.
    private static func overlap(_ a: UInt32, _ aCount: UInt32, _ b: UInt32, _ bCount: UInt32) -> Bool {
        a <= b &+ (bCount &- 1) && b <= a &+ (aCount &- 1)
    }

    private mutating func number() -> UInt32 {
        var value: UInt64 = 0
        while position < end, case let digit = text[position] &- 0x30, digit < 10 {
            value = value &* 10 &+ UInt64(digit)
            position += 1
        }
        return UInt32(truncatingIfNeeded: value)
    }

    /// isspace() of the kernel's character table, without newline, which ends a line.
    private var isBlank: Bool {
        guard position < end else { return false }
        switch text[position] {
        case 0x20, 0x09, 0x0b, 0x0c, 0x0d, 0xa0: return true
        default: return false
        }
    }

    private mutating func skipBlanks() {
        while isBlank { position += 1 }
    }
}
