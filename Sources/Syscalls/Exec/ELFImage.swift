import Credentials
import LinuxABI

/// The part of an ELF file that a loader needs (elf(5)): its type, entry, interpreter and loadable segments.
package struct ELFImage: Sendable {
    package struct Segment: Sendable {
        package var fileOffset: UInt64
        package var address: UInt64
        package var fileSize: UInt64
        package var memorySize: UInt64
        /// PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4.
        package var protection: UInt64
    }

    /// True for ET_DYN: addresses are relative to a base chosen at load.
    package let isPositionIndependent: Bool
    package let entry: UInt64
    package let segments: [Segment]
    /// File range of the interpreter's path, without its NUL.
    package let interpreter: Range<UInt64>?
    /// Address of the program headers in memory, relative to the base, as AT_PHDR tells.
    package let programHeadersAddress: UInt64
    package let programHeaderCount: UInt64
    /// PT_GNU_STACK asks for an executable stack, or is absent.
    package let wantsExecutableStack: Bool

    package static let headerSize = 64
    package static let programHeaderSize = 56
    /// Linux reads at most a page of program headers.
    private static let maximumProgramHeaders = 4096 / programHeaderSize
    /// The end of user addresses on x86-64 with four-level tables.
    package static let addressLimit: UInt64 = 0x7fff_ffff_f000

    /// Where the program headers lie in the file, from the first `headerSize` bytes; throws ENOEXEC for anything that
    /// is not an x86-64 executable.
    package static func programHeadersRange(_ header: [UInt8]) throws(Refusal) -> Range<Int> {
        guard header.count >= headerSize, header.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else { throw Refusal(.ENOEXEC) }
        let fields = LittleEndianReader(header)
        // 64-bit, little-endian, x86-64; ET_EXEC or ET_DYN.
        guard header[4] == 2, header[5] == 1, fields.u16(18) == 62, [2, 3].contains(fields.u16(16)),
            fields.u16(54) == UInt16(programHeaderSize)
        else { throw Refusal(.ENOEXEC) }
        let count = Int(fields.u16(56))
        guard (1...maximumProgramHeaders).contains(count), let start = Int(exactly: fields.u64(32)),
            start <= Int.max - 4096
        else { throw Refusal(.ENOEXEC) }
        return start..<(start + count * programHeaderSize)
    }

    /// Parses `header` and the bytes of `programHeadersRange`; throws ENOEXEC or EINVAL where the kernel's loader does.
    package init(header: [UInt8], programHeaders: [UInt8]) throws(Refusal) {
        let range = try Self.programHeadersRange(header)
        guard programHeaders.count == range.count else { throw Refusal(.ENOEXEC) }
        let fields = LittleEndianReader(header)
        isPositionIndependent = fields.u16(16) == 3
        entry = fields.u64(24)
        programHeaderCount = UInt64(range.count / Self.programHeaderSize)
        var segments: [Segment] = []
        var interpreter: Range<UInt64>?
        var stack: UInt32?
        var headersAddress: UInt64 = 0
        let table = LittleEndianReader(programHeaders)
        for start in stride(from: 0, to: programHeaders.count, by: Self.programHeaderSize) {
            let type = table.u32(start)
            let flags = table.u32(start + 4)
            let offset = table.u64(start + 8)
            let address = table.u64(start + 16)
            let fileSize = table.u64(start + 32)
            let memorySize = table.u64(start + 40)
            switch type {
            case 1:  // PT_LOAD
                guard memorySize > 0 else { continue }
                guard fileSize <= memorySize, memorySize <= Self.addressLimit,
                    address <= Self.addressLimit - memorySize,
                    address & 4095 == offset & 4095, offset <= UInt64(Int64.max) - fileSize
                else { throw Refusal(.EINVAL) }
                var protection: UInt64 = 0
                if flags & 4 != 0 { protection |= 1 }
                if flags & 2 != 0 { protection |= 2 }
                if flags & 1 != 0 { protection |= 4 }
                if offset <= UInt64(range.lowerBound), UInt64(range.lowerBound) < offset + fileSize {
                    headersAddress = UInt64(range.lowerBound) - offset + address
                }
                segments.append(
                    Segment(
                        fileOffset: offset, address: address, fileSize: fileSize, memorySize: memorySize,
                        protection: protection))
            case 3:  // PT_INTERP
                guard interpreter == nil else { continue }
                // load_elf_binary: a path of 2...PATH_MAX bytes with its NUL.
                guard fileSize >= 2, fileSize <= 4096, offset <= UInt64(Int64.max) - fileSize else {
                    throw Refusal(.ENOEXEC)
                }
                interpreter = offset..<(offset + fileSize)
            case 0x6474_e551:  // PT_GNU_STACK
                stack = flags
            default: continue
            }
        }
        guard let first = segments.first,
            segments.indices.dropFirst().allSatisfy({
                segments[$0].address >= segments[$0 - 1].address
            }), first.address <= Self.addressLimit
        else { throw Refusal(.ENOEXEC) }
        self.segments = segments
        self.interpreter = interpreter
        programHeadersAddress = headersAddress
        wantsExecutableStack = stack.map { $0 & 1 != 0 } ?? false
    }

    /// The page-aligned span of all segments, relative to the base.
    package var span: Range<UInt64> {
        let low = (segments.first?.address ?? 0) & ~4095
        let high = segments.map { $0.address &+ $0.memorySize }.max() ?? low
        return low..<max(low, (high &+ 4095) & ~4095)
    }
}

/// Reads little-endian fields of a byte array; out of range reads are 0.
struct LittleEndianReader {
    private let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private func value(_ offset: Int, _ width: Int) -> UInt64 {
        guard offset >= 0, offset <= bytes.count - width else { return 0 }
        var result: UInt64 = 0
        for index in (0..<width).reversed() { result = result << 8 | UInt64(bytes[offset + index]) }
        return result
    }
    func u16(_ offset: Int) -> UInt16 { UInt16(truncatingIfNeeded: value(offset, 2)) }
    func u32(_ offset: Int) -> UInt32 { UInt32(truncatingIfNeeded: value(offset, 4)) }
    func u64(_ offset: Int) -> UInt64 { value(offset, 8) }
}
