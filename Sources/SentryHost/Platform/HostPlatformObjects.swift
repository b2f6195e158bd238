import CHostLinux
import Glibc
import Kernel
import LinuxABI

// Files without a name.
extension HostPlatform {
    func makeHostObject(_ object: HostObject) throws(LinuxABI.Errno) -> [HostFile] {
        let made = try make(object)
        // Some are kept without a number in any table: queues and segments.
        if made.contains(where: { $0.descriptor >= files.descriptors.forObjects }) { throw .ENFILE }
        return made
    }

    private func make(_ object: HostObject) throws(LinuxABI.Errno) -> [HostFile] {
        var pair: [Int32] = [-1, -1]
        switch object {
        case .pipe(let flags):
            try check(unsafe chost_pipe(&pair, flags | O_CLOEXEC))
            return pair.map { HostFile(owning: $0) }
        case .socketPair(let type):
            try check(unsafe chost_socket_pair(type | Int32(SOCK_CLOEXEC.rawValue), &pair))
            return pair.map { HostFile(owning: $0) }
        case .socket(let type):
            return [HostFile(owning: try check(socket(AF_UNIX, type | Int32(SOCK_CLOEXEC.rawValue), 0)))]
        case .eventfd(let initial, let flags):
            return [HostFile(owning: try check(chost_eventfd(initial, flags | O_CLOEXEC)))]
        case .epoll: return [HostFile(owning: try check(chost_epoll()))]
        case .timerfd(let clock, let flags):
            return [HostFile(owning: try check(chost_timerfd(clock, flags | O_CLOEXEC)))]
        case .memfd(let name, let flags):
            let made = unsafe chost_memory_file_with_flags(String(decoding: name, as: UTF8.self), flags | 1)
            let file = HostFile(owning: try check(made))
            memoryFiles.add(file)
            return [file]
        case .signalfd(let mask, let flags):
            return [HostFile(owning: try check(chost_signalfd(-1, mask, flags | O_CLOEXEC)))]
        case .segment(let key, let size):
            let digits = String(UInt32(bitPattern: key), radix: 16)
            let name = Self.segmentPrefix + String(repeating: "0", count: 8 - digits.utf8.count) + digits
            let file = HostFile(owning: try check(unsafe chost_memory_file_with_flags(name, 1)))
            try check(ftruncate(file.descriptor, off_t(clamping: size)) < 0 ? -errno : 0)
            memoryFiles.add(file)
            return [file]
        case .inotify(let flags): return [HostFile(owning: try check(inotify_init1(flags | O_CLOEXEC)))]
        case .device(let device):
            return [HostFile(owning: try check(openHost("/dev/\(device.rawValue)", O_RDWR | O_CLOEXEC | O_NOCTTY)))]
        }
    }

    func resizePipe(_ end: HostFile, to size: UInt32) throws(LinuxABI.Errno) -> Int64 {
        let result = fcntl(end.descriptor, Self.setPipeSize, Int32(bitPattern: size))
        guard result >= 0 else { throw LinuxABI.Errno(rawValue: errno) }
        return Int64(result)
    }

    private static let setPipeSize: Int32 = 1031

    func allocatedBytes(of file: HostFile) -> UInt64 {
        fileStatus(file.descriptor).map { UInt64(clamping: $0.st_blocks) &* 512 } ?? 0
    }

    /// A counter above 0 can be read, and one that has room for 1 more can be written (eventfd(2)). Who polls between
    /// full and partial may for a moment see an empty queue.
    func show(_ level: QueueLevel, on file: HostFile) {
        var held: UInt64 = 0
        _ = unsafe read(file.descriptor, &held, 8)
        var count: UInt64 =
            switch level {
            case .empty: 0
            case .partial: 1
            case .full: .max - 1
            }
        if count > 0 { _ = unsafe write(file.descriptor, &count, 8) }
    }

    /// A negative result is −errno, or −1 with the host's errno.
    @discardableResult
    func check(_ result: Int32) throws(LinuxABI.Errno) -> Int32 {
        guard result >= 0 else {
            let failure = LinuxABI.Errno(rawValue: result == -1 ? errno : -result)
            // The sentry's own numbers are all that the sandbox has of files.
            throw failure == .EMFILE ? .ENFILE : failure
        }
        return result
    }
}
