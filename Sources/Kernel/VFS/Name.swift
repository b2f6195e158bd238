import Credentials
import LinuxABI

/// One path component or any other byte string of the guest: no encoding is assumed.
package struct Name: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package private(set) var bytes: [UInt8]
    package init(_ bytes: [UInt8]) { self.bytes = bytes.compact }
    // A slice of a whole array shares the array's buffer.
    package init<C: Collection>(_ bytes: C) where C.Element == UInt8 { self.bytes = Array(bytes).compact }
    package init(_ string: String) { bytes = Array(string.utf8) }
    package init(stringLiteral value: StaticString) {
        bytes = []
        bytes.append(value)
    }
    package var description: String { String(decoding: bytes, as: UTF8.self) }
    /// NAME_MAX, in bytes.
    package static let maximumLength = 255
}
