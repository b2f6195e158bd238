import Kernel
import LinuxABI

/// Prints one call's arguments; whatever cannot be read is shown as an address.
struct ArgumentPrinter {
    let arguments: Arguments
    let result: TraceResult
    let memory: any GuestMemory

    /// Bytes of a buffer and entries of an array that are shown.
    private static let shownBytes = 32
    private static let shownPath = 256
    private static let shownEntries = 16

    func append(_ shape: ArgumentShape, _ value: UInt64, to out: inout [UInt8]) {
        switch shape {
        case .fd, .int, .pid: out.append(text: String(Arguments.int(value)))
        case .dirfd: out.append(text: Arguments.int(value) == -100 ? "AT_FDCWD" : String(Arguments.int(value)))
        case .unsigned: out.append(text: String(Arguments.unsigned(value)))
        case .long: out.append(text: String(Int64(bitPattern: value)))
        case .size: out.append(text: String(value))
        case .hex: out.append(text: value == 0 ? "0" : "0x" + String(value, radix: 16))
        case .mode: out.append(text: "0" + (value & 0xffff == 0 ? "" : String(value & 0xffff, radix: 8)))
        case .signal: out.append(text: SignalNames.name(Int64(Arguments.int(value))))
        case .uid, .gid:
            // −1 leaves an ID as it is (setresuid(2), chown(2)).
            out.append(text: Arguments.unsigned(value) == .max ? "-1" : String(Arguments.unsigned(value)))
        case .pointer: appendAddress(value, to: &out)
        case .path, .string: appendString(value, to: &out)
        case .strings: appendStrings(value, to: &out)
        case .input(let length): appendBytes(value, count: arguments[length], to: &out)
        case .output: appendOutput(value, to: &out)
        case .vectors(let count): appendVectors(value, count: arguments[count], to: &out)
        case .structure(let name): appendStructure(name, value, to: &out)
        case .timespec: appendTimespec(value, to: &out)
        case .fdPair: appendFDPair(value, to: &out)
        case .groups(let count): appendGroups(value, count: arguments[count], to: &out)
        case .flags(let kind): out.append(text: FlagNames.flags(kind, value))
        case .choice(let kind): out.append(text: FlagNames.choice(kind, value))
        }
    }

    private func appendAddress(_ value: UInt64, to out: inout [UInt8]) {
        out.append(text: value == 0 ? "NULL" : "0x" + String(value, radix: 16))
    }

    private func appendString(_ value: UInt64, to out: inout [UInt8]) {
        guard value != 0, let bytes = try? memory.string(UserAddress(value)) else {
            return appendAddress(value, to: &out)
        }
        out.append(quoted: bytes.prefix(Self.shownPath), truncated: bytes.count > Self.shownPath)
    }

    private func appendStrings(_ value: UInt64, to out: inout [UInt8]) {
        guard value != 0 else { return appendAddress(value, to: &out) }
        out.append(UInt8(ascii: "["))
        for index in 0..<Self.shownEntries {
            guard let pointer = word(value, index), pointer != 0 else { break }
            if index > 0 { out.append(text: ", ") }
            if index == Self.shownEntries - 1 {
                out.append(text: "...")
            } else if let bytes = try? memory.string(UserAddress(pointer), limit: 131072) {
                out.append(quoted: bytes.prefix(Self.shownPath), truncated: bytes.count > Self.shownPath)
            } else {
                appendAddress(pointer, to: &out)
            }
        }
        out.append(UInt8(ascii: "]"))
    }

    private func appendBytes(_ value: UInt64, count: UInt64, to out: inout [UInt8]) {
        let shown = Int(min(count, UInt64(Self.shownBytes)))
        guard value != 0, let bytes = try? memory.bytes(UserAddress(value), count: shown) else {
            return appendAddress(value, to: &out)
        }
        out.append(quoted: bytes[...], truncated: count > UInt64(shown))
    }

    /// What the call filled in, once it succeeded.
    private func appendOutput(_ value: UInt64, to out: inout [UInt8]) {
        guard case .value(let count) = result, count >= 0 else { return appendAddress(value, to: &out) }
        appendBytes(value, count: UInt64(count), to: &out)
    }

