import CHostLinux
import Glibc
import Synchronization

/// Threads that do on the host what may take long, while the calls of others are answered.
final class Workers: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var idle = 0
        var count = 0
        var nextCPU = 0
    }
    private let state = Mutex(State())
    /// Counts jobs that nobody has taken (eventfd(2), EFD_SEMAPHORE).
    private let available: Int32
    /// Where they run, out of the way of sentry and tasks; empty where there is one CPU only.
    private let cpus: [Int32]

    /// So many slow names or copies can be waited for at once; further ones wait for these.
    private static let limit = 32

    init(cpus: [Int32]) {
        self.cpus = cpus
        available = chost_eventfd(0, O_CLOEXEC | 1)
    }

    /// Has a worker do `job`, soon.
    func start(_ job: @escaping @Sendable () -> Void) {
        let needsWorker = state.withLock { state in
            state.jobs.append(job)
            guard state.idle < state.jobs.count, state.count < Self.limit else { return false }
            state.count += 1
            return true
        }
        if needsWorker { addWorker() }
        var one: UInt64 = 1
        _ = unsafe write(available, &one, 8)
    }

    private func addWorker() {
        if startThread({ self.run() }) == 0 { return }
        // The job waits for those who are there; the first one always is.
        state.withLock { $0.count -= 1 }
    }

    /// Starts the first worker; false where no thread can be had.
    func begin() -> Bool {
        state.withLock { $0.count = 1 }
        addWorker()
        return state.withLock { $0.count } == 1
    }

    private func run() {
        var isPlaced = false
        while true {
            state.withLock { $0.idle += 1 }
            var count: UInt64 = 0
            let status = unsafe read(available, &count, 8)
            let job = state.withLock { state -> (@Sendable () -> Void)? in
                state.idle -= 1
                return status == 8 && !state.jobs.isEmpty ? state.jobs.removeFirst() : nil
            }
            guard let job else { continue }
            if !isPlaced {
                place()
                isPlaced = true
            }
            job()
        }
    }

    /// Gives the calling worker its CPU. Not before it has something to do: to wake a halted CPU at the end costs milliseconds.
    private func place() {
        guard !cpus.isEmpty else { return }
        let next = state.withLock { state in
            state.nextCPU &+= 1
            return state.nextCPU
        }
        _ = chost_pin_to_cpu(0, cpus[next % cpus.count])
    }
}
