import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Syscalls
import Testing

/// What reaches the host of a call, and what a guest may say there.
@Suite struct HostCalls {
    private func failed(_ errno: Errno) -> Int64 { -Int64(errno.rawValue) }
    private func clock(of number: Int64, thread: Bool = false, _ kind: ProcessorClock = .scheduled) -> UInt64 {
        UInt64(UInt32(truncatingIfNeeded: ~number << 3 | (thread ? 4 : 0) | Int64(kind.rawValue)))
    }

    // MARK: Timers

    @Test func aTimersEventIsCopied() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let thread = try task.thread()
        let event = task.allocate(64), place = task.allocate(4)
        try task.task.memory.store(SIMD2<Int32>(34, 4), at: event.advanced(by: 8))
        try task.task.memory.store(thread.task.tid, at: event.advanced(by: 16))
        #expect(task.call(.timer_create, 1, event, place) == 0)
        let made = try #require(sentry.platform.madeCalls.last)
        #expect(made.number == .timer_create)
        let structure = try #require(made.structures.first)
        #expect(structure.argument == 1 && structure.bytes.count == 64)
        let host = structure.bytes[16..<20].reversed().reduce(Int32(0)) { $0 << 8 | Int32($1) }
        #expect(host == sentry.platform.hostNumber(of: thread.task, wholeProcess: false))
        // The guest's own copy stays as it was.
        #expect(try task.load(event.advanced(by: 16), as: Int32.self) == thread.task.tid)
        let other = try sentry.spawn()
        try task.task.memory.store(other.task.tid, at: event.advanced(by: 16))
        #expect(task.call(.timer_create, 1, event, place) == failed(.EINVAL))
    }

    @Test func timersAreCountedForTheUser() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(uid: 1000)
        task.task.group.limits[ResourceLimit.pendingSignals].soft = 3
        let place = task.allocate(4)
        for _ in 0..<3 { #expect(task.call(.timer_create, 1, 0, place) == 0) }
        #expect(task.call(.timer_create, 1, 0, place) == failed(.EAGAIN))
        let sibling = try task.fork()
        #expect(sibling.call(.timer_create, 1, 0, place) == failed(.EAGAIN))
        #expect(task.call(.timer_delete, 0) == 0)
        #expect(sibling.call(.timer_create, 1, 0, place) == 0)
        #expect(task.call(.timer_create, 1, 0, place) == failed(.EAGAIN))
        // They end with the process, and with its program.
        sibling.exit()
        #expect(task.call(.timer_create, 1, 0, place) == 0)
        task.exec()
        for _ in 0..<3 { #expect(task.call(.timer_create, 1, 0, place) == 0) }
        // What the host refuses does not count.
        #expect(task.call(.timer_delete, 0) == 0)
        sentry.platform.hostResults[.timer_create] = .failure(.EINVAL)
        #expect(task.call(.timer_create, 99, 0, place) == failed(.EINVAL))
        sentry.platform.hostResults[.timer_create] = nil
        #expect(task.call(.timer_create, 1, 0, place) == 0)
        // Neither does a deletion that it refuses.
        sentry.platform.hostResults[.timer_delete] = .failure(.EINVAL)
        #expect(task.call(.timer_delete, 77) == failed(.EINVAL))
        #expect(task.call(.timer_create, 1, 0, place) == failed(.EAGAIN))
    }

    @Test func theHostsUserKeepsHalf() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        sentry.platform.timerLimit = 2
        sentry.platform.inotifyInstanceLimit = 2
        let place = task.allocate(4)
        for _ in 0..<2 {
            #expect(task.call(.timer_create, 1, 0, place) == 0)
            #expect(task.call(.inotify_init1, 0) >= 0)
        }
        let other = try sentry.spawn(uid: 1000)
        #expect(other.call(.timer_create, 1, 0, place) == failed(.EAGAIN))
        #expect(other.call(.inotify_init1, 0) == failed(.EMFILE))
        task.exit()
        #expect(other.call(.timer_create, 1, 0, place) == 0)
        #expect(other.call(.inotify_init1, 0) >= 0)
    }

    @Test func inotifyInstancesAreCountedForTheUser() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(uid: 1000)
        var fds: [Int64] = []
        for _ in 0..<128 { fds.append(task.call(.inotify_init)) }
        #expect(fds.allSatisfy { $0 >= 0 })
        #expect(task.call(.inotify_init) == failed(.EMFILE))
        #expect(try sentry.spawn(uid: 1001).call(.inotify_init) >= 0)
        #expect(task.call(.close, fds[0]) == 0)
        #expect(task.call(.inotify_init) >= 0)
    }

    // MARK: Clocks

    @Test func clocksNameTasksByTheGuestsNumbers() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let inside = try task.fork(.newPID)
        var statistics = HostStatistics()
        statistics.userTicks = 300
        sentry.platform.setStatistics(statistics, of: inside.task)
        let place = inside.allocate(16)
        #expect(inside.call(.clock_gettime, clock(of: 1), place) == 0)
        #expect(try inside.load(place, as: Timespec.self) == Timespec(seconds: 3, fraction: 0))
        // Its number outside is none inside.
        #expect(inside.call(.clock_gettime, clock(of: inside.pid), place) == failed(.EINVAL))
        #expect(task.call(.clock_gettime, clock(of: inside.pid), task.allocate(16)) == 0)
        #expect(task.call(.clock_gettime, clock(of: inside.pid, thread: true), place) == failed(.EINVAL))
        #expect(inside.call(.clock_gettime, UInt64(UInt32(bitPattern: ~5 << 3 | 3)), place) == failed(.EINVAL))
        for number: Int64 in [0x0fff_ffff, 1 << 22] {
            #expect(inside.call(.clock_gettime, clock(of: number), place) == failed(.EINVAL))
        }
    }

    @Test func theHostIsToldItsOwnNumbers() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let thread = try task.thread(), child = try task.fork()
        let time = task.allocate(16)
        func sleep(_ clock: UInt64) throws -> Int32? {
            let result = task.call(.clock_nanosleep, clock, 0, time, 0)
            guard result == 0 else { return nil }
            return try Int32(truncatingIfNeeded: #require(sentry.platform.madeCalls.last).arguments.a0)
        }
        #expect(try sleep(clock(of: task.pid)) == -6)
        #expect(try sleep(clock(of: task.pid, thread: true)) == nil)
        let number = try #require(sentry.platform.hostNumber(of: thread.task, wholeProcess: false))
        #expect(try sleep(clock(of: Int64(thread.task.tid), thread: true)) == ~number << 3 | 6)
        let process = try #require(sentry.platform.hostNumber(of: child.task, wholeProcess: true))
        #expect(try sleep(clock(of: child.pid, .user)) == ~process << 3 | 1)
        #expect(try sleep(clock(of: child.pid, thread: true)) == nil)
        #expect(task.call(.clock_nanosleep, UInt64(UInt32(bitPattern: ~5 << 3 | 3)), 0, time, 0) == failed(.EOPNOTSUPP))
        sentry.platform.hostResults[.clock_nanosleep] = .failure(Errno(rawValue: 516))
        #expect(task.call(.clock_nanosleep, clock(of: child.pid), 0, time, 0) == -516)
    }

    @Test func shiftedClocksAreTheSentrys() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let place = task.allocate(16)
        sentry.platform.monotonicNow = 5_000_000_007
        #expect(task.call(.clock_gettime, 1, place) == 0)
        #expect(try task.load(place, as: Timespec.self) == Timespec(seconds: 5, fraction: 7))
        task.task.namespaces?.time.monotonic.seconds = -3
        #expect(task.call(.clock_gettime, 6, place) == 0)
        #expect(try task.load(place, as: Timespec.self) == Timespec(seconds: 2, fraction: 7))
        #expect(task.call(.clock_gettime, 1, 8) == failed(.EFAULT))
    }

    @Test func onlySomeClocksAreAsked() {
        func isAsked(_ number: SyscallNumber, _ clock: Int32) -> Bool {
            SyscallTable.disposition(UInt32(number.rawValue)).isNotified(Arguments(UInt64(UInt32(bitPattern: clock))))
        }
        for own: Int32 in -8 ... -1 { #expect(!isAsked(.clock_gettime, own) && !isAsked(.clock_nanosleep, own)) }
        for other: Int32 in [-9, -16, -80, .min] {
            #expect(isAsked(.clock_gettime, other) && isAsked(.clock_getres, other))
            #expect(isAsked(.clock_nanosleep, other))
        }
        for clock: Int32 in 0...11 { #expect(isAsked(.clock_gettime, clock) == [1, 4, 6, 7, 9].contains(clock)) }
    }
}
