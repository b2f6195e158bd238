import Credentials
import LinuxABI

/// A guest address. It is never dereferenced: bytes cross only through `GuestMemory`'s copies.
package struct UserAddress: Hashable, Sendable {
    package let rawValue: UInt64
    @inlinable package init(_ rawValue: UInt64) { self.rawValue = rawValue }
    package var isNull: Bool { rawValue == 0 }
    /// The address `offset` bytes further, wrapping as the machine does; a wrapped address fails at the copy.
    package func advanced(by offset: Int) -> UserAddress { UserAddress(rawValue &+ UInt64(bitPattern: Int64(offset))) }
}

/// A task's memory. Everything read is hostile and may change between two reads: copy once, then check the copy.
package protocol GuestMemory: AnyObject {
    /// Copies into `buffer`; returns how many bytes could be read before the first fault.
    func read(_ address: UserAddress, into buffer: UnsafeMutableRawBufferPointer) -> Int
    /// Copies `buffer` out; returns how many bytes could be written before the first fault.
    func write(_ address: UserAddress, from buffer: UnsafeRawBufferPointer) -> Int
}

extension GuestMemory {
    /// Exactly `count` bytes; throws EFAULT, or ENOMEM for more than any call may hold at once, whatever a guest has set
    /// its limits to.
    package func bytes(_ address: UserAddress, count: Int) throws(Refusal) -> [UInt8] {
        guard count >= 0 else { throw Refusal(.EFAULT) }
        guard count <= 64 << 20 else { throw Refusal(.ENOMEM) }
        let bytes = prefix(address, count: count)
        guard bytes.count == count else { throw Refusal(.EFAULT) }
        return bytes
    }

    /// At most `count` bytes: those before the first fault.
    package func prefix(_ address: UserAddress, count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let read = unsafe read(address, into: UnsafeMutableRawBufferPointer(buffer))
            initialized = max(0, min(count, read))
        }
    }

    /// A structure that may grow with later kernels, in the size the caller knows: `known` bytes, zeros where it gave
    /// fewer, and at least `minimum` (copy_struct_from_user).
    ///
    /// Throws E2BIG above a page or where a byte beyond the known ones is not zero, EINVAL below the minimum, EFAULT.
    package func growingStructure(
        _ address: UserAddress, size: UInt64, known: Int, minimum: Int
    ) throws(Refusal) -> [UInt8] {
        guard size <= 4096 else { throw Refusal(.E2BIG) }
        guard size >= UInt64(clamping: minimum) else { throw Refusal(.EINVAL) }
        var bytes = try bytes(address, count: Int(size))
        guard bytes.count > known else {
            bytes.append(contentsOf: repeatElement(0, count: known - bytes.count))
            return bytes
        }
        if bytes[known...].contains(where: { $0 != 0 }) { throw Refusal(.E2BIG) }
        bytes.removeLast(bytes.count - known)
        return bytes
    }

    /// A trivial value of fixed layout; throws EFAULT. Only for types without padding or pointers.
    package func load<T: BitwiseCopyable>(_ address: UserAddress, as type: T.Type = T.self) throws(Refusal) -> T {
        let ok: T? = unsafe withUnsafeTemporaryAllocation(
            byteCount: MemoryLayout<T>.size, alignment: MemoryLayout<T>.alignment
        ) { buffer in
            unsafe read(address, into: buffer) == buffer.count ? buffer.load(as: T.self) : nil
        }
        guard let value = ok else { throw Refusal(.EFAULT) }
        return value
    }

    package func store<T: BitwiseCopyable>(_ value: T, at address: UserAddress) throws(Refusal) {
        let ok = unsafe withUnsafeBytes(of: value) { unsafe write(address, from: $0) == $0.count }
        guard ok else { throw Refusal(.EFAULT) }
    }

    package func store(_ bytes: [UInt8], at address: UserAddress) throws(Refusal) {
        let ok = unsafe bytes.withUnsafeBytes { unsafe write(address, from: $0) == $0.count }
        guard ok else { throw Refusal(.EFAULT) }
    }

    /// Returns how many bytes could be written before the first fault.
    package func write(_ bytes: ArraySlice<UInt8>, at address: UserAddress) -> Int {
        unsafe bytes.withUnsafeBytes { unsafe write(address, from: $0) }
    }

    /// A NUL-terminated string without its NUL, of fewer than `limit` bytes (PATH_MAX 4096); throws EFAULT, or
    /// ENAMETOOLONG when no NUL comes.
    package func string(_ address: UserAddress, limit: Int = 4096) throws(Refusal) -> [UInt8] {
        // The first guess covers nearly every path without crossing into an unmapped page more than once.
        var size = min(limit, 256)
        while true {
            var bytes = prefix(address, count: size)
            if let end = bytes.firstIndex(of: 0) {
                bytes.removeLast(bytes.count - end)
                return bytes
            }
            if bytes.count < size { throw Refusal(.EFAULT) }
            if size == limit { throw Refusal(.ENAMETOOLONG) }
            size = limit
        }
    }
}
