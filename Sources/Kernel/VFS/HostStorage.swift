import LinuxABI

/// The host files that the sandbox was granted, as the VFS sees them: read-only trees below a granted root, and
/// private data files of the sandbox's own. `SentryHost` implements it with system calls, tests with memory.
///
/// Nothing here follows symbolic links or leaves the granted root; a path is a list of components below the root.
///
/// What concerns granted trees and copies may take long, and is asked off the kernel's lock then (`HostAnswers`).
package protocol HostStorage: AnyObject, Sendable {
    /// Attributes of a file in a granted tree; nil when there is none or it is withheld.
    func attributes(_ tree: HostTree, _ path: [UInt8]) throws(Errno) -> HostAttributes?
    /// The same without asking the host, where a listing told of them a moment ago.
    func listedAttributes(_ tree: HostTree, _ path: [UInt8]) -> HostAttributes?
    func entries(_ tree: HostTree, _ path: [UInt8]) throws(Errno) -> [DirectoryEntry]
    func readLink(_ tree: HostTree, _ path: [UInt8]) throws(Errno) -> [UInt8]
    func extendedAttribute(_ tree: HostTree, _ path: [UInt8], _ name: Name) -> [UInt8]?
    /// Opens a regular file of a granted tree; `writing` only where the tree allows it.
    func open(_ tree: HostTree, _ path: [UInt8], flags: OpenFlags) throws(Errno) -> HostFile

    /// Makes the private data file `id`, empty, or with the bytes of `source`. The copy is given up with EINTR when `stop` is
    /// set.
    func createPrivate(_ id: UInt64, copying source: HostFile?, until stop: StopSign?) throws(Errno)
    func openPrivate(_ id: UInt64, flags: OpenFlags) throws(Errno) -> HostFile
    /// Size, blocks and times of a private file.
    func privateAttributes(_ id: UInt64) throws(Errno) -> HostAttributes
    func truncatePrivate(_ id: UInt64, to size: Int64) throws(Errno)
    /// ftruncate(2) of a file that is no private data file.
    func setSize(of file: HostFile, to size: Int64) throws(Errno)
    /// How many bytes private files may have together; nil without a bound.
    var space: StorageSpace? { get }
    /// The host is about to allocate a part of a private file for a task: throws ENOSPC where there is no room for it.
    func reservePrivate(_ id: UInt64, _ range: Range<UInt64>) throws(Errno)
    /// The private files numbered `space << 40` and up may have `limit` bytes together; nil without a limit of their own.
    func limitPrivate(space: UInt64, to limit: UInt64?)
    /// The bytes that those files have, as far as they are counted.
    func usedPrivate(space: UInt64) -> UInt64
    /// Tasks may write to a private file as long as the object lives.
    func writing(_ id: UInt64) -> AnyObject?
    /// Sets the times that are given.
    func setPrivateTimes(_ id: UInt64, accessed: Timestamp?, modified: Timestamp?) throws(Errno)
    func removePrivate(_ id: UInt64)
    /// Marks a private file so that the first write by a task takes the mark away: `privateAttributes` then shows a mode
    /// without set-user-ID.
    func markPrivate(_ id: UInt64) throws(Errno)
    /// Makes `id` a FIFO, and opens an end of it without waiting for anybody, whether or not `flags` say so.
    func createFIFO(_ id: UInt64) throws(Errno)
    func openFIFO(_ id: UInt64, flags: OpenFlags) throws(Errno) -> HostFile

    /// Lets an inotify instance of the host report what happens to a private file; returns the watch's number.
    func watchPrivate(_ id: UInt64, with instance: HostFile, mask: UInt32) throws(Errno) -> Int32
    func removeWatch(_ number: Int32, of instance: HostFile) throws(Errno)

    /// Opens one of the devices that do nothing but produce or swallow bytes, or the sentry's terminal (ENXIO without).
    func openDevice(_ device: HostDevice, flags: OpenFlags) throws(Errno) -> HostFile

    /// Up to `count` bytes of `file` from `offset`.
    func read(_ file: HostFile, offset: Int64, count: Int) throws(Errno) -> [UInt8]
    /// CLOCK_REALTIME, for file times.
    var now: Timestamp { get }
}

extension HostStorage {
    package func listedAttributes(_ tree: HostTree, _ path: [UInt8]) -> HostAttributes? { nil }
    package func setSize(of file: HostFile, to size: Int64) throws(Errno) {}
    package var space: StorageSpace? { nil }
    package func reservePrivate(_ id: UInt64, _ range: Range<UInt64>) throws(Errno) {}
    package func writing(_ id: UInt64) -> AnyObject? { nil }
    package func limitPrivate(space: UInt64, to limit: UInt64?) {}
    package func usedPrivate(space: UInt64) -> UInt64 { 0 }
}

/// Bytes for private files.
package struct StorageSpace: Sendable {
    package let total: UInt64
    package let free: UInt64
    package init(total: UInt64, free: UInt64) {
        self.total = total
        self.free = free
    }
}

/// A host directory granted to the sandbox, by the index under which the platform keeps it.
package struct HostTree: Hashable, Sendable {
    package let index: Int
    package let isWritable: Bool
    /// Whether a missing name may be taken for missing a moment longer (`MissingNames`).
    package let changesRarely: Bool
    package init(index: Int, isWritable: Bool, changesRarely: Bool = false) {
        self.index = index
        self.isWritable = isWritable
        self.changesRarely = changesRarely
    }
}

/// A host file's attributes; owner IDs are those on the host's disk.
package struct HostAttributes: Sendable {
    package var mode: FileMode
    package var uid: UInt32
    package var gid: UInt32
    package var inode: UInt64
    package var linkCount: UInt32
    package var device: DeviceNumber
    package var rdev: DeviceNumber
    package var size: Int64
    package var blocks: Int64
    package var accessed: Timestamp
    package var modified: Timestamp
    package var changed: Timestamp
    /// Whether the file lies on a network or behind another process, so that any question about it may take long. What the
    /// kernel will ask next is here then.
    package var isRemote = false
    /// security.capability, and a link's text, of a remote file.
    package var capability: [UInt8]?
    package var linkText: [UInt8]?
    package init(
        mode: FileMode, uid: UInt32, gid: UInt32, inode: UInt64, linkCount: UInt32, device: DeviceNumber,
        rdev: DeviceNumber, size: Int64, blocks: Int64, accessed: Timestamp, modified: Timestamp, changed: Timestamp
    ) {
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.inode = inode
        self.linkCount = linkCount
        self.device = device
        self.rdev = rdev
        self.size = size
        self.blocks = blocks
        self.accessed = accessed
        self.modified = modified
        self.changed = changed
    }
}
