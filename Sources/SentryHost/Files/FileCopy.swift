import CHostLinux
import Glibc
import Kernel
import LinuxABI

/// A copy of a host file's bytes: shared with it where the file system can do that, else without what is not there.
struct FileCopy {
    private let source: Int32
    private let target: Int32

    /// How much is copied before looking whether to go on, in bytes.
    private static let piece = 8 << 20

    init(from source: Int32, to target: Int32) {
        self.source = source
        self.target = target
    }

    /// Throws the host's errno, or EINTR when `stop` was set.
    func run(until stop: StopSign?) throws(LinuxABI.Errno) {
        if ioctl(target, UInt(chost_ficlone), source) == 0 { return }
        guard let status = fileStatus(source) else { throw LinuxABI.Errno(rawValue: errno) }
        var offset: off_t = 0
        while offset < status.st_size {
            // ENXIO: only a hole is left. Where holes are not told, all is data (lseek(2)).
            let data = lseek(source, offset, 3)  // SEEK_DATA
            if data < 0, errno == ENXIO { break }
            let start = max(offset, data)
            let hole = lseek(source, start, 4)  // SEEK_HOLE
            let end = hole < 0 ? status.st_size : hole
            try copy(start..<max(start, min(end, status.st_size)), stop)
            offset = max(end, start + 1)
        }
        // A file that grows meanwhile is taken as it was.
        guard ftruncate(target, status.st_size) == 0 else { throw LinuxABI.Errno(rawValue: errno) }
    }

    private func copy(_ range: Range<off_t>, _ stop: StopSign?) throws(LinuxABI.Errno) {
        var from = range.lowerBound
        guard lseek(target, from, SEEK_SET) == from else { throw LinuxABI.Errno(rawValue: errno) }
        while from < range.upperBound {
            if stop?.isSet == true { throw .EINTR }
            let copied = unsafe sendfile(target, source, &from, min(Self.piece, Int(range.upperBound - from)))
            if copied < 0 { throw LinuxABI.Errno(rawValue: errno) }
            // Cut short by its owner.
            if copied == 0 { return }
        }
    }
}
