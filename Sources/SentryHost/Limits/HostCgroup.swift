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
        var template = Array("\(Self.prefix(in: parent))XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { buffer -> String? in
            guard let start = buffer.baseAddress, mkdtemp(start) != nil else { return nil }
            return String(cString: start)
        }
        guard let made else { return nil }
        path = made
        lock = open(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        members = open("\(made)/cgroup.procs", O_WRONLY | O_CLOEXEC)
        events = open("\(made)/\(place.isUnified ? "memory.events" : "memory.oom_control")", O_RDONLY | O_CLOEXEC)
        let isSet =
            place.isUnified
            ? Self.write("\(limit)", to: "\(made)/memory.max")
            : Self.write("\(limit)", to: "\(made)/memory.limit_in_bytes")
        guard lock >= 0, members >= 0, events >= 0, isSet, flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            for descriptor in [lock, members, events] where descriptor >= 0 { close(descriptor) }
            rmdir(made)
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
        return text.withUnsafeBytes { Glibc.write(members, $0.baseAddress, $0.count) } == text.count
    }

    /// How many processes the host has ended because of the limit.
    var killCount: UInt64 {
        var text = [UInt8](repeating: 0, count: 512)
        let count = text.withUnsafeMutableBytes { pread(events, $0.baseAddress, $0.count, 0) }
        let name = Array("oom_kill ".utf8)
        for line in text.prefix(max(0, count)).split(separator: 0x0a) where line.starts(with: name) {
            return HostProc.decimal(line)
        }
        return 0
    }

    /// Removes the cgroup, whose tasks are dead.
    func remove() {
        for _ in 0..<50 {
            // The host needs a moment for the last of them.
            if rmdir(path) == 0 || errno != EBUSY { return }
            usleep(10_000)
        }
    }

    private static func prefix(in parent: String) -> String { "\(parent)/nsentry-\(getuid())-" }

    private static func write(_ text: String, to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        return bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } == bytes.count
    }

    private static func removeStale(in parent: String) {
        guard let directory = opendir(parent) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let path = "\(parent)/\(name)"
            guard path.hasPrefix(prefix(in: parent)) else { continue }
            let candidate = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
            guard candidate >= 0 else { continue }
            defer { close(candidate) }
            var status = stat()
            // One with processes in it stays (EBUSY).
            if flock(candidate, LOCK_EX | LOCK_NB) == 0, fstat(candidate, &status) == 0, status.st_uid == getuid() {
                rmdir(path)
            }
        }
    }
}
