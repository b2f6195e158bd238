import Glibc
import Kernel
import LinuxABI
import Synchronization

/// What the private files of single file systems have and may have, such as a tmpfs with a size. The files of one are numbered
/// from its own number, shifted, on.
struct FileSpaces {
    /// In bytes.
    private(set) var used: [UInt64: UInt64] = [:]
    var limits: [UInt64: UInt64] = [:]

    private static func space(_ id: UInt64) -> UInt64 { id >> 40 }

    /// A file of `size` bytes in whole pages.
    static func pages(_ size: UInt64) -> UInt64 { (size &+ 4095) & ~4095 }

    mutating func change(_ id: UInt64, _ old: UInt64, _ new: UInt64) {
        if old == new { return }
        let space = Self.space(id), now = used[space] ?? 0
        let total = now - min(now, old) &+ new
        used[space] = total == 0 ? nil : total
    }

    /// What is left for the file `id`; nil where its file system has no limit of its own.
    func free(of id: UInt64) -> UInt64? {
        let space = Self.space(id)
        return limits[space].map { $0 - min($0, used[space] ?? 0) }
    }
}

/// Somebody has a private file open for writing, as long as this lives.
final class PrivateWriter {
    private let id: UInt64
    private let disk: DiskSpace

    init(_ id: UInt64, _ disk: DiskSpace) {
        self.id = id
        self.disk = disk
        disk.opened(id)
    }
    deinit { disk.closed(id) }
}

extension HostFiles {
    func truncatePrivate(_ id: UInt64, to size: Int64) throws(LinuxABI.Errno) {
        let descriptor = try privateDirectory.open(id, O_RDWR)
        defer { close(descriptor) }
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw LinuxABI.Errno(rawValue: errno) }
        disk.made(id)
    }

    func setSize(of file: HostFile, to size: Int64) throws(LinuxABI.Errno) {
        guard ftruncate(file.descriptor, off_t(size)) == 0 else { throw LinuxABI.Errno(rawValue: errno) }
    }

    var space: StorageSpace? {
        disk.removeUnmapped(isUrgent: true)
        return StorageSpace(total: disk.limit, free: disk.free)
    }

    func reservePrivate(_ id: UInt64, _ range: Range<UInt64>) throws(LinuxABI.Errno) { try disk.reserve(range, of: id) }

    func writing(_ id: UInt64) -> AnyObject? {
        PrivateWriter(id, disk)
    }

    func limitPrivate(space: UInt64, to limit: UInt64?) { disk.limit(space: space, to: limit) }
    func usedPrivate(space: UInt64) -> UInt64 { disk.used(space: space) }
}
