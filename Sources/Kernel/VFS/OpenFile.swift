import Credentials
import LinuxABI

/// An open file description (open(2)): shared by duplicated fds and by forked tables.
///
/// Subclasses are the kinds: regular file, directory, /proc control file, nsfs file, pidfd, pipe end, socket …
package class OpenFile {
    package let path: Path
    /// Access mode and status flags; F_SETFL changes the latter.
    package var flags: OpenFlags
    /// The opener's, for checks at use (f_cred).
    package let credentials: Credentials
    /// What the platform puts into the task's host table; `owned` becomes `installed` at the first installation.
    package var backing: HostBacking
    /// What the platform has installed for it; nil before that, and for what is inert.
    package var hostIdentity: HostIdentity?
    /// Why reads of a `.text` file fail, which happens on the host where nobody sees it; nil where they do not.
    package var readRefusal: Refusal?
    private let countsAsWriter: Bool
    /// Keeps its mount from going read-only (mnt_get_write_access).
    private let countsOnMount: Bool
    /// What it counts for in the sandbox, from its first installation on.
    package var use: AnyObject?
    private var charge: Charge
    /// F_SETOWN's: who gets SIGIO.
    package var signalOwner: SignalOwner?
    /// F_SETSIG's; 0 means SIGIO.
    package var signalNumber: Int32 = 0
    /// True for a signalfd.
    package var showsSignals: Bool { false }
    /// True where reads of it are the sentry's to answer or to put right, so that a task whose table holds it stops at
    /// every call.
    package var needsFollowing: Bool { showsSignals }
    /// Whether this opening made the file (FMODE_CREATED).
    package var isNew = false
    /// True for the few files whose host description the sentry must keep after the installation.
    package var keepsHostFile: Bool { false }

    package init(path: Path, flags: OpenFlags, credentials: Credentials, backing: HostBacking) {
        self.path = path
        self.flags = flags
        self.credentials = credentials
        self.backing = backing
        charge = Charge(overdrawing: credentials.userNamespace.budget, .openFiles, Self.footprint)
        countsAsWriter = flags.writes
        if countsAsWriter { path.dentry.inode.writeCount += 1 }
        countsOnMount = flags.writes && path.dentry.inode.mode.isRegular
        path.mount.useCount += 1
        path.dentry.inode.used()
        if path.dentry.inode.mode.isRegular { path.mount.hasOpenedFiles = true }
        if countsOnMount {
            path.mount.hasOpenedWriters = true
            path.mount.writeCount += 1
            path.mount.fileSystem.writeCount += 1
        }
    }

    /// The object, the credentials that it keeps, and what the platform has of it.
    private static let footprint = 640

    /// Charges for what the file keeps besides: a directory's listing, a text.
    package final func charge(_ bytes: Int) throws(Refusal) { try charge.resize(to: Self.footprint + bytes) }

    deinit {
        inode.locks?.releaseAll(of: self)
        if countsAsWriter { path.dentry.inode.writeCount -= 1 }
        path.mount.useCount -= 1
        inode.unused()
        if countsOnMount {
            path.mount.writeCount -= 1
            path.mount.fileSystem.writeCount -= 1
        }
    }

    /// Whether a host description of its own stands behind this file, so that the host can act on it. Overridden where
    /// it is there for poll(2) alone.
    package var hasHostDescription: Bool {
        switch backing {
        case .owned, .installed, .text: true
        case .directory, .path, .inert: false
        }
    }

    package var inode: Inode { path.dentry.inode }

    /// What fstat(2) tells; overridden where the description knows more than its inode.
    package func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        try inode.attributes(for: caller)
    }
    /// The text of a `.text` file as it is now, translated for its opener.
    package func contents() throws(Refusal) -> [UInt8] { throw Refusal(.EINVAL) }
    /// True when this class answers write(2) itself; otherwise the host file takes the bytes.
    package var interceptsWrites: Bool { false }
    /// False for seq_file's files, which pwrite(2) refuses with ESPIPE.
    package var allowsPositionedWrites: Bool { true }
    /// A write to a control file. `offset` is the file position. Returns the count taken.
    package func write(_ bytes: [UInt8], offset: Int64, by caller: any Caller) throws(Refusal) -> Int {
        throw Refusal(.EINVAL)
    }
    /// The link text of /proc/[pid]/fd/N when it is not a path, such as `pipe:[12]`; nil to print the path.
    package var linkText: [UInt8]? { nil }
    /// An fd of `caller` that refers to this file is closed, though others may be left (filp_flush).
    package final func flush(by caller: any Caller) {
        flushed(by: caller)
        guard let locks = inode.locks, !flags.contains(.path), let table = caller.fileTable else { return }
        locks.releaseRecords(of: table)
    }
    /// What else a kind of file does then (f_op->flush).
    package func flushed(by caller: any Caller) {}
}
