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
}

extension Errno: CustomStringConvertible {
    /// The kernel's name for the number, such as `EPERM`.
    package var description: String {
        switch rawValue {
        case 1: "EPERM"
        case 2: "ENOENT"
        case 3: "ESRCH"
        case 4: "EINTR"
        case 5: "EIO"
        case 6: "ENXIO"
        case 7: "E2BIG"
        case 8: "ENOEXEC"
        case 9: "EBADF"
        case 10: "ECHILD"
        case 11: "EAGAIN"
        case 12: "ENOMEM"
        case 13: "EACCES"
        case 14: "EFAULT"
        case 15: "ENOTBLK"
        case 16: "EBUSY"
        case 17: "EEXIST"
        case 18: "EXDEV"
        case 19: "ENODEV"
        case 20: "ENOTDIR"
        case 21: "EISDIR"
        case 22: "EINVAL"
        case 23: "ENFILE"
        case 24: "EMFILE"
        case 25: "ENOTTY"
        case 26: "ETXTBSY"
        case 27: "EFBIG"
        case 28: "ENOSPC"
        case 29: "ESPIPE"
        case 30: "EROFS"
        case 31: "EMLINK"
        case 32: "EPIPE"
        case 33: "EDOM"
        case 34: "ERANGE"
        case 35: "EDEADLK"
        case 36: "ENAMETOOLONG"
        case 37: "ENOLCK"
        case 38: "ENOSYS"
        case 39: "ENOTEMPTY"
        case 40: "ELOOP"
        case 42: "ENOMSG"
        case 43: "EIDRM"
        case 44: "ECHRNG"
        case 45: "EL2NSYNC"
        case 46: "EL3HLT"
        case 47: "EL3RST"
        case 48: "ELNRNG"
        case 49: "EUNATCH"
        case 50: "ENOCSI"
        case 51: "EL2HLT"
        case 52: "EBADE"
        case 53: "EBADR"
        case 54: "EXFULL"
        case 55: "ENOANO"
        case 56: "EBADRQC"
        case 57: "EBADSLT"
        case 59: "EBFONT"
        case 60: "ENOSTR"
        case 61: "ENODATA"
        case 62: "ETIME"
        case 63: "ENOSR"
        case 64: "ENONET"
        case 65: "ENOPKG"
        case 66: "EREMOTE"
        case 67: "ENOLINK"
        case 68: "EADV"
        case 69: "ESRMNT"
        case 70: "ECOMM"
        case 71: "EPROTO"
        case 72: "EMULTIHOP"
        case 73: "EDOTDOT"
        case 74: "EBADMSG"
        case 75: "EOVERFLOW"
        case 76: "ENOTUNIQ"
        case 77: "EBADFD"
        case 78: "EREMCHG"
        case 79: "ELIBACC"
        case 80: "ELIBBAD"
        case 81: "ELIBSCN"
        case 82: "ELIBMAX"
        case 83: "ELIBEXEC"
        case 84: "EILSEQ"
        case 85: "ERESTART"
        case 86: "ESTRPIPE"
        case 87: "EUSERS"
        case 88: "ENOTSOCK"
        case 89: "EDESTADDRREQ"
        case 90: "EMSGSIZE"
        case 91: "EPROTOTYPE"
        case 92: "ENOPROTOOPT"
        case 93: "EPROTONOSUPPORT"
        case 94: "ESOCKTNOSUPPORT"
        case 95: "EOPNOTSUPP"
        case 96: "EPFNOSUPPORT"
        case 97: "EAFNOSUPPORT"
        case 98: "EADDRINUSE"
        case 99: "EADDRNOTAVAIL"
        case 100: "ENETDOWN"
        case 101: "ENETUNREACH"
        case 102: "ENETRESET"
        case 103: "ECONNABORTED"
        case 104: "ECONNRESET"
        case 105: "ENOBUFS"
        case 106: "EISCONN"
        case 107: "ENOTCONN"
        case 108: "ESHUTDOWN"
        case 109: "ETOOMANYREFS"
        case 110: "ETIMEDOUT"
        case 111: "ECONNREFUSED"
        case 112: "EHOSTDOWN"
        case 113: "EHOSTUNREACH"
        case 114: "EALREADY"
        case 115: "EINPROGRESS"
        case 116: "ESTALE"
        case 117: "EUCLEAN"
        case 118: "ENOTNAM"
        case 119: "ENAVAIL"
        case 120: "EISNAM"
        case 121: "EREMOTEIO"
        case 122: "EDQUOT"
        case 123: "ENOMEDIUM"
        case 124: "EMEDIUMTYPE"
        case 125: "ECANCELED"
        case 126: "ENOKEY"
        case 127: "EKEYEXPIRED"
        case 128: "EKEYREVOKED"
        case 129: "EKEYREJECTED"
        case 130: "EOWNERDEAD"
        case 131: "ENOTRECOVERABLE"
        case 132: "ERFKILL"
        case 512: "ERESTARTSYS"
        case 513: "ERESTARTNOINTR"
        case 514: "ERESTARTNOHAND"
        default: "E\(rawValue)"
        }
    }

