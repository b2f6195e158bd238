import CHostLinux
import Glibc
import Kernel
import LinuxABI

/// The sentry's own standard streams, which the first task inherits.
final class StandardStreams: StreamProvider {
    /// Takes the numbers of streams that are closed, or files of the sentry's own would come to lie there and be taken for
    /// the program's streams. What it puts there closes at exec, so the program finds them closed.
    static func reserveClosed() {
        for number in Int32(0)...2 where fcntl(number, F_GETFD) < 0 {
            // It gets the lowest free number.
            _ = openHost("/", O_PATH | O_CLOEXEC)
        }
    }

    func attributes(ofStream number: Int32) -> HostAttributes? {
        // What the sentry was started with did not close at its exec.
        guard fcntl(number, F_GETFD) & FD_CLOEXEC == 0 else { return nil }
        return fileStatus(number).map { HostAttributes($0) }
    }

    func flags(ofStream number: Int32) -> OpenFlags {
        OpenFlags(rawValue: UInt32(bitPattern: max(0, fcntl(number, F_GETFL))))
    }

    func isTerminal(_ number: Int32) -> Bool { isatty(number) == 1 }

    func reopen(_ number: Int32, flags: OpenFlags) throws(LinuxABI.Errno) -> HostFile {
        let kept = Int32(bitPattern: flags.rawValue) & (O_ACCMODE | O_APPEND | O_NONBLOCK)
        // A FIFO whose other end nobody has open, or a line without a carrier, would be waited for, under the lock.
        let descriptor = openHost("/proc/self/fd/\(number)", kept | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw LinuxABI.Errno(rawValue: errno) }
        if kept & O_NONBLOCK == 0 { _ = fcntl(descriptor, F_SETFL, kept & O_APPEND) }
        return HostFile(owning: descriptor)
    }
}
