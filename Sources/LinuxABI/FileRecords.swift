/// struct stat (stat(2)), 144 bytes.
package struct StatRecord: BitwiseCopyable, Sendable {
    package var device: UInt64 = 0
    package var inode: UInt64 = 0
    package var linkCount: UInt64 = 0
    package var mode: UInt32 = 0
    package var uid: UInt32 = 0
    package var gid: UInt32 = 0
    package var pad: UInt32 = 0
    package var rdev: UInt64 = 0
    package var size: Int64 = 0
    package var blockSize: Int64 = 0
    package var blocks: Int64 = 0
    package var accessed = Timespec()
    package var modified = Timespec()
    package var changed = Timespec()
    package var unused0: Int64 = 0
    package var unused1: Int64 = 0
    package var unused2: Int64 = 0
    package init() {}
}

/// struct timespec and struct timeval: seconds and a fraction.
package struct Timespec: BitwiseCopyable, Hashable, Sendable {
    package var seconds: Int64
    /// Nanoseconds, or microseconds in a timeval.
    package var fraction: Int64
    package init(seconds: Int64 = 0, fraction: Int64 = 0) {
        self.seconds = seconds
        self.fraction = fraction
    }
}

/// struct statx (statx(2)), 256 bytes.
package struct StatxRecord: BitwiseCopyable, Sendable {
    package struct Time: BitwiseCopyable, Sendable {
        package var seconds: Int64 = 0
        package var nanoseconds: UInt32 = 0
        package var pad: Int32 = 0
        package init() {}
    }
    package var mask: UInt32 = 0
    package var blockSize: UInt32 = 0
    package var attributes: UInt64 = 0
    package var linkCount: UInt32 = 0
    package var uid: UInt32 = 0
    package var gid: UInt32 = 0
    package var mode: UInt16 = 0
    package var pad0: UInt16 = 0
    package var inode: UInt64 = 0
    package var size: UInt64 = 0
    package var blocks: UInt64 = 0
    package var attributesMask: UInt64 = 0
    package var accessed = Time()
    package var born = Time()
    package var changed = Time()
    package var modified = Time()
    package var rdevMajor: UInt32 = 0
    package var rdevMinor: UInt32 = 0
    package var deviceMajor: UInt32 = 0
    package var deviceMinor: UInt32 = 0
    package var mountID: UInt64 = 0
    package var directMemoryAlign: UInt32 = 0
    package var directOffsetAlign: UInt32 = 0
    package var subvolume: UInt64 = 0
    package var spare0: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)
    package var spare1: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)
    package init() {}
}

/// struct statfs (statfs(2)), 120 bytes.
package struct StatfsRecord: BitwiseCopyable, Sendable {
    package var type: Int64 = 0
    package var blockSize: Int64 = 4096
    package var blocks: UInt64 = 0
    package var freeBlocks: UInt64 = 0
    package var availableBlocks: UInt64 = 0
    package var files: UInt64 = 0
    package var freeFiles: UInt64 = 0
    package var fileSystemID: UInt64 = 0
    package var nameLength: Int64 = 255
    package var fragmentSize: Int64 = 4096
    package var flags: Int64 = 0
    package var spare: (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
    package init() {}
}

/// Flags of the *at calls (fcntl.h).
package struct AtFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    @inlinable package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let symlinkNofollow = AtFlags(rawValue: 0x100)
    /// AT_REMOVEDIR of unlinkat, AT_EACCESS of faccessat2.
    package static let removeDirectory = AtFlags(rawValue: 0x200)
    package static let effectiveAccess = AtFlags(rawValue: 0x200)
    package static let symlinkFollow = AtFlags(rawValue: 0x400)
    package static let noAutomount = AtFlags(rawValue: 0x800)
    package static let emptyPath = AtFlags(rawValue: 0x1000)
    package static let statxSyncType = AtFlags(rawValue: 0x6000)
    /// AT_FDCWD.
    package static let workingDirectory: Int32 = -100
}
