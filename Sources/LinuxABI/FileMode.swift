/// `st_mode`: a file's type and permission bits (inode(7)).
package struct FileMode: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt32
    @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }
    @inlinable package init(_ kind: FileKind, _ permissions: UInt32) {
        rawValue = kind.rawValue | (permissions & 0o7777)
    }

    package var kind: FileKind {
        get { FileKind(rawValue: rawValue & 0o170000) ?? .regular }
    }
    /// The permission bits with set-user-ID, set-group-ID and sticky: 0...0o7777.
    package var permissions: UInt32 {
        get { rawValue & 0o7777 }
        set { rawValue = (rawValue & 0o170000) | (newValue & 0o7777) }
    }
    package var isDirectory: Bool { kind == .directory }
    /// Not true of a file without any type, as an event fd is.
    package var isRegular: Bool { rawValue & 0o170000 == FileKind.regular.rawValue }
    package var isSymlink: Bool { kind == .symlink }
    package var isSetUserID: Bool { rawValue & 0o4000 != 0 }
    package var isSetGroupID: Bool { rawValue & 0o2000 != 0 }
    package var isSticky: Bool { rawValue & 0o1000 != 0 }
}

/// The file types of `st_mode & S_IFMT` (inode(7)).
package enum FileKind: UInt32, Sendable {
    case fifo = 0o010000
    case character = 0o020000
    case directory = 0o040000
    case block = 0o060000
    case regular = 0o100000
    case symlink = 0o120000
    case socket = 0o140000

    /// `d_type` of getdents64(2).
    package var direntType: UInt8 { UInt8(rawValue >> 12) }
}

/// A device number, major and minor, in the 64-bit form of `st_rdev` (makedev(3)).
package struct DeviceNumber: Hashable, Sendable {
    package var major: UInt32
    package var minor: UInt32
    package init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }
    package init(encoded: UInt64) {
        major = UInt32(truncatingIfNeeded: ((encoded >> 8) & 0xfff) | ((encoded >> 32) & 0xffff_f000))
        minor = UInt32(truncatingIfNeeded: (encoded & 0xff) | ((encoded >> 12) & 0xffff_ff00))
    }
    package var encoded: UInt64 {
        let major = UInt64(major), minor = UInt64(minor)
        return (minor & 0xff) | ((major & 0xfff) << 8) | ((minor & ~0xff) << 12) | ((major & ~0xfff) << 32)
    }
}

/// open(2) flags, as x86-64 numbers them.
package struct OpenFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let writeOnly = OpenFlags(rawValue: 0o1)
    package static let readWrite = OpenFlags(rawValue: 0o2)
    package static let accessMask: UInt32 = 0o3
    package static let create = OpenFlags(rawValue: 0o100)
    package static let exclusive = OpenFlags(rawValue: 0o200)
    package static let noctty = OpenFlags(rawValue: 0o400)
    package static let truncate = OpenFlags(rawValue: 0o1000)
    package static let append = OpenFlags(rawValue: 0o2000)
    package static let nonblock = OpenFlags(rawValue: 0o4000)
    package static let dsync = OpenFlags(rawValue: 0o10000)
    package static let async = OpenFlags(rawValue: 0o20000)
    package static let direct = OpenFlags(rawValue: 0o40000)
    package static let largefile = OpenFlags(rawValue: 0o100000)
    package static let directory = OpenFlags(rawValue: 0o200000)
    package static let nofollow = OpenFlags(rawValue: 0o400000)
    package static let noatime = OpenFlags(rawValue: 0o1000000)
    package static let closeOnExec = OpenFlags(rawValue: 0o2000000)
    package static let path = OpenFlags(rawValue: 0o10000000)
    /// O_TMPFILE without the O_DIRECTORY bit that accompanies it.
    package static let tmpfileBit = OpenFlags(rawValue: 0o20000000)

    /// True when the access mode permits reading: O_RDONLY or O_RDWR.
    package var reads: Bool { rawValue & Self.accessMask != 1 && !contains(.path) }
    /// True when the access mode permits writing: O_WRONLY or O_RDWR.
    package var writes: Bool { rawValue & Self.accessMask != 0 && !contains(.path) }
}
