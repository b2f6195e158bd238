import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

/// flock(2) and fcntl_locking(2) in the model alone.
@Suite struct FileLockTests {
    private let create = OpenFlags([.create, .readWrite]).rawValue
    private let shared = 1, exclusive = 2, unlock = 8, noWait = 4
    private let setLock = 6, setLockWaiting = 7, getLock = 5, setDescription = 37, setDescriptionWaiting = 38
    private let read: Int16 = 0, write: Int16 = 1, none: Int16 = 2

    private func failed(_ errno: Errno) -> Int64 { -Int64(errno.rawValue) }

    private func record(
        _ task: TestTask, _ fd: Int64, _ command: Int, _ type: Int16, _ start: Int64, _ length: Int64
    ) throws -> Int64 {
        var lock = RecordLock()
        lock.type = type
        lock.start = start
        lock.length = length
        let place = task.allocate(32)
        try task.memory.store(lock, at: place)
        return task.call(.fcntl, fd, command, place)
    }

    /// What keeps `task` from writing a byte: a letter for its kind.
    private func letter(_ task: TestTask, _ fd: Int64, _ byte: Int64) throws -> Character {
        var lock = RecordLock()
        lock.type = write
        lock.start = byte
        lock.length = 1
        let place = task.allocate(32)
        try task.memory.store(lock, at: place)
        #expect(task.call(.fcntl, fd, getLock, place) == 0)
        let found = try task.load(place, as: RecordLock.self)
        return found.type == none ? "-" : found.type == read ? "r" : "w"
    }

    @Test func randomRangesAreThoseOfSingleBytes() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(), other = try sentry.spawn()
        let fd = task.call(.open, "/tmp/f", create, 0o600), otherFD = other.call(.open, "/tmp/f", create, 0o600)
        var state: UInt64 = 88_172_645_463_325_252
        func random(_ limit: UInt64) -> Int64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int64(state % limit)
        }
        var bytes = [Character](repeating: "-", count: 40)
        for _ in 0..<400 {
            let type = Int16(random(3)), start = random(30), length = random(10) + 1
            #expect(try record(task, fd, setLock, type, start, length) == 0)
            for index in start..<start + length { bytes[Int(index)] = ["r", "w", "-"][Int(type)] }
            for index in 0..<40 { #expect(try letter(other, otherFD, Int64(index)) == bytes[index]) }
        }
        #expect(try record(task, fd, setLock, none, 0, 0) == 0)
        #expect(task.task.files[Int32(fd)]?.inode.locks == nil)
    }

    @Test func waitersComeInTheirOrderAndAtExit() throws {
        let sentry = try TestSentry()
        let holder = try sentry.spawn(), waiters = try (0..<3).map { _ in try sentry.spawn() }
        let fd = holder.call(.open, "/tmp/f", create, 0o600)
        let fds = waiters.map { $0.call(.open, "/tmp/f", create, 0o600) }
        #expect(holder.call(.flock, fd, exclusive) == 0)
        #expect(waiters[0].call(.flock, fds[0], exclusive | noWait) == failed(.EAGAIN))
        for (waiter, fd) in zip(waiters, fds) { #expect(waiter.call(.flock, fd, exclusive) == TestTask.waits) }
        #expect(holder.call(.close, fd) == 0)
        #expect(waiters[0].result == 0)
        #expect(waiters[1].isWaiting)
        // Who dies waiting leaves the queue.
        waiters[1].exit()
        waiters[0].exit()
        #expect(waiters[2].result == 0)
        waiters[2].exit()
        #expect(sentry.kernel.locks.records.isEmpty)
    }

    @Test func aDeadlockIsFound() throws {
        let sentry = try TestSentry()
        let tasks = try (0..<4).map { _ in try sentry.spawn() }
        let fds = tasks.map { $0.call(.open, "/tmp/f", create, 0o600) }
        for index in 0..<4 { #expect(try record(tasks[index], fds[index], setLock, write, Int64(index), 1) == 0) }
        for index in 0..<3 {
            #expect(try record(tasks[index], fds[index], setLockWaiting, write, Int64(index) + 1, 1) == TestTask.waits)
        }
        #expect(try record(tasks[3], fds[3], setLockWaiting, write, 0, 1) == failed(.EDEADLK))
        #expect(try record(tasks[3], fds[3], setDescriptionWaiting, read, 0, 1) == TestTask.waits)
        tasks[3].exit()
        #expect(tasks[2].result == 0)
        tasks[2].exit()
        #expect(tasks[1].result == 0)
    }

    @Test func descriptionsAndProcessesKeepTheirOwn() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let fd = task.call(.open, "/tmp/f", create, 0o600)
        #expect(try record(task, fd, setLock, write, 0, 4) == 0)
        let child = try task.fork()
        #expect(try record(child, fd, setLock, write, 3, 1) == failed(.EAGAIN))
        #expect(try record(task, fd, setDescription, write, 3, 1) == failed(.EAGAIN))
        #expect(try record(child, fd, setDescription, write, 4, 1) == 0)
        #expect(child.call(.close, fd) == 0)
        #expect(task.call(.dup, fd) == fd + 1)
        #expect(task.call(.close, fd + 1) == 0)
        // The process's lock is gone, the description's is there.
        #expect(sentry.kernel.locks.records.map(\.range) == [4...4])
        #expect(task.call(.close, fd) == 0)
        #expect(sentry.kernel.locks.records.isEmpty)
    }

    @Test func locksAreCounted() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let fd = task.call(.open, "/tmp/f", create, 0o600)
        for index in 0..<(1 << 16) { #expect(try record(task, fd, setLock, write, Int64(index) * 2, 1) == 0) }
        #expect(try record(task, fd, setLock, write, 1 << 20, 1) == failed(.ENOLCK))
        // Joining two needs no more.
        #expect(try record(task, fd, setLock, write, 1, 1) == 0)
        #expect(try record(task, fd, setLock, write, 1 << 20, 1) == 0)
        #expect(task.call(.flock, fd, shared) == failed(.ENOLCK))
        #expect(try record(task, fd, setLock, none, 0, 0) == 0)
        #expect(task.call(.flock, fd, shared) == 0)
        #expect(task.call(.flock, fd, unlock) == 0)
    }
}
