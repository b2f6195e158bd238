import Credentials
import LinuxABI

/// An open regular file: the host description is the file itself.
package final class RegularFile: OpenFile {
    /// Tells the storage how long the file can be written by this.
    private let writing: AnyObject?
    /// The inode in a layer of an overlay that is written by this as well.
    private let written: Inode?

    /// `inode` is the one that is opened, where the path leads to an overlay's.
    package init(
        path: Path, flags: OpenFlags, credentials: Credentials, backing: HostBacking, writing: AnyObject? = nil,
        of inode: Inode? = nil
    ) {
        self.writing = writing
        written = flags.writes && inode !== path.dentry.inode ? inode : nil
        written?.writeCount += 1
        super.init(path: path, flags: flags, credentials: credentials, backing: backing)
    }

    deinit { written?.writeCount -= 1 }
}

/// A file opened with O_PATH: it names a place and grants nothing (open(2)).
package class PathFile: OpenFile {
    package init(path: Path, flags: OpenFlags, credentials: Credentials) {
        super.init(path: path, flags: flags, credentials: credentials, backing: .path)
    }
}

/// An open directory, with its position among the entries.
package final class DirectoryFile: OpenFile {
    /// The entries that getdents64 hands out, taken at the first call and again when it begins anew.
    package private(set) var listing: [DirectoryEntry]?
    package func keep(_ listing: [DirectoryEntry]) throws(Refusal) {
        let names =
            inode.listingSharesNames ? 0 : listing.reduce(0) { $0 + Footprint.array($1.name.bytes.count) }
        try charge(names + Footprint.array(listing.count, stride: MemoryLayout<DirectoryEntry>.stride))
        self.listing = listing
    }
    /// How many entries were handed out, `.` and `..` included: what lseek(2) sets.
    package var position: Int64 = 0

    package init(path: Path, flags: OpenFlags, credentials: Credentials) {
        super.init(path: path, flags: flags, credentials: credentials, backing: .directory)
    }
}
