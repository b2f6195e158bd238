/// Host objects that the sentry makes for a task: what moves bytes or waits, and names nothing.
package enum HostObject: Sendable {
    /// pipe2(2): read end, write end. Flags: O_NONBLOCK, O_DIRECT.
    case pipe(flags: Int32)
    /// socketpair(2) of AF_UNIX, type with SOCK_NONBLOCK.
    case socketPair(type: Int32)
    /// An AF_UNIX socket, type with SOCK_NONBLOCK.
    case socket(type: Int32)
    case eventfd(initial: UInt32, flags: Int32)
    case epoll
    /// timerfd_create(2).
    case timerfd(clock: Int32, flags: Int32)
    /// memfd_create(2) with its sealing flags.
    case memfd(name: [UInt8], flags: UInt32)
    /// signalfd4(2): it shows the signals of whoever reads it.
    case signalfd(mask: UInt64, flags: Int32)
    /// inotify_init1(2): watches are put on private data files alone.
    case inotify(flags: Int32)
    case device(HostDevice)
    /// The bytes of a System V shared memory segment.
    case segment(key: Int32, size: UInt64)
}

/// The host devices that a sandbox may open.
package enum HostDevice: String, Sendable {
    case null, zero, full, random, urandom
    /// The terminal that the sandbox was started on, if any.
    case tty
}
