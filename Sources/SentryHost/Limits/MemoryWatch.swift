import CHostLinux
import Glibc
import Kernel
import LinuxABI

/// Ends the biggest process when the sandbox has as much memory as it may, where no cgroup of the host does so, and gives
/// back what the sentry itself needs no more.
///
/// It looks again before all CPUs together could have filled what was left, so that the limit is passed by little; a
/// look takes at most a quarter of the time, and next to none far from the limit, or where no task has had a CPU since the
/// last look: then nothing has grown.
final class MemoryWatch: @unchecked Sendable {
    // Reached from one thread only; what it reads of the platform it reads under the sentry's lock.
    private let sentry: Sentry
    /// Nil where the host keeps to it.
    private let limit: UInt64?
    private let fillRate: UInt64
    /// What the sentry itself had before the sandbox began.
    private let ownBefore: UInt64

    private static let shortest: UInt64 = 4_000_000
    private static let longest: UInt64 = 500_000_000
    /// Bytes that one CPU fills in a second at most; it clears each page first.
    private static let bytesPerSecond: UInt64 = 4 << 30
    /// How long a killed process may take to die before the next one is killed, in looks of 5 ms.
    private static let patience = 200

    /// The least that was resident and not in use since the heap last gave something back.
    private var leastUnused: UInt64
    private static let worthGiving: UInt64 = 512 << 10

    /// What the last look found, and how much CPU time tasks had used before.
    private var lastUse: (bytes: UInt64, time: UInt64)?
    /// Nanoseconds in which nothing grows by more than a few pages.
    private static let noTime: UInt64 = 10_000

    init(_ sentry: Sentry, limit: UInt64?, cpus: Int) {
        self.sentry = sentry
        self.limit = limit
        fillRate = Self.bytesPerSecond &* UInt64(clamping: max(1, cpus))
        ownBefore = MemoryUse.sentry()
        leastUnused = Self.unused(ownBefore)
    }

    private struct Process: Sendable {
        let pid: pid_t
        /// A thread of which /proc tells the memory.
        let tid: pid_t
        /// oom_score_adj.
        let adjustment: Int64
    }

    /// Watches for as long as the sandbox lives.
    func run() {
        var nextTrim = chost_now_nanoseconds()
        while true {
            let start = chost_now_nanoseconds()
            if start > nextTrim {
                trim()
                nextTrim = start &+ Self.longest
            }
            guard let limit else {
                usleep(useconds_t(Self.longest / 1000))
                continue
            }
            let used = useNow(limit)
            let cost = chost_now_nanoseconds() &- start
            if used > limit {
                killBiggest(limit)
                continue
            }
            // Split, so that no product overflows: the rest in milliseconds of filling.
            let milliseconds = (limit - used) / max(1, fillRate / 1000)
            let untilFull = milliseconds > 1_000_000 ? Self.longest : milliseconds &* 1_000_000
            let wait = max(Self.shortest, min(untilFull, Self.longest), min(cost &* 3, Self.longest))
            usleep(useconds_t(clamping: wait / 1000))
        }
    }

    /// Pages of the heap that have become free are given back. Of a small heap there is nothing to look for.
    ///
    /// The heap's own count of what is free does not tell: it does not change as pages go back to the host, nor as they come
    /// again because what is free is used for a moment.
    private func trim() {
        let own = MemoryUse.sentry()
        guard own > ownBefore &+ Self.worthGiving else { return }
        let unused = Self.unused(own)
        leastUnused = min(leastUnused, unused)
        guard unused > leastUnused &+ Self.worthGiving else { return }
        sentry.locked { sentry.platform.shrinkTables() }
        chost_heap_trim()
        leastUnused = Self.unused(MemoryUse.sentry())
    }

    private static func unused(_ own: UInt64) -> UInt64 { own - min(own, UInt64(chost_heap_used())) }

    /// One process for each address space, and the memory files' bytes by inode.
    private func look() -> (processes: [Process], files: [UInt64: UInt64]) {
        sentry.locked {
            var seen: Set<ObjectIdentifier> = []
            var processes: [Process] = []
            for thread in sentry.platform.oneThreadOfEach {
                guard seen.insert(ObjectIdentifier(thread.task.image)).inserted else { continue }
                processes.append(
                    Process(
                        pid: thread.tgid, tid: thread.tid, adjustment: Int64(thread.task.group.oomScoreAdjustment)))
            }
            return (processes, sentry.platform.memoryFiles.bytes())
        }
    }

    /// CPU time of all tasks. What one has used that ends while this adds up may be in it twice, so that the next sum is less.
    private func taskTime() -> UInt64 {
        let processes = sentry.locked { Set(sentry.platform.allThreads.map(\.tgid)) }
        return processes.reduce(0) { $0 &+ chost_process_time($1) } &+ chost_ended_children_time()
    }

    /// What is used, looked at again only if tasks have run.
    private func useNow(_ limit: UInt64) -> UInt64 {
        let time = taskTime()
        if let last = lastUse, last.bytes <= limit, max(time, last.time) - min(time, last.time) < Self.noTime {
            return last.bytes
        }
        let bytes = use(limit)
        lastUse = (bytes, time)
        return bytes
    }

    /// As exact as it has to be to tell whether the limit is passed.
    private func use(_ limit: UInt64) -> UInt64 {
        let (processes, files) = look()
        let own = MemoryUse.sentry()
        let fixed = files.values.reduce(own > ownBefore ? own - ownBefore : 0, &+)
        var used = processes.reduce(fixed) { $0 &+ MemoryUse.upperBound($1.tid) }
        if used <= limit { return used }
        used = processes.reduce(fixed) { $0 &+ MemoryUse.own($1.tid) }
        if used <= limit { return used }
        let counted = Set(files.keys)
        return processes.reduce(fixed) { $0 &+ MemoryUse.share($1.tid, without: counted) }
    }

    /// oom_badness(): the most memory, moved by oom_score_adj in thousandths of the limit; −1000 only if nobody else is left.
    private func killBiggest(_ limit: UInt64) {
        let candidates = look().processes.map { process -> (process: Process, score: Int64) in
            let points = process.adjustment &* Int64(clamping: limit / 1000)
            let score = Int64(clamping: MemoryUse.own(process.tid)) &+ points
            return (process, process.adjustment <= -1000 ? .min : score)
        }
        guard let victim = candidates.max(by: { $0.score < $1.score })?.process.pid else {
            usleep(useconds_t(Self.shortest / 1000))
            return
        }
        let name = sentry.locked { () -> String? in
            // Under the lock the number is still the same process's.
            guard let thread = sentry.platform.thread(victim), kill(victim, SIGKILL) == 0 else { return nil }
            return LimitMessages.name(of: thread.task)
        }
        guard let name else { return }
        LimitMessages.memoryReached(limit, killed: name)
        for _ in 0..<Self.patience {
            usleep(5000)
            if sentry.locked({ sentry.platform.thread(victim) == nil }) { return }
        }
    }
}
