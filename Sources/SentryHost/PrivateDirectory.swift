import CHostLinux
import Glibc
import Kernel
import LinuxABI

/// The sandbox's directory of private data files, one per written inode, named by number.
///
/// It goes with the sandbox. After a crash the next start removes it: the directory is locked by its owner, so an
/// unlocked one is stale.
final class PrivateDirectory {
    let descriptor: Int32
    private let path: String

    /// Makes a fresh directory below `$TMPDIR` or /tmp; throws the host's errno.
    init() throws(LinuxABI.Errno) {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        Self.removeStale(below: base)
        var template = Array("\(base)/nsentry-\(getuid())-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer -> String? in
            guard let start = buffer.baseAddress, mkdtemp(start) != nil else { return nil }
            return String(cString: start)
        }
        guard let made else { throw LinuxABI.Errno(rawValue: errno) }
        path = made
        descriptor = Glibc.open(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw LinuxABI.Errno(rawValue: errno) }
        flock(descriptor, LOCK_EX | LOCK_NB)
    }

    /// Removes the directory and all that is in it. The sandbox calls this at its end.
    func removeAll() {
        Self.empty(descriptor)
        rmdir(path)
    }

    func open(_ id: UInt64, _ flags: Int32) throws(LinuxABI.Errno) -> Int32 {
        let result = openat(descriptor, "\(id)", flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard result >= 0 else { throw LinuxABI.Errno(rawValue: errno) }
        return result
    }

    func status(_ id: UInt64) throws(LinuxABI.Errno) -> stat {
        var status = stat()
        guard fstatat(descriptor, "\(id)", &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw LinuxABI.Errno(rawValue: errno)
        }
        return status
    }

    func setMode(_ id: UInt64, _ mode: mode_t) throws(LinuxABI.Errno) {
        guard fchmodat(descriptor, "\(id)", mode, 0) == 0 else { throw LinuxABI.Errno(rawValue: errno) }
    }

    func remove(_ id: UInt64) { unlinkat(descriptor, "\(id)", 0) }

    private static func empty(_ descriptor: Int32) {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let directory = fdopendir(copy) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { _ = unlinkat(descriptor, $0, 0) }
            }
        }
    }

    private static func removeStale(below base: String) {
        guard let directory = opendir(base) else { return }
        defer { closedir(directory) }
        let prefix = "nsentry-\(getuid())-"
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.hasPrefix(prefix) else { continue }
            let candidate = Glibc.open("\(base)/\(name)", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
            guard candidate >= 0 else { continue }
            var status = stat()
            // A directory without a lock belongs to a sandbox that crashed. One just made may not be locked yet.
            if flock(candidate, LOCK_EX | LOCK_NB) == 0, fstat(candidate, &status) == 0, status.st_uid == getuid(),
                time(nil) - status.st_mtim.tv_sec > 60
            {
                empty(candidate)
                rmdir("\(base)/\(name)")
            }
            close(candidate)
        }
    }
}
