import Credentials
import Kernel
import LinuxABI

/// Strings and bytes handed in by the three calls.
extension Task {
    /// strndup_user(): fewer than `limit` bytes, or EINVAL.
    func keyString(_ address: UInt64, limit: Int = 4096) throws(Refusal) -> [UInt8] {
        do throws(Refusal) {
            return try memory.string(UserAddress(address), limit: limit)
        } catch {
            throw error.errno == .ENAMETOOLONG ? Refusal(.EINVAL) : error
        }
    }

    /// key_get_type_from_user(): at most 31 bytes, and none of the kernel's own types.
    func keyTypeName(_ address: UInt64) throws(Refusal) -> [UInt8] {
        let name = try keyString(address, limit: 32)
        guard let first = name.first else { throw Refusal(.EINVAL) }
        if first == UInt8(ascii: ".") { throw Refusal(.keyTypeReserved) }
        return name
    }

    /// A payload of at most `limit` bytes, which is not looked at where there are none.
    func keyPayload(_ address: UInt64, _ size: UInt64, limit: UInt64) throws(Refusal) -> [UInt8] {
        guard size <= limit else { throw Refusal(.EINVAL) }
        return size == 0 ? [] : try memory.bytes(UserAddress(address), count: Int(size))
    }
}
