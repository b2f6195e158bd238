import CHostLinux
import Glibc
import Kernel
import LinuxABI

/// The sentry's own standard streams, which the first task inherits.
final class StandardStreams: StreamProvider {
    func attributes(ofStream number: Int32) -> HostAttributes? {
        var status = stat()
        return fstat(number, &status) == 0 ? HostAttributes(status) : nil
    }

    func flags(ofStream number: Int32) -> OpenFlags {
        OpenFlags(rawValue: UInt32(bitPattern: max(0, fcntl(number, F_GETFL))))
    }

    func isTerminal(_ number: Int32) -> Bool { isatty(number) == 1 }

    func reopen(_ number: Int32, flags: OpenFlags) throws(LinuxABI.Errno) -> HostFile {
        let kept = Int32(bitPattern: flags.rawValue) & (O_ACCMODE | O_APPEND | O_NONBLOCK)
        let descriptor = Glibc.open("/proc/self/fd/\(number)", kept | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw LinuxABI.Errno(rawValue: errno) }
        return HostFile(owning: descriptor)
    }
}
