/// What an argument register means, for the trace printer.
package enum ArgumentShape: Hashable, Sendable {
    case fd
    /// An fd relative to which a path is taken; AT_FDCWD is −100.
    case dirfd
    /// A NUL-terminated path or other string.
    case path
    case string
    /// argv or envp: a NULL-terminated array of strings.
    case strings
    case int
    case unsigned
    case long
    case size
    case hex
    /// Permission bits, in octal.
    case mode
    case signal
    case pid
    case uid
    case gid
    case pointer
    /// Bytes handed in; the register at `length` says how many.
    case input(length: Int)
    /// Bytes the call fills in; as many as it returns.
    case output
    /// iovec array handed in or to be filled; `count` is the register that counts it.
    case vectors(count: Int)
    /// A pointer to a structure of this name, printed as an address.
    case structure(StaticName)
    /// A pointer to a timespec handed in.
    case timespec
    /// int[2] filled in by the call.
    case fdPair
    /// gid_t[]; `count` is the register that counts it.
    case groups(count: Int)
    /// Bits joined by `|`.
    case flags(FlagKind)
    /// One name of several.
    case choice(FlagKind)
}

/// A structure's name in C.
package enum StaticName: String, Hashable, Sendable {
    case stat, statx, statfs, timeval, itimerval, itimerspec, rusage, sysinfo, utsname, tms, rlimit, sigset, sigaction
    case siginfo, stack, sockaddr, msghdr, mmsghdr, epoll_event, pollfd, fdset, cap_header, cap_data, clone_args,
        open_how
    case mount_attr, sched_param, sched_attr, sigevent, flock, mnt_id_req, dirent, sock_fprog, futex_waitv, timezone,
        timex
    case xattr_args, file_attr, robust_list_head, rseq, utimbuf, file_handle, cpuset, user_desc, process_image
}

/// Which names an argument's bits or values have; the names are in `FlagNames`.
package enum FlagKind: Hashable, Sendable {
    case open, at, access, protection, mapping, clone, setns, unshare, mount, umount, fcntl, seek, wait, waitID, futex
    case socketFamily, socketType, message, shutdown, prctl, archPrctl, pipe, eventfd, epollCreate, epollControl,
        timerfd
    case signalfd, memfd, closeRange, rename, statxMask, resource, sigmask, clock, ioctl, openTree, moveMount, fsopen
    case fsmount, fsconfig, fspick, getrandom, madvise, seccomp, priority, itimer, pidfd, xattr, lock, inotify, accept
    case mremap, msync, mlockall, rusage, splice, membarrier, schedPolicy, socketLevel, keyctl
}

/// How a call's result is printed.
package enum ReturnShape: Hashable, Sendable {
    /// A signed number.
    case value
    case fd
    case pid
    case address
    case hex
    case octal
    /// The call does not return.
    case never
}
