import LinuxABI

/// One open file description of the host, owned: closed when the last reference goes.
///
/// The in-process sentry never looks inside; only the platform that made it knows what `descriptor` means.
package final class HostFile: Sendable {
    package let descriptor: Int32
    /// Told by whoever opened it and knows already.
    package let identity: HostIdentity?
    private let close: @Sendable (Int32) -> Void

    package init(descriptor: Int32, identity: HostIdentity? = nil, close: @escaping @Sendable (Int32) -> Void) {
        self.descriptor = descriptor
        self.identity = identity
        self.close = close
    }
    deinit { close(descriptor) }
}

/// What stands behind a guest's fd in the task's host table (docs/architecture.md, "Every open file").
package enum HostBacking {
    /// A description of its own: a regular file, a pipe or socket end, a tty, an eventfd.
    case owned(HostFile)
    /// An `owned` description that was handed over: only the tables of tasks refer to it, so that a pipe's reader sees
    /// the end of file. The platform borrows it from a table when it installs it again.
    case installed
    /// A memory file with the text of `OpenFile.contents()`, refreshed by the platform when it changes.
    case text
    /// Inert: read fails with EISDIR.
    case directory
    /// Inert: read fails with EBADF, poll with POLLNVAL (O_PATH).
    case path
    /// Inert: read and write fail with EINVAL (nsfs and others that cannot be read).
    case inert
}

/// Which file of the host an open file is, as far as a descriptor that comes back from a task can tell.
///
/// Files that share one inode (eventfd, epoll and their kin) cannot be told apart; the sentry keeps their descriptions.
package struct HostIdentity: Sendable {
    package let device: UInt64
    package let inode: UInt64
    /// Only the access mode.
    package let access: OpenFlags

    package init(device: UInt64, inode: UInt64, access: OpenFlags) {
        self.device = device
        self.inode = inode
        self.access = access
    }

    /// Whether `other` is this file, opened for no more.
    package func admits(_ other: HostIdentity) -> Bool {
        other.device == device && other.inode == inode && (access.reads || !other.access.reads)
            && (access.writes || !other.access.writes)
    }
}
