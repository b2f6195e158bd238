import Credentials
import LinuxABI

/// A socket's name (unix(7), "Address format").
package enum SocketName: Hashable, Sendable {
    case unnamed
    /// As it was given to bind(2), without a NUL.
    case path([UInt8])
    /// What follows the first NUL, in which any byte counts.
    case abstract([UInt8])

    private static let family: [UInt8] = [1, 0]
    /// sizeof(struct sockaddr_un).
    package static let addressLimit = 110

    /// unix_validate_addr() and unix_mkname_bsd(): a name that can be bound or looked for; nil when it asks for autobind.
    package init?(address: [UInt8]) throws(Refusal) {
        guard address.count >= 2, Array(address[..<2]) == Self.family else { throw Refusal(.EINVAL) }
        if address.count == 2 { return nil }
        guard address.count <= Self.addressLimit else { throw Refusal(.EINVAL) }
        if address[2] == 0 {
            self = .abstract(Array(address[3...]))
        } else {
            self = .path(Array(address[2...].prefix { $0 != 0 }))
        }
    }

    /// struct sockaddr_un as getsockname(2) gives it.
    package var address: [UInt8] {
        switch self {
        case .unnamed: Self.family
        case .path(let path): Self.family + path + [0]
        case .abstract(let name): Self.family + [0] + name
        }
    }
}