    /// The C library's text for the number, as strace prints it.
    package var message: String {
        switch rawValue {
        case 1: "Operation not permitted"
        case 2: "No such file or directory"
        case 3: "No such process"
        case 4: "Interrupted system call"
        case 5: "Input/output error"
        case 6: "No such device or address"
        case 7: "Argument list too long"
        case 8: "Exec format error"
        case 9: "Bad file descriptor"
        case 10: "No child processes"
        case 11: "Resource temporarily unavailable"
        case 12: "Cannot allocate memory"
        case 13: "Permission denied"
        case 14: "Bad address"
        case 15: "Block device required"
        case 16: "Device or resource busy"
        case 17: "File exists"
        case 18: "Invalid cross-device link"
        case 19: "No such device"
        case 20: "Not a directory"
        case 21: "Is a directory"
        case 22: "Invalid argument"
        case 23: "Too many open files in system"
        case 24: "Too many open files"
        case 25: "Inappropriate ioctl for device"
        case 26: "Text file busy"
        case 27: "File too large"
        case 28: "No space left on device"
        case 29: "Illegal seek"
        case 30: "Read-only file system"
        case 31: "Too many links"
        case 32: "Broken pipe"
        case 33: "Numerical argument out of domain"
        case 34: "Numerical result out of range"
        case 35: "Resource deadlock avoided"
        case 36: "File name too long"
        case 37: "No locks available"
        case 38: "Function not implemented"
        case 39: "Directory not empty"
        case 40: "Too many levels of symbolic links"
        case 42: "No message of desired type"
        case 43: "Identifier removed"
        case 44: "Channel number out of range"
        case 45: "Level 2 not synchronized"
        case 46: "Level 3 halted"
        case 47: "Level 3 reset"
        case 48: "Link number out of range"
        case 49: "Protocol driver not attached"
        case 50: "No CSI structure available"
        case 51: "Level 2 halted"
        case 52: "Invalid exchange"
        case 53: "Invalid request descriptor"
        case 54: "Exchange full"
        case 55: "No anode"
        case 56: "Invalid request code"
        case 57: "Invalid slot"
        case 59: "Bad font file format"
        case 60: "Device not a stream"
        case 61: "No data available"
        case 62: "Timer expired"
        case 63: "Out of streams resources"
        case 64: "Machine is not on the network"
        case 65: "Package not installed"
        case 66: "Object is remote"
        case 67: "Link has been severed"
        case 68: "Advertise error"
        case 69: "Srmount error"
        case 70: "Communication error on send"
        case 71: "Protocol error"
        case 72: "Multihop attempted"
        case 73: "RFS specific error"
        case 74: "Bad message"
        case 75: "Value too large for defined data type"
        case 76: "Name not unique on network"
        case 77: "File descriptor in bad state"
        case 78: "Remote address changed"
        case 79: "Can not access a needed shared library"
        case 80: "Accessing a corrupted shared library"
        case 81: ".lib section in a.out corrupted"
        case 82: "Attempting to link in too many shared libraries"
        case 83: "Cannot exec a shared library directly"
        case 84: "Invalid or incomplete multibyte or wide character"
        case 85: "Interrupted system call should be restarted"
        case 86: "Streams pipe error"
        case 87: "Too many users"
        case 88: "Socket operation on non-socket"
        case 89: "Destination address required"
        case 90: "Message too long"
        case 91: "Protocol wrong type for socket"
        case 92: "Protocol not available"
        case 93: "Protocol not supported"
        case 94: "Socket type not supported"
        case 95: "Operation not supported"
        case 96: "Protocol family not supported"
        case 97: "Address family not supported by protocol"
        case 98: "Address already in use"
        case 99: "Cannot assign requested address"
        case 100: "Network is down"
        case 101: "Network is unreachable"
        case 102: "Network dropped connection on reset"
        case 103: "Software caused connection abort"
        case 104: "Connection reset by peer"
        case 105: "No buffer space available"
        case 106: "Transport endpoint is already connected"
        case 107: "Transport endpoint is not connected"
        case 108: "Cannot send after transport endpoint shutdown"
        case 109: "Too many references: cannot splice"
        case 110: "Connection timed out"
        case 111: "Connection refused"
        case 112: "Host is down"
        case 113: "No route to host"
        case 114: "Operation already in progress"
        case 115: "Operation now in progress"
        case 116: "Stale file handle"
        case 117: "Structure needs cleaning"
        case 118: "Not a XENIX named type file"
        case 119: "No XENIX semaphores available"
        case 120: "Is a named type file"
        case 121: "Remote I/O error"
        case 122: "Disk quota exceeded"
        case 123: "No medium found"
        case 124: "Wrong medium type"
        case 125: "Operation canceled"
        case 126: "Required key not available"
        case 127: "Key has expired"
        case 128: "Key has been revoked"
        case 129: "Key was rejected by service"
        case 130: "Owner died"
        case 131: "State not recoverable"
        case 132: "Operation not possible due to RF-kill"
        default: "Unknown error \(rawValue)"
        }
    }
}
