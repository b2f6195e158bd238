import Kernel

/// Which files of a granted host tree the sandbox may see.
struct HostTreePolicy: Sendable {
    /// Only these names directly below the root; nil for all.
    var topLevel: [Name]?
    /// Withhold what not every user of the host may read: shadow files, private keys, home directories.
    var publicOnly: Bool
    /// Paths, relative to the root, that are withheld whatever their mode.
    var withheld: [[UInt8]] = []
    /// Whether a file that the host makes there may be noticed a second late.
    var changesRarely = false

    /// The host's system directories without its secrets.
    static let system = HostTreePolicy(
        topLevel: ["bin", "sbin", "lib", "lib32", "lib64", "libx32", "usr", "etc", "opt"],
        publicOnly: true,
        withheld: [Array("etc/ssh".utf8), Array("etc/sudoers".utf8), Array("etc/sudoers.d".utf8)],
        changesRarely: true)
    /// A directory that the user named: everything the sentry itself may read.
    static let granted = HostTreePolicy(topLevel: nil, publicOnly: false)
    /// The same as the root directory: a system, which is seldom installed into while it runs.
    static let root = HostTreePolicy(topLevel: nil, publicOnly: false, changesRarely: true)

    /// Whether `path`, relative to the root and without a leading slash, may be looked at.
    func admits(_ path: [UInt8]) -> Bool {
        if path.isEmpty { return true }
        if let topLevel {
            let end = path.firstIndex(of: UInt8(ascii: "/")) ?? path.endIndex
            guard topLevel.contains(where: { $0.bytes.elementsEqual(path[..<end]) }) else { return false }
        }
        return !withheld.contains { secret in
            path.starts(with: secret) && (path.count == secret.count || path[secret.count] == UInt8(ascii: "/"))
        }
    }

    /// Whether a file with this mode may be shown.
    func admits(mode: FileModeBits) -> Bool {
        guard publicOnly else { return true }
        return mode.isSymlink || mode.othersMayRead
    }

    /// The bits of st_mode that the decision needs.
    struct FileModeBits {
        let rawValue: UInt32
        var isSymlink: Bool { rawValue & 0o170000 == 0o120000 }
        var othersMayRead: Bool { rawValue & 0o4 != 0 || rawValue & 0o170000 == 0o040000 && rawValue & 0o1 != 0 }
    }
}