    private func appendVectors(_ value: UInt64, count: UInt64, to out: inout [UInt8]) {
        let shown = Int(min(count, UInt64(Self.shownEntries)))
        guard value != 0 else { return appendAddress(value, to: &out) }
        out.append(UInt8(ascii: "["))
        for index in 0..<shown {
            guard let base = word(value, 2 * index), let length = word(value, 2 * index + 1) else { break }
            if index > 0 { out.append(text: ", ") }
            out.append(text: "{iov_base=")
            appendAddress(base, to: &out)
            out.append(text: ", iov_len=\(length)}")
        }
        if count > UInt64(shown) { out.append(text: ", ...") }
        out.append(UInt8(ascii: "]"))
    }

    private func appendTimespec(_ value: UInt64, to out: inout [UInt8]) {
        guard value != 0, let seconds = word(value, 0), let nanoseconds = word(value, 1) else {
            return appendAddress(value, to: &out)
        }
        out.append(text: "{tv_sec=\(Int64(bitPattern: seconds)), tv_nsec=\(Int64(bitPattern: nanoseconds))}")
    }

    private func appendFDPair(_ value: UInt64, to out: inout [UInt8]) {
        guard case .value(0) = result, let pair = word(value, 0) else { return appendAddress(value, to: &out) }
        out.append(text: "[\(Arguments.int(pair)), \(Arguments.int(pair >> 32))]")
    }

    private func appendGroups(_ value: UInt64, count: UInt64, to out: inout [UInt8]) {
        let shown = Int(min(count & 0xffff_ffff, UInt64(Self.shownEntries)))
        out.append(UInt8(ascii: "["))
        for index in 0..<shown {
            let address = UserAddress(value).advanced(by: 4 * index)
            guard let group = try? memory.load(address, as: UInt32.self) else { break }
            if index > 0 { out.append(text: ", ") }
            out.append(text: String(group))
        }
        if count & 0xffff_ffff > UInt64(shown) { out.append(text: ", ...") }
        out.append(UInt8(ascii: "]"))
    }

    private func appendStructure(_ name: StaticName, _ value: UInt64, to out: inout [UInt8]) {
        guard value != 0 else { return appendAddress(value, to: &out) }
        switch name {
        case .open_how:
            guard let flags = word(value, 0), let mode = word(value, 1), let resolve = word(value, 2) else { break }
            out.append(text: "{flags=\(FlagNames.flags(.open, flags)), mode=0\(String(mode, radix: 8)), ")
            return out.append(text: "resolve=0x\(String(resolve, radix: 16))}")
        case .clone_args:
            guard let flags = word(value, 0), let signal = word(value, 4) else { break }
            out.append(text: "{flags=\(FlagNames.clone.bits(flags)), exit_signal=")
            return out.append(text: SignalNames.name(Int64(bitPattern: signal)) + ", ...}")
        case .cap_header:
            guard let header = word(value, 0) else { break }
            let version = String(header & 0xffff_ffff, radix: 16)
            return out.append(text: "{version=0x\(version), pid=\(Arguments.int(header >> 32))}")
        case .cap_data:
            // Version 3 has two halves of three words (capget(2)).
            guard let words = try? memory.bytes(UserAddress(value), count: 24), words.count == 24 else { break }
            func set(_ at: Int) -> String {
                let bytes = words[(at + 12)..<(at + 16)].reversed() + words[at..<(at + 4)].reversed()
                return "0x" + String(bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }, radix: 16)
            }
            return out.append(text: "{effective=\(set(0)), permitted=\(set(4)), inheritable=\(set(8))}")
        case .sockaddr, .msghdr: break
        default: break
        }
        appendAddress(value, to: &out)
    }

    private func word(_ address: UInt64, _ index: Int) -> UInt64? {
        try? memory.load(UserAddress(address).advanced(by: 8 * index), as: UInt64.self)
    }
}

extension [UInt8] {
    mutating func append(text: String) { append(contentsOf: text.utf8) }

    /// Bytes as a C string literal, so that a guest cannot send control sequences to a terminal.
    mutating func append(quoted bytes: ArraySlice<UInt8>, truncated: Bool) {
        append(UInt8(ascii: "\""))
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case UInt8(ascii: "\n"): append(text: "\\n")
            case UInt8(ascii: "\t"): append(text: "\\t")
            case UInt8(ascii: "\r"): append(text: "\\r")
            case 0x20...0x7e: append(byte)
            default: append(text: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
            }
        }
        append(UInt8(ascii: "\""))
        if truncated { append(text: "...") }
    }
}
