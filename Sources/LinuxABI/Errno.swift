/// An error number as a Linux x86-64 guest sees it (errno(3)); `rawValue` is positive.
///
/// SystemPackage's `Errno` is the host's; this is the guest's, and the two only meet in `SentryHost`.
package struct Errno: Error, Hashable, Sendable {
    package let rawValue: Int32

    @inlinable package init(rawValue: Int32) { self.rawValue = rawValue }
}

// The names are the kernel's, so that a rule and its man page read alike.
extension Errno {
    /// Operation not permitted.
    package static let EPERM = Errno(rawValue: 1)
    /// No such file or directory.
    package static let ENOENT = Errno(rawValue: 2)
    /// No such process.
    package static let ESRCH = Errno(rawValue: 3)
    /// Interrupted system call.
    package static let EINTR = Errno(rawValue: 4)
    /// Input/output error.
    package static let EIO = Errno(rawValue: 5)
    /// No such device or address.
    package static let ENXIO = Errno(rawValue: 6)
    /// Argument list too long.
    package static let E2BIG = Errno(rawValue: 7)
    /// Exec format error.
    package static let ENOEXEC = Errno(rawValue: 8)
    /// Bad file descriptor.
    package static let EBADF = Errno(rawValue: 9)
    /// No child processes.
    package static let ECHILD = Errno(rawValue: 10)
    /// Resource temporarily unavailable.
    package static let EAGAIN = Errno(rawValue: 11)
    /// Cannot allocate memory.
    package static let ENOMEM = Errno(rawValue: 12)
    /// Permission denied.
    package static let EACCES = Errno(rawValue: 13)
    /// Bad address.
    package static let EFAULT = Errno(rawValue: 14)
    /// Block device required.
    package static let ENOTBLK = Errno(rawValue: 15)
    /// Device or resource busy.
    package static let EBUSY = Errno(rawValue: 16)
    /// File exists.
    package static let EEXIST = Errno(rawValue: 17)
    /// Invalid cross-device link.
    package static let EXDEV = Errno(rawValue: 18)
    /// No such device.
    package static let ENODEV = Errno(rawValue: 19)
    /// Not a directory.
    package static let ENOTDIR = Errno(rawValue: 20)
    /// Is a directory.
    package static let EISDIR = Errno(rawValue: 21)
    /// Invalid argument.
    package static let EINVAL = Errno(rawValue: 22)
    /// Too many open files in system.
    package static let ENFILE = Errno(rawValue: 23)
    /// Too many open files.
    package static let EMFILE = Errno(rawValue: 24)
    /// Inappropriate ioctl for device.
    package static let ENOTTY = Errno(rawValue: 25)
    /// Text file busy.
    package static let ETXTBSY = Errno(rawValue: 26)
    /// File too large.
    package static let EFBIG = Errno(rawValue: 27)
    /// No space left on device.
    package static let ENOSPC = Errno(rawValue: 28)
    /// Illegal seek.
    package static let ESPIPE = Errno(rawValue: 29)
    /// Read-only file system.
    package static let EROFS = Errno(rawValue: 30)
    /// Too many links.
    package static let EMLINK = Errno(rawValue: 31)
    /// Broken pipe.
    package static let EPIPE = Errno(rawValue: 32)
    /// Numerical argument out of domain.
    package static let EDOM = Errno(rawValue: 33)
    /// Numerical result out of range.
    package static let ERANGE = Errno(rawValue: 34)
    /// Resource deadlock avoided.
    package static let EDEADLK = Errno(rawValue: 35)
    /// File name too long.
    package static let ENAMETOOLONG = Errno(rawValue: 36)
    /// No locks available.
    package static let ENOLCK = Errno(rawValue: 37)
    /// Function not implemented.
    package static let ENOSYS = Errno(rawValue: 38)
    /// Directory not empty.
    package static let ENOTEMPTY = Errno(rawValue: 39)
    /// Too many levels of symbolic links.
    package static let ELOOP = Errno(rawValue: 40)
    /// No message of desired type.
    package static let ENOMSG = Errno(rawValue: 42)
    /// Identifier removed.
    package static let EIDRM = Errno(rawValue: 43)
    /// Channel number out of range.
    package static let ECHRNG = Errno(rawValue: 44)
    /// Level 2 not synchronized.
    package static let EL2NSYNC = Errno(rawValue: 45)
    /// Level 3 halted.
    package static let EL3HLT = Errno(rawValue: 46)
    /// Level 3 reset.
    package static let EL3RST = Errno(rawValue: 47)
    /// Link number out of range.
    package static let ELNRNG = Errno(rawValue: 48)
    /// Protocol driver not attached.
    package static let EUNATCH = Errno(rawValue: 49)
    /// No CSI structure available.
    package static let ENOCSI = Errno(rawValue: 50)
    /// Level 2 halted.
    package static let EL2HLT = Errno(rawValue: 51)
    /// Invalid exchange.
    package static let EBADE = Errno(rawValue: 52)
    /// Invalid request descriptor.
    package static let EBADR = Errno(rawValue: 53)
    /// Exchange full.
    package static let EXFULL = Errno(rawValue: 54)
    /// No anode.
    package static let ENOANO = Errno(rawValue: 55)
    /// Invalid request code.
    package static let EBADRQC = Errno(rawValue: 56)
    /// Invalid slot.
    package static let EBADSLT = Errno(rawValue: 57)
    /// Bad font file format.
    package static let EBFONT = Errno(rawValue: 59)
    /// Device not a stream.
    package static let ENOSTR = Errno(rawValue: 60)
    /// No data available.
    package static let ENODATA = Errno(rawValue: 61)
    /// Timer expired.
    package static let ETIME = Errno(rawValue: 62)
    /// Out of streams resources.
    package static let ENOSR = Errno(rawValue: 63)
    /// Machine is not on the network.
    package static let ENONET = Errno(rawValue: 64)
    /// Package not installed.
    package static let ENOPKG = Errno(rawValue: 65)
    /// Object is remote.
    package static let EREMOTE = Errno(rawValue: 66)
    /// Link has been severed.
    package static let ENOLINK = Errno(rawValue: 67)
    /// Advertise error.
    package static let EADV = Errno(rawValue: 68)
    /// Srmount error.
    package static let ESRMNT = Errno(rawValue: 69)
    /// Communication error on send.
    package static let ECOMM = Errno(rawValue: 70)
    /// Protocol error.
    package static let EPROTO = Errno(rawValue: 71)
    /// Multihop attempted.
    package static let EMULTIHOP = Errno(rawValue: 72)
    /// RFS specific error.
    package static let EDOTDOT = Errno(rawValue: 73)
    /// Bad message.
    package static let EBADMSG = Errno(rawValue: 74)
    /// Value too large for defined data type.
    package static let EOVERFLOW = Errno(rawValue: 75)
    /// Name not unique on network.
    package static let ENOTUNIQ = Errno(rawValue: 76)
    /// File descriptor in bad state.
    package static let EBADFD = Errno(rawValue: 77)
    /// Remote address changed.
    package static let EREMCHG = Errno(rawValue: 78)
    /// Can not access a needed shared library.
    package static let ELIBACC = Errno(rawValue: 79)
    /// Accessing a corrupted shared library.
    package static let ELIBBAD = Errno(rawValue: 80)
    /// .lib section in a.out corrupted.
    package static let ELIBSCN = Errno(rawValue: 81)
    /// Attempting to link in too many shared libraries.
    package static let ELIBMAX = Errno(rawValue: 82)
    /// Cannot exec a shared library directly.
    package static let ELIBEXEC = Errno(rawValue: 83)
    /// Invalid or incomplete multibyte or wide character.
    package static let EILSEQ = Errno(rawValue: 84)
    /// Interrupted system call should be restarted.
    package static let ERESTART = Errno(rawValue: 85)
    /// Streams pipe error.
    package static let ESTRPIPE = Errno(rawValue: 86)
    /// Too many users.
    package static let EUSERS = Errno(rawValue: 87)
    /// Socket operation on non-socket.
    package static let ENOTSOCK = Errno(rawValue: 88)
    /// Destination address required.
    package static let EDESTADDRREQ = Errno(rawValue: 89)
    /// Message too long.
    package static let EMSGSIZE = Errno(rawValue: 90)
    /// Protocol wrong type for socket.
    package static let EPROTOTYPE = Errno(rawValue: 91)
    /// Protocol not available.
    package static let ENOPROTOOPT = Errno(rawValue: 92)
    /// Protocol not supported.
    package static let EPROTONOSUPPORT = Errno(rawValue: 93)
    /// Socket type not supported.
    package static let ESOCKTNOSUPPORT = Errno(rawValue: 94)
    /// Operation not supported.
    package static let EOPNOTSUPP = Errno(rawValue: 95)
    /// Protocol family not supported.
    package static let EPFNOSUPPORT = Errno(rawValue: 96)
    /// Address family not supported by protocol.
    package static let EAFNOSUPPORT = Errno(rawValue: 97)
    /// Address already in use.
    package static let EADDRINUSE = Errno(rawValue: 98)
    /// Cannot assign requested address.
    package static let EADDRNOTAVAIL = Errno(rawValue: 99)
    /// Network is down.
    package static let ENETDOWN = Errno(rawValue: 100)
    /// Network is unreachable.
    package static let ENETUNREACH = Errno(rawValue: 101)
    /// Network dropped connection on reset.
    package static let ENETRESET = Errno(rawValue: 102)
    /// Software caused connection abort.
    package static let ECONNABORTED = Errno(rawValue: 103)
    /// Connection reset by peer.
    package static let ECONNRESET = Errno(rawValue: 104)
    /// No buffer space available.
    package static let ENOBUFS = Errno(rawValue: 105)
    /// Transport endpoint is already connected.
    package static let EISCONN = Errno(rawValue: 106)
    /// Transport endpoint is not connected.
    package static let ENOTCONN = Errno(rawValue: 107)
    /// Cannot send after transport endpoint shutdown.
    package static let ESHUTDOWN = Errno(rawValue: 108)
    /// Too many references: cannot splice.
    package static let ETOOMANYREFS = Errno(rawValue: 109)
    /// Connection timed out.
    package static let ETIMEDOUT = Errno(rawValue: 110)
    /// Connection refused.
    package static let ECONNREFUSED = Errno(rawValue: 111)
    /// Host is down.
    package static let EHOSTDOWN = Errno(rawValue: 112)
    /// No route to host.
    package static let EHOSTUNREACH = Errno(rawValue: 113)
    /// Operation already in progress.
    package static let EALREADY = Errno(rawValue: 114)
    /// Operation now in progress.
    package static let EINPROGRESS = Errno(rawValue: 115)
    /// Stale file handle.
    package static let ESTALE = Errno(rawValue: 116)
    /// Structure needs cleaning.
    package static let EUCLEAN = Errno(rawValue: 117)
    /// Not a XENIX named type file.
    package static let ENOTNAM = Errno(rawValue: 118)
    /// No XENIX semaphores available.
    package static let ENAVAIL = Errno(rawValue: 119)
    /// Is a named type file.
    package static let EISNAM = Errno(rawValue: 120)
    /// Remote I/O error.
    package static let EREMOTEIO = Errno(rawValue: 121)
    /// Disk quota exceeded.
    package static let EDQUOT = Errno(rawValue: 122)
    /// No medium found.
    package static let ENOMEDIUM = Errno(rawValue: 123)
    /// Wrong medium type.
    package static let EMEDIUMTYPE = Errno(rawValue: 124)
    /// Operation canceled.
    package static let ECANCELED = Errno(rawValue: 125)
    /// Required key not available.
    package static let ENOKEY = Errno(rawValue: 126)
    /// Key has expired.
    package static let EKEYEXPIRED = Errno(rawValue: 127)
    /// Key has been revoked.
    package static let EKEYREVOKED = Errno(rawValue: 128)
    /// Key was rejected by service.
    package static let EKEYREJECTED = Errno(rawValue: 129)
    /// Owner died.
    package static let EOWNERDEAD = Errno(rawValue: 130)
    /// State not recoverable.
    package static let ENOTRECOVERABLE = Errno(rawValue: 131)
    /// Operation not possible due to RF-kill.
    package static let ERFKILL = Errno(rawValue: 132)
    /// Restart the call, or EINTR if a handler without SA_RESTART runs. Never reaches a program.
    package static let ERESTARTSYS = Errno(rawValue: 512)
    /// Always restart the call. Never reaches a program.
    package static let ERESTARTNOINTR = Errno(rawValue: 513)
    /// Restart unless any handler runs. Never reaches a program.
    package static let ERESTARTNOHAND = Errno(rawValue: 514)
    /// The call cannot go on before a worker has asked the host something; then it is run again. The sentry's own; never
    /// reaches a program.
    package static let waitsForHost = Errno(rawValue: 600)
}
