import CHostLinux
import Glibc
import Kernel
import LinuxABI

/// A directory of the sandbox's own, for files named by number and for the names of sockets.
///
/// It goes with the sandbox. What a killed one left the next start removes: the directory is locked by its owner, so an
/// unlocked one is stale.
final class PrivateDirectory: Sendable {
    let descriptor: Int32
    /// The directory in which it is.
    let base: String
    private let path: String

    /// Makes a fresh directory below `base`; throws the host's errno.
    init(below base: String) throws(LinuxABI.Errno) {
        self.base = base
        while true {
            var template = Array("\(Self.prefix(below: base))XXXXXX".utf8CString)
            let made = template.withUnsafeMutableBufferPointer { buffer -> String? in
                guard let start = buffer.baseAddress, mkdtemp(start) != nil else { return nil }
                return String(cString: start)
            }
            guard let made else { throw LinuxABI.Errno(rawValue: errno) }
            let opened = Glibc.open(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if opened < 0, errno == ENOENT { continue }
            guard opened >= 0 else {
                let failure = errno
                rmdir(made)
                throw LinuxABI.Errno(rawValue: failure)
            }
            // Until it is locked it looks stale: another start may have it locked now, and removed when it lets go.
            flock(opened, LOCK_EX)
            var status = stat()
            if fstat(opened, &status) == 0, status.st_nlink > 0 {
                path = made
                descriptor = opened
                return
            }
            close(opened)
        }
    }

    /// Removes the directory and all that is in it.
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

    /// An empty directory that is in no other one.
    func makeUnnamedDirectory() throws(LinuxABI.Errno) -> Int32 {
        guard mkdirat(descriptor, "empty", 0o700) == 0 else { throw LinuxABI.Errno(rawValue: errno) }
        defer { unlinkat(descriptor, "empty", AT_REMOVEDIR) }
        let opened = openat(descriptor, "empty", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard opened >= 0 else { throw LinuxABI.Errno(rawValue: errno) }
        return opened
    }

    // MARK: What killed sandboxes left

    private static func prefix(below base: String) -> String { "\(base)/nsentry-\(getuid())-" }

    private static func forEachName(in directory: OpaquePointer, _ body: (String) -> Void) {
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            body(name)
        }
    }

    private static func empty(_ descriptor: Int32) {
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let directory = fdopendir(copy) else { return }
        defer { closedir(directory) }
        forEachName(in: directory) { name in
            if unlinkat(descriptor, name, 0) < 0, errno == EISDIR { unlinkat(descriptor, name, AT_REMOVEDIR) }
        }
    }

    static func removeStale(below base: String) {
        guard let directory = opendir(base) else { return }
        defer { closedir(directory) }
        let user = getuid(), prefix = prefix(below: base)
        forEachName(in: directory) { name in
            let path = "\(base)/\(name)"
            guard path.hasPrefix(prefix) else { return }
            let candidate = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
            guard candidate >= 0 else { return }
            defer { close(candidate) }
            var status = stat()
            guard flock(candidate, LOCK_EX | LOCK_NB) == 0, fstat(candidate, &status) == 0, status.st_uid == user
            else { return }
            empty(candidate)
            rmdir(path)
        }
    }
}
