import CHostLinux
import Glibc
import Kernel

/// The memory files of the sandbox: memfd_create(2)'s, segments, and texts of /proc. Their pages are nobody's but count.
final class MemoryFiles {
    private struct Entry {
        weak var file: HostFile?
    }
    private var entries: [Entry] = []
    /// At how many entries those of closed files are looked for.
    private var crowded = 64

    func add(_ file: HostFile) {
        if entries.count >= crowded {
            entries.removeAll { $0.file == nil }
            crowded = max(64, 2 * entries.count)
        }
        entries.append(Entry(file: file))
    }

    func removeClosed() { entries.removeAll { $0.file == nil } }

    /// Bytes that are there, by inode.
    func bytes() -> [UInt64: UInt64] {
        var bytes: [UInt64: UInt64] = [:]
        var hasDead = false
        for entry in entries {
            guard let file = entry.file, let status = fileStatus(file.descriptor) else {
                hasDead = true
                continue
            }
            bytes[UInt64(status.st_ino)] = UInt64(clamping: status.st_blocks) &* 512
        }
        if hasDead { removeClosed() }
        return bytes
    }
}
