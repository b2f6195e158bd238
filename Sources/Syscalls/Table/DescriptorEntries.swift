import LinuxABI

extension SyscallTable {
    /// Writes of fewer bytes than this may be meant for a control file, so the sentry hears of them.
    package static let interceptedWriteLimit: UInt64 = 16384

    /// Calls that act on an open file, or make or close fds.
    static let descriptorEntries: [SyscallEntry] = [
        .native(.read, [.fd, .output, .size]),
        .native(.readv, [.fd, .vectors(count: 2), .int]),
        .native(.pread64, [.fd, .output, .size, .long]),
        .native(.preadv, [.fd, .vectors(count: 2), .int, .long, .long]),
        .native(.preadv2, [.fd, .vectors(count: 2), .int, .long, .long, .hex]),
        .native(.lseek, [.fd, .long, .choice(.seek)], unless: rewind),
        .native(.write, [.fd, .input(length: 2), .size], unless: ArgumentTest(.init(2, .less, interceptedWriteLimit))),
        .native(
            .pwrite64, [.fd, .input(length: 2), .size, .long],
            unless: ArgumentTest(.init(2, .less, interceptedWriteLimit))),
        .checked(.writev, [.fd, .vectors(count: 2), .int]),
        .checked(.pwritev, [.fd, .vectors(count: 2), .int, .long, .long]),
        .checked(.pwritev2, [.fd, .vectors(count: 2), .int, .long, .long, .hex]),
        .checked(.sendfile, [.fd, .fd, .pointer, .size]),
        .checked(.splice, [.fd, .pointer, .fd, .pointer, .size, .flags(.splice)]),
        .native(.tee, [.fd, .fd, .size, .flags(.splice)]),
        .native(.vmsplice, [.fd, .vectors(count: 2), .size, .flags(.splice)]),
        .checked(.copy_file_range, [.fd, .pointer, .fd, .pointer, .size, .hex]),
        .native(.poll, [.structure(.pollfd), .unsigned, .int]),
        .native(.ppoll, [.structure(.pollfd), .unsigned, .timespec, .structure(.sigset), .size]),
        .native(
            .select, [.int, .structure(.fdset), .structure(.fdset), .structure(.fdset), .structure(.timeval)]),
        .native(
            .pselect6,
            [.int, .structure(.fdset), .structure(.fdset), .structure(.fdset), .timespec, .structure(.sigset)]),
        .emulated(.epoll_create, [.int], .fd),
        .emulated(.epoll_create1, [.flags(.epollCreate)], .fd),
        .checked(.epoll_ctl, [.fd, .choice(.epollControl), .fd, .structure(.epoll_event)]),
        .native(.epoll_wait, [.fd, .structure(.epoll_event), .int, .int]),
        .native(.epoll_pwait, [.fd, .structure(.epoll_event), .int, .int, .structure(.sigset), .size]),
        .native(.epoll_pwait2, [.fd, .structure(.epoll_event), .int, .timespec, .structure(.sigset), .size]),
        .checked(.close, [.fd]),
        // CLOSE_RANGE_UNSHARE: the host's table has to be copied.
        .tracedWhen(
            ArgumentTest(ArgumentCondition(2, mask: 2, .notEqual, 0)), .close_range,
            [.unsigned, .unsigned, .flags(.closeRange)]),
        .checked(.dup, [.fd], .fd),
        .checked(.dup2, [.fd, .fd], .fd),
        .checked(.dup3, [.fd, .fd, .flags(.open)], .fd),
        .checked(.fcntl, [.fd, .choice(.fcntl), .hex]),
        .checked(.ioctl, [.fd, .choice(.ioctl), .hex]),
        .emulated(.flock, [.fd, .flags(.lock)]),
        .emulated(.pipe, [.fdPair]),
        .emulated(.pipe2, [.fdPair, .flags(.pipe)]),
        .emulated(.eventfd, [.unsigned], .fd),
        .emulated(.eventfd2, [.unsigned, .flags(.eventfd)], .fd),
        .emulated(.timerfd_create, [.choice(.clock), .flags(.timerfd)], .fd),
        .native(.timerfd_settime, [.fd, .hex, .structure(.itimerspec), .structure(.itimerspec)]),
        .native(.timerfd_gettime, [.fd, .structure(.itimerspec)]),
        .emulated(.signalfd, [.fd, .structure(.sigset), .size], .fd),
        .emulated(.signalfd4, [.fd, .structure(.sigset), .size, .flags(.signalfd)], .fd),
        .emulated(.inotify_init, [], .fd),
        .emulated(.inotify_init1, [.flags(.inotify)], .fd),
        .emulated(.inotify_rm_watch, [.fd, .int]),
        .emulated(.memfd_create, [.string, .flags(.memfd)], .fd),
        .emulated(.pidfd_open, [.pid, .flags(.pidfd)], .fd),
        .emulated(.pidfd_getfd, [.fd, .fd, .hex], .fd),
        .emulated(.fstat, [.fd, .structure(.stat)]),
        .emulated(.fstatfs, [.fd, .structure(.statfs)]),
        .emulated(.getdents, [.fd, .structure(.dirent), .unsigned]),
        .emulated(.getdents64, [.fd, .structure(.dirent), .unsigned]),
        .emulated(.fchdir, [.fd]),
        .emulated(.fchmod, [.fd, .mode]),
        .emulated(.fchown, [.fd, .uid, .gid]),
        .emulated(.fsetxattr, [.fd, .string, .input(length: 3), .size, .flags(.xattr)]),
        .emulated(.fgetxattr, [.fd, .string, .output, .size]),
        .emulated(.flistxattr, [.fd, .output, .size]),
        .emulated(.fremovexattr, [.fd, .string]),
        .checked(.ftruncate, [.fd, .long]),
        .checked(.fallocate, [.fd, .hex, .long, .long]),
        .checked(.fsync, [.fd]),
        .checked(.fdatasync, [.fd]),
        .checked(.sync_file_range, [.fd, .long, .long, .hex]),
        .checked(.fadvise64, [.fd, .long, .size, .int]),
        .checked(.readahead, [.fd, .long, .size]),
        .emulated(.sync, [], note: "Does nothing: a sandbox's data need not outlive it."),
        .emulated(.syncfs, [.fd], note: "Does nothing, like sync: the host's file systems are others' too."),
    ]

    /// Offsets in directories are at least this large.
    package static let directoryOffsetBase: UInt64 = 1 << 62

    /// A seek to the start, which refreshes a /proc file and rewinds a directory, to a place in a directory, or to the end,
    /// which only the model knows of a directory.
    private static let rewind = ArgumentTest(anyOf: [
        [.init(2, mask: 0xffff_ffff, .equal, 0), .init(1, .equal, 0)],
        [.init(2, mask: 0xffff_ffff, .equal, 0), .init(1, .greaterOrEqual, directoryOffsetBase)],
        [.init(2, mask: 0xffff_ffff, .equal, 2)],
    ])
}
