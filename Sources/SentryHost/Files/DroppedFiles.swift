import CHostLinux
import Glibc
import LinuxABI
import Synchronization

/// Private files that have no name and are not open any more in the sandbox, but may still be mapped in one of its processes:
/// nobody tells of that, and what is mapped keeps its bytes on the host. Until nobody has it mapped such a file
/// keeps its name on the host too, so that it can be measured.
final class DroppedFiles: Sendable {
    private struct State {
        /// Host inodes, by the files' numbers.
        var files: [UInt64: UInt64] = [:]
        var processes: Set<pid_t> = []
        var lastLook: UInt64 = 0
        var pause = DroppedFiles.shortest
        /// What the last look took of a processor's time.
        var cost: UInt64 = 0
    }
    private let state = Mutex(State())

    /// Between two looks, in nanoseconds; the longer the less came of the last ones.
    private static let shortest: UInt64 = 10_000_000
    private static let longest: UInt64 = 500_000_000
    /// Where room is needed it is looked at once, under the kernel's lock perhaps, if that takes no longer.
    private static let short: UInt64 = 4_000_000
    private static let few = 64

    func began(_ process: pid_t) { state.withLock { _ = $0.processes.insert(process) } }
    func ended(_ process: pid_t) { state.withLock { _ = $0.processes.remove(process) } }

    /// Returns whether it is the only one.
    func add(_ id: UInt64, inode: UInt64) -> Bool {
        state.withLock { state in
            state.pause = Self.shortest
            state.files[id] = inode
            return state.files.count == 1
        }
    }

    /// Takes out what nobody has mapped, if it is time to look. `isUrgent` when room is needed now.
    func takeUnmapped(isUrgent: Bool) -> [UInt64] {
        let start = chost_now_nanoseconds()
        let (files, processes) = state.withLock { state -> ([UInt64: UInt64], Set<pid_t>) in
            if isUrgent, state.processes.count > Self.few { return ([:], []) }
            let rest = state.cost > Self.short ? 20 &* state.cost : 0
            let pause = isUrgent ? rest : max(state.pause, rest)
            guard !state.files.isEmpty, start >= state.lastLook &+ pause else { return ([:], []) }
            // Nobody else looks meanwhile.
            state.lastLook = start
            return (state.files, state.processes)
        }
        if files.isEmpty { return [] }
        let began = Self.processorTime
        var mapped: Set<UInt64> = []
        for process in processes { Self.forEachMapped(in: process) { mapped.insert($0) } }
        let free = files.filter { !mapped.contains($0.value) }.map(\.key)
        state.withLock { state in
            for id in free { state.files[id] = nil }
            if free.isEmpty { state.pause = min(Self.longest, state.pause &* 2) }
            state.cost = Self.processorTime &- began
        }
        return free
    }

    /// This thread's.
    private static var processorTime: UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
    }

    /// Milliseconds until the next look; nil where there is nothing to look for.
    var delay: Int32? {
        state.withLock { state in
            if state.files.isEmpty { return nil }
            let rest = state.cost > Self.short ? 20 &* state.cost : 0
            let next = state.lastLook &+ max(state.pause, rest), now = chost_now_nanoseconds()
            return next > now ? Int32(clamping: (next - now) / 1_000_000 + 1) : 0
        }
    }

    /// Calls `body` with the inode of each file that a process has mapped (proc_pid_maps(5)).
    private static func forEachMapped(in process: pid_t, _ body: (UInt64) -> Void) {
        var text = maps(of: process)
        if text.isEmpty {
            // A leader that has ended before its other threads.
            let directory = openHost("/proc/\(process)/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            for name in namesInDirectory(closing: directory) where text.isEmpty {
                if let thread = pid_t(name) { text = maps(of: thread) }
            }
        }
        for line in text.split(separator: UInt8(ascii: "\n")) {
            // Addresses, rights, offset, device, inode, path.
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            guard fields.count > 4 else { continue }
            let inode = HostProc.decimal(fields[4])
            if inode != 0 { body(inode) }
        }
    }

    private static func maps(of thread: pid_t) -> [UInt8] { HostProc.read("/proc/\(thread)/maps", limit: 1 << 26) }
}

extension DiskSpace {
    /// The model has no use for the file any more.
    func dropped(_ id: UInt64) {
        guard let status = try? directory.status(id), status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
            return remove(id)
        }
        if droppedFiles.add(id, inode: UInt64(status.st_ino)) { keeper.wakeNow() }
    }

    /// Removes what was dropped and nobody has mapped any more.
    func removeUnmapped(isUrgent: Bool) {
        let free = droppedFiles.takeUnmapped(isUrgent: isUrgent)
        for id in free { removed(id) }
        for id in free { directory.remove(id) }
    }

    func remove(_ id: UInt64) {
        directory.remove(id)
        removed(id)
    }
}
