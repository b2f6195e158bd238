import CHostLinux
import Glibc
import LinuxABI

/// The sandbox's private directories, and the thread that removes them and what killed sandboxes left.
///
/// Removing a directory takes a right on the one in which it is, which the sentry shall not have (`SentryWall`). So the
/// thread is started before the sentry encloses itself, in a domain of its own where it can do nothing else.
final class PrivateDirectories: Sendable {
    /// For the bytes of files, which may be large: below `$TMPDIR` or /tmp.
    let data: PrivateDirectory
    /// For names of sockets, of which every pidfd needs one for a moment: in memory where the host lets, as that costs
    /// a tenth of a name on a disk.
    let names: PrivateDirectory
    /// Shut down, it tells the thread to remove all; the thread's end closes when that is done.
    private let order: Int32

    var all: [PrivateDirectory] { names === data ? [data] : [data, names] }

    /// `cgroup` is removed too.
    init(enclosed: Bool, cgroup: HostCgroup?) throws(SandboxError) {
        // An empty one is as good as none.
        let chosen = hostVariable("TMPDIR").flatMap { $0.isEmpty ? nil : $0 }
        let base = chosen ?? "/tmp"
        do throws(LinuxABI.Errno) {
            data = try PrivateDirectory(below: base)
        } catch {
            let advice = chosen == nil ? "set TMPDIR to a directory that can be written" : "TMPDIR names it"
            throw SandboxError("cannot make a private directory in \(base): \(error.message) (\(advice))")
        }
        names = (try? PrivateDirectory(below: "/dev/shm")) ?? data
        var ends: [Int32] = [-1, -1]
        let made = unsafe chost_socket_pair(Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), &ends)
        order = ends[0]
        let all = names === data ? [data] : [data, names]
        let sweeper = Sweeper(directories: all, cgroup: cgroup, order: ends[1], isEnclosed: enclosed)
        let started = made < 0 ? made : startThread { sweeper.run() }
        guard started == 0 else {
            for directory in all { directory.removeAll() }
            cgroup?.remove()
            throw StartFailure.describe(LinuxABI.Errno(rawValue: -started))
        }
    }

    /// Removes the directories, at the sandbox's end.
    func removeAll() {
        shutdown(order, Int32(SHUT_WR))
        var byte: UInt8 = 0
        while unsafe recv(order, &byte, 1, 0) < 0, errno == EINTR {}
    }

    private final class Sweeper: Sendable {
        let directories: [PrivateDirectory]
        let cgroup: HostCgroup?
        let order: Int32
        let isEnclosed: Bool

        init(directories: [PrivateDirectory], cgroup: HostCgroup?, order: Int32, isEnclosed: Bool) {
            self.directories = directories
            self.cgroup = cgroup
            self.order = order
            self.isEnclosed = isEnclosed
        }

        func run() {
            if isEnclosed { enclose() }
            for directory in directories { PrivateDirectory.removeStale(below: directory.base) }
            var byte: UInt8 = 0
            while unsafe recv(order, &byte, 1, 0) < 0, errno == EINTR {}
            for directory in directories { directory.removeAll() }
            cgroup?.remove()
            close(order)
        }

        /// Should it not come about, the sweeper still does its work.
        private func enclose() {
            do throws(LinuxABI.Errno) {
                let wall = try Landlock()
                for directory in directories {
                    try wall.allow([.read, .removeFiles, .removeDirectories], directory.base)
                }
                if let cgroup { try wall.allow(.removeDirectories, cgroup.parent) }
                try wall.enforce()
            } catch {}
        }
    }
}
