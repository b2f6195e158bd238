import Credentials
import LinuxABI

/// How much a tmpfs may hold, and holds (struct shmem_sb_info). Files keep it as long as they count.
package final class TmpFSLimits {
    package var options: TmpFSOptions
    /// Files, directories and further hard links, with the root.
    package private(set) var usedInodes: UInt64 = 0
    private let storage: any HostStorage
    /// The private files of the file system are numbered from here (`TmpFS`).
    private let space: UInt64

    /// BOGO_INODE_SIZE
    static let inodeBytes: UInt64 = 1024

    package init(_ options: TmpFSOptions, storage: any HostStorage, space: UInt64) {
        self.options = options
        self.storage = storage
        self.space = space
        apply()
    }

    deinit { storage.limitPrivate(space: space, to: nil) }

    /// Tells the host what its files may have together. Where nobody has said a size the sandbox's own limit is enough.
    func apply() {
        let isLimited = options.blocks > 0 && options.blocks != options.defaultPages
        let (bytes, overflows) = options.blocks.multipliedReportingOverflow(by: 4096)
        storage.limitPrivate(space: space, to: isLimited && !overflows ? bytes : nil)
    }

    /// Pages that the files have now.
    package var usedBlocks: UInt64 { storage.usedPrivate(space: space) / 4096 }

    /// shmem_reserve_inode()
    func takeInode() throws(Refusal) {
        if options.inodes > 0, usedInodes >= options.inodes { throw Refusal(.tmpfsInodeLimit) }
        usedInodes += 1
    }
    /// shmem_free_inode()
    func releaseInode() { usedInodes -= min(1, usedInodes) }

    /// shmem_statfs()
    var hasDefaultSize: Bool { options.blocks == options.defaultPages }

    package var statistics: FileSystemStatistics {
        var statistics = FileSystemStatistics()
        if options.blocks > 0 {
            statistics.blocks = options.blocks
            statistics.freeBlocks = options.blocks - min(options.blocks, usedBlocks)
        }
        if options.inodes > 0 {
            statistics.files = options.inodes
            statistics.freeFiles = options.inodes - min(options.inodes, usedInodes)
        }
        return statistics
    }
}

extension FileSystem {
    /// The limits and options of a tmpfs.
    var tmpfs: TmpFSLimits? { (self as? TmpFS)?.limits }
}
