import CHostLinux
import Glibc
import Kernel

/// A memory cgroup of the host for the sandbox's tasks, where the host lets us make one (cgroups(7)). It goes with the
/// sandbox; what a killed one left the next start removes: the directory is locked by its owner, so an unlocked one is stale.
final class HostCgroup: Sendable {
    /// The host's directory in which it was made.
    let parent: String
    private let path: String
    /// Tasks join by this file; opened early, as the sentry later opens nothing there.
    private let members: Int32
    /// Counts the processes that the host ended at the limit.
    private let events: Int32
    private let lock: Int32

    /// Nil where none can be made.
    init?(memory limit: UInt64) {
        guard let place = CgroupPlace.memory() else { return nil }
        parent = place.directory
        Self.removeStale(in: parent)
        guard let made = makeDirectory(Self.prefix(in: parent)) else { return nil }
        path = made
        lock = openHost(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        members = openHost("\(made)/cgroup.procs", O_WRONLY | O_CLOEXEC)
        events = openHost("\(made)/\(place.isUnified ? "memory.events" : "memory.oom_control")", O_RDONLY | O_CLOEXEC)
        let isSet =
            place.isUnified
            ? Self.write("\(limit)", to: "\(made)/memory.max")
            : Self.write("\(limit)", to: "\(made)/memory.limit_in_bytes")
        guard lock >= 0, members >= 0, events >= 0, isSet, flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            for descriptor in [lock, members, events] where descriptor >= 0 { close(descriptor) }
            unsafe rmdir(made)
            return nil
        }
        // What is swapped out is memory too. Some hosts count none.
        if place.isUnified {
            _ = Self.write("0", to: "\(made)/memory.swap.max")
        } else {
            _ = Self.write("\(limit)", to: "\(made)/memory.memsw.limit_in_bytes")
        }
    }

    /// Puts a process of ours and what it will start into the cgroup.
    func add(_ pid: pid_t) -> Bool {
        let text = Array("\(pid)".utf8)
        return writeBytes(text, to: members) == text.count
    }

    /// How many processes the host has ended because of the limit.
    var killCount: UInt64 {
        let text = readBytes(events, limit: 512, offset: 0) ?? []
        let name = Array("oom_kill ".utf8)
        for line in text.split(separator: 0x0a) where line.starts(with: name) {
            return HostProc.decimal(line)
        }
        return 0
    }

    /// Removes the cgroup, whose tasks are dead.
    func remove() {
        for _ in 0..<50 {
            // The host needs a moment for the last of them.
            if unsafe rmdir(path) == 0 || errno != EBUSY { return }
            usleep(10_000)
        }
    }

    private static func prefix(in parent: String) -> String { "\(parent)/nsentry-\(getuid())-" }

    private static func write(_ text: String, to path: String) -> Bool {
        let descriptor = openHost(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        return writeBytes(bytes, to: descriptor) == bytes.count
    }

    private static func removeStale(in parent: String) {
        for name in namesInDirectory(closing: openHost(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
            let path = "\(parent)/\(name)"
            guard path.hasPrefix(prefix(in: parent)) else { continue }
            let candidate = openHost(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
            guard candidate >= 0 else { continue }
            defer { close(candidate) }
            // One with processes in it stays (EBUSY).
            if flock(candidate, LOCK_EX | LOCK_NB) == 0, let status = fileStatus(candidate), status.st_uid == getuid() {
                unsafe rmdir(path)
            }
        }
    }
}
