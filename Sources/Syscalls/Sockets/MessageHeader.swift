import Credentials
import Kernel
import LinuxABI

/// struct msghdr and the memory it names, copied once.
struct MessageHeader {
    /// Where it lies, for the fields that recvmsg(2) writes; nil for the plain calls.
    var place: UserAddress?
    var name = UserAddress(0)
    var nameLength: Int32 = 0
    var segments: [(address: UserAddress, count: Int)]
    var total: Int
    var control = UserAddress(0)
    var controlLength: UInt64 = 0

    /// UIO_MAXIOV and MAX_RW_COUNT.
    private static let segmentLimit: UInt64 = 1024
    private static let totalLimit = 0x7fff_f000

    /// One buffer, as sendto(2) and recvfrom(2) have it.
    init(buffer: UserAddress, count: UInt64) {
        total = min(Int(clamping: count), Self.totalLimit)
        segments = [(buffer, total)]
    }

    /// copy_msghdr_from_user() and import_iovec().
    init(_ place: UserAddress, of task: Task) throws(Refusal) {
        let bytes = try task.memory.bytes(place, count: 56)
        func word(_ offset: Int) -> UInt64 { LittleEndian.load(bytes, offset) }
        self.place = place
        name = UserAddress(word(0))
        nameLength = name.isNull ? 0 : Int32(truncatingIfNeeded: word(8))
        guard nameLength >= 0 else { throw Refusal(.EINVAL) }
        nameLength = min(nameLength, SocketArguments.addressLimit)
        control = UserAddress(word(32))
        controlLength = control.isNull ? 0 : word(40)
        let count = word(24)
        guard count <= Self.segmentLimit else { throw Refusal(.EMSGSIZE) }
        let vectors = try task.memory.bytes(UserAddress(word(16)), count: Int(count) * 16)
        segments = []
        total = 0
        for index in 0..<Int(count) {
            let address: UInt64 = LittleEndian.load(vectors, index * 16)
            let length: Int64 = LittleEndian.load(vectors, index * 16 + 8)
            guard length >= 0 else { throw Refusal(.EINVAL) }
            let taken = min(Int(length), Self.totalLimit - total)
            total += taken
            segments.append((UserAddress(address), taken))
        }
    }

    /// The bytes `range` of what the segments hold.
    func gather(_ range: Range<Int>, from task: Task) throws(Refusal) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var start = 0
        for segment in segments {
            let end = start + segment.count
            let part = max(range.lowerBound, start)..<max(min(range.upperBound, end), max(range.lowerBound, start))
            if !part.isEmpty {
                bytes += try task.memory.bytes(segment.address.advanced(by: part.lowerBound - start), count: part.count)
            }
            start = end
        }
        return bytes
    }

    /// Spreads `bytes` over the segments, from the byte `start` of what they hold.
    func scatter(_ bytes: [UInt8], from start: Int = 0, to task: Task) throws(Refusal) {
        var done = 0, skipped = 0
        for segment in segments where done < bytes.count {
            let skip = min(segment.count, start - skipped)
            skipped += skip
            let count = min(segment.count - skip, bytes.count - done)
            let written = task.memory.write(bytes[done..<done + count], at: segment.address.advanced(by: skip))
            guard written == count else { throw Refusal(.EFAULT) }
            done += count
        }
    }
}
