import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Synchronization

/// The thread that looks after limits of which the host tells nobody: private files' bytes, and processor time to its end.
/// It sleeps while nothing can grow, nothing that was removed may be mapped, and no process has a hard limit of RLIMIT_CPU.
final class LimitKeeper: Sendable {
    private let event: Int32
    private let isAsleep = Atomic<Bool>(false)
    private let watchesTime = Atomic<Bool>(false)
    /// Whether a process has got another limit on files' sizes for one call.
    private let hasException = Atomic<Bool>(false)

    init() { event = chost_eventfd(0, O_CLOEXEC | O_NONBLOCK) }

    func wake() {
        if isAsleep.exchange(false, ordering: .acquiringAndReleasing) { wakeNow() }
    }

    func wakeNow() {
        var one: UInt64 = 1
        _ = unsafe write(event, &one, 8)
    }

    func watchProcessorTime() {
        watchesTime.store(true, ordering: .releasing)
        wake()
    }

    func noteException() {
        hasException.store(true, ordering: .releasing)
        wake()
    }

    /// Whether there was one; who asks, under the lock, ends it.
    func takeException() -> Bool { hasException.exchange(false, ordering: .acquiringAndReleasing) }

    func run(_ sentry: Sentry) {
        var applied = sentry.platform.files.disk.limit
        while true {
            var delay = look(sentry, &applied)
            if delay == nil {
                isAsleep.store(true, ordering: .sequentiallyConsistent)
                // What came before it was noted has woken nobody.
                delay = look(sentry, &applied)
            }
            var wait = pollfd(fd: event, events: Int16(POLLIN), revents: 0)
            _ = unsafe poll(&wait, 1, delay ?? -1)
            isAsleep.store(false, ordering: .sequentiallyConsistent)
            var count: UInt64 = 0
            _ = unsafe read(event, &count, 8)
        }
    }

    /// Until when nothing need be looked at, in milliseconds. `applied` is the bound on files' sizes that processes have.
    private func look(_ sentry: Sentry, _ applied: inout UInt64) -> Int32? {
        let disk = sentry.platform.files.disk
        disk.removeUnmapped(isUrgent: false)
        let found = disk.measure()
        var delay = found.delay
        if let next = disk.droppedFiles.delay { delay = min(delay ?? .max, next) }
        if hasException.load(ordering: .acquiring) || found.fileSizeLimit != applied {
            applied = found.fileSizeLimit
            sentry.locked {
                _ = takeException()
                sentry.platform.applyFileSizes()
            }
        }
        if !found.grown.isEmpty, found.excess > 0 {
            sentry.locked { sentry.platform.endWriters(of: found.grown, excess: found.excess) }
        }
        if watchesTime.load(ordering: .acquiring) {
            let left = sentry.locked { sentry.platform.endProcessorTime() }
            if let left {
                // As many threads as there are processors can use it up.
                let share = left / UInt64(max(1, sentry.platform.cpus.numbers.count)) / 1_000_000
                delay = min(delay ?? .max, Int32(clamping: min(1000, max(4, share))))
            } else {
                watchesTime.store(false, ordering: .releasing)
            }
        }
        return delay
    }
}

extension HostPlatform {
    /// What is more than this over the limit has come by calls that were under way, which only the process's end stops.
    private func isFar(_ excess: UInt64) -> Bool { excess > max(32 << 20, files.disk.limit / 20) }

    /// Files grew though nothing is left: by mappings, whose writers get SIGBUS as where a disk is full, or by large writes
    /// that had begun before.
    func endWriters(of inodes: Set<UInt64>, excess: UInt64) {
        for thread in oneThreadOfEach {
            let maps = hasWritable(inodes, thread)
            if maps, !isFar(excess) {
                if thread.task.isExiting { continue }
                // BUS_ADRERR.
                deliver(SignalInfo(.bus, code: 2, pid: 0, uid: 0), to: thread.task, wholeGroup: true)
            } else if isFar(excess), maps || hasOpen(inodes, thread) {
                // Until it is gone it is looked at again.
                let leader = self.thread(thread.tgid) ?? thread
                guard kill(thread.tgid, SIGKILL) == 0, !leader.isEndedAtLimit else { continue }
                leader.isEndedAtLimit = true
                LimitMessages.diskPassed(files.disk.limit, killed: LimitMessages.name(of: thread.task))
            }
        }
    }

    /// Whether one of the files is mapped in the process so that it can be written.
    private func hasWritable(_ inodes: Set<UInt64>, _ thread: HostThread) -> Bool {
        HostProc.read("/proc/\(thread.tid)/maps", limit: 1 << 24).split(separator: UInt8(ascii: "\n")).contains {
            // Addresses, rights, offset, device, inode, path.
            let fields = $0.split(separator: UInt8(ascii: " "), maxSplits: 5)
            guard fields.count >= 5, fields[1].count == 4, fields[1].last == UInt8(ascii: "s"),
                fields[1].dropFirst().first == UInt8(ascii: "w")
            else { return false }
            return inodes.contains(HostProc.decimal(fields[4]))
        }
    }

    /// Whether the process has one of the files open for writing.
    private func hasOpen(_ inodes: Set<UInt64>, _ thread: HostThread) -> Bool {
        thread.task.files.open.contains { _, entry in
            guard let identity = entry.file.hostIdentity else { return false }
            return identity.access.writes && inodes.contains(identity.inode)
                && files.disk.owns(device: identity.device, inode: identity.inode)
        }
    }
}
