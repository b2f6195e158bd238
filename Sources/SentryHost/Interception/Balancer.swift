import CHostLinux
import Glibc
import Kernel

/// Where tasks run. Sentry and tasks share a home CPU, because waking a halted one costs many times what a trap does;
/// tasks that compute without calling are sent to the other CPUs, and come back when they call again.
final class Balancer: @unchecked Sendable {
    // Reached from one thread only; the threads it reads are the platform's, under the sentry's lock.
    private let sentry: Sentry
    private let home: Int32
    private let others: [Int32]
    private var next = 0

    private static let interval: useconds_t = 40_000
    private static let intervalNanoseconds: UInt64 = 40_000_000
    /// A task is busy from this share of an interval on.
    private static let busyShare: UInt64 = 5
    /// More calls than this in an interval cost more, made from afar, than a CPU of its own gains.
    private static let callLimit = 150
    /// No more tasks than this are looked at in one interval.
    private static let maximumTasks = 64

    /// Nil when there is only one CPU.
    init?(_ sentry: Sentry, home: Int32, cpus: [Int32]) {
        others = cpus.filter { $0 != home }
        guard !others.isEmpty else { return nil }
        self.sentry = sentry
        self.home = home
    }

    /// Looks at the tasks for as long as the sandbox lives.
    func run() {
        while true {
            usleep(Self.interval)
            sentry.locked { balance() }
        }
    }

    private func balance() {
        let threads = sentry.platform.allThreads
        var busy: [(thread: HostThread, used: UInt64)] = []
        guard threads.count > 1 else { return }
        for thread in threads.prefix(Self.maximumTasks) {
            let time = Self.cpuTime(of: thread.tid)
            let used = time &- thread.balancedTime
            defer { thread.balancedTime = time; thread.recentCalls = 0 }
            guard time >= thread.balancedTime, thread.balancedTime > 0 else { continue }
            if thread.awayCPU != nil, thread.recentCalls > Self.callLimit {
                send(thread, to: nil)
            } else if thread.awayCPU == nil, thread.recentCalls <= Self.callLimit,
                used > Self.intervalNanoseconds / Self.busyShare
            {
                busy.append((thread, used))
            }
        }
        // One may stay: alone it has the home CPU to itself.
        guard busy.count > 1 else { return }
        busy.sort { $0.used > $1.used }
        for entry in busy.dropLast() {
            send(entry.thread, to: others[next % others.count])
            next &+= 1
        }
    }

    private func send(_ thread: HostThread, to cpu: Int32?) {
        if chost_pin_to_cpu(thread.tid, cpu ?? home) == 0 { thread.awayCPU = cpu }
    }

    /// CPU time in nanoseconds: the first field of schedstat.
    private static func cpuTime(of tid: pid_t) -> UInt64 {
        HostProc.decimal(HostProc.read("/proc/\(tid)/schedstat").prefix { $0 != UInt8(ascii: " ") })
    }
}
