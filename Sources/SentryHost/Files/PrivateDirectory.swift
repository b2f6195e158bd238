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
            guard let made = makeDirectory("\(base)/\(Self.prefix)") else { throw LinuxABI.Errno(rawValue: errno) }
            let opened = openHost(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if opened < 0, errno == ENOENT { continue }
            guard opened >= 0 else {
                let failure = errno
                unsafe rmdir(made)
                throw LinuxABI.Errno(rawValue: failure)
            }
            // Until it is locked it looks stale: another start may have it locked now, and removed when it lets go.
            flock(opened, LOCK_EX)
            if let status = fileStatus(opened), status.st_nlink > 0 {
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
        unsafe rmdir(path)
    }

    func open(_ id: UInt64, _ flags: Int32) throws(LinuxABI.Errno) -> Int32 {
        let result = unsafe openat(descriptor, "\(id)", flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard result >= 0 else { throw LinuxABI.Errno(rawValue: errno) }
        return result
    }

    func status(_ id: UInt64) throws(LinuxABI.Errno) -> stat {
        var status = stat()
        guard unsafe fstatat(descriptor, "\(id)", &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw LinuxABI.Errno(rawValue: errno)
        }
        return status
    }

    func setMode(_ id: UInt64, _ mode: mode_t) throws(LinuxABI.Errno) {
        guard unsafe fchmodat(descriptor, "\(id)", mode, 0) == 0 else { throw LinuxABI.Errno(rawValue: errno) }
    }

    func remove(_ id: UInt64) { unsafe unlinkat(descriptor, "\(id)", 0) }

    /// An empty directory that is in no other one.
    func makeUnnamedDirectory() throws(LinuxABI.Errno) -> Int32 {
        guard unsafe mkdirat(descriptor, "empty", 0o700) == 0 else { throw LinuxABI.Errno(rawValue: errno) }
        defer { unsafe unlinkat(descriptor, "empty", AT_REMOVEDIR) }
        let opened = unsafe openat(descriptor, "empty", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard opened >= 0 else { throw LinuxABI.Errno(rawValue: errno) }
        return opened
    }

    // MARK: What killed sandboxes left

    private static var prefix: String { "nsentry-\(getuid())-" }

    private static func empty(_ descriptor: Int32) {
        let copy = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        for name in namesInDirectory(closing: copy) {
            if unsafe unlinkat(descriptor, name, 0) < 0, errno == EISDIR {
                unsafe unlinkat(descriptor, name, AT_REMOVEDIR)
            }
        }
    }

    static func removeStale(below base: String) {
        let directory = openHost(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        let user = getuid()
        for name in namesInDirectory(closing: directory, startingWith: prefix) {
            let path = "\(base)/\(name)"
            let candidate = openHost(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
            guard candidate >= 0 else { continue }
            defer { close(candidate) }
            guard flock(candidate, LOCK_EX | LOCK_NB) == 0, let status = fileStatus(candidate), status.st_uid == user
            else { continue }
            empty(candidate)
            unsafe rmdir(path)
        }
    }
}
