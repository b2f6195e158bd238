// The bytes of numbers and literals. With the access to guest memory, this is all that is unsafe above the host.

/// Guest byte order.
package enum LittleEndian {
    @inlinable
    package static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] { [UInt8](littleEndian: value) }

    @inlinable
    package static func bytes<T: FixedWidthInteger>(_ values: some Collection<T>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * MemoryLayout<T>.size)
        for value in values { bytes.append(littleEndian: value) }
        return bytes
    }

    /// The integer at `offset`; 0 where `bytes` is too short.
    @inlinable
    package static func load<T: FixedWidthInteger>(_ bytes: [UInt8], _ offset: Int, as type: T.Type = T.self) -> T {
        guard offset >= 0, offset <= bytes.count - MemoryLayout<T>.size else { return 0 }
        return unsafe bytes.withUnsafeBytes {
            unsafe T(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: T.self))
        }
    }

    /// The integers that fill `bytes`, without what is left over.
    @inlinable
    package static func all<T: FixedWidthInteger>(_ bytes: [UInt8], as type: T.Type = T.self) -> [T] {
        (0..<bytes.count / MemoryLayout<T>.size).map { load(bytes, $0 * MemoryLayout<T>.size) }
    }
}

extension [UInt8] {
    @inlinable
    package init<T: FixedWidthInteger>(littleEndian value: T) {
        self = unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe Array($0) }
    }

    @inlinable
    package mutating func append<T: FixedWidthInteger>(littleEndian value: T) {
        unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
    }

    @inlinable
    package mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }
}
