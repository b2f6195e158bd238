import Credentials
import Kernel
import LinuxABI

/// Clocks where they are not simply the host's: those that a time namespace shifts, and CPU clocks that name a task.
enum ClockCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .clock_gettime: { task, a throws(Refusal) in
            let clock = Arguments.int(a.a0)
            let time: Timespec
            if let other = try ProcessorClockTarget(clock, of: task, isAsked: true) {
                time = Timespec(nanoseconds: other.time(task))
            } else {
                time = try shifted(clock, task)
            }
            try task.memory.store(time, at: UserAddress(a.a1))
            return .success
        },
        .clock_getres: { task, a throws(Refusal) in
            var clock = Arguments.int(a.a0)
            // The same for every task: the caller's own clock of that kind tells it.
            if let other = try ProcessorClockTarget(clock, of: task) { clock = ProcessorClockTarget.own(other.kind) }
            let resolution = try host { () throws(Errno) in
                try task.kernel.platform.resolution(ofClock: clock)
            }
            if a.a1 != 0 { try task.memory.store(resolution, at: UserAddress(a.a1)) }
            return .success
        },
        .clock_nanosleep: sleep,
    ]

    /// posix_get_monotonic_timespec() and its kin: the host's clock, and what the caller's time namespace adds.
    private static func shifted(_ clock: Int32, _ task: Task) throws(Refusal) -> Timespec {
        let time = try host { () throws(Errno) in try task.kernel.platform.time(ofClock: clock) }
        guard let shift = task.namespaces?.time.shift(ofClock: clock), shift != 0 else { return time }
        return Timespec(nanoseconds: time.seconds &* Timespec.second &+ time.fraction &+ shift)
    }

    /// posix_cpu_nsleep(): the caller's thread sleeps on the host until the other task has used so much.
    private static let sleep: Handler = { task, a throws(Refusal) in
        guard ProcessorClockTarget.namesTask(Arguments.int(a.a0)) else { return .continueOnHost }
        guard !ProcessorClockTarget.isDevice(Arguments.int(a.a0)) else { throw Refusal(.EOPNOTSUPP) }
        let time = try task.memory.load(UserAddress(a.a2), as: Timespec.self)
        guard time.seconds >= 0, (0..<Timespec.second).contains(time.fraction) else { throw Refusal(.EINVAL) }
        guard let other = try ProcessorClockTarget(Arguments.int(a.a0), of: task),
            other.thread !== task || other.isProcess, let clock = other.hostClock(for: task)
        else { throw Refusal(.EINVAL) }
        var arguments = a
        arguments.a0 = UInt64(UInt32(bitPattern: clock))
        return .callHost(
            HostCallSequence([.call(.clock_nanosleep, arguments)]) { $0.map { Int64(bitPattern: $0) } })
    }

    static func host<R>(_ body: () throws(Errno) -> R) throws(Refusal) -> R {
        do throws(Errno) { return try body() } catch { throw Refusal(error) }
    }
}

/// The task behind a CPU clock that names one: `~pid << 3`, bit 2 for a thread, and what is counted in the low two
/// (clock_getcpuclockid(3), posix-timers.h).
struct ProcessorClockTarget {
    let thread: Task
    let isProcess: Bool
    let kind: ProcessorClock

    /// Whether the clock is another's, by its number: neither a fixed one nor one of the caller's own (pid 0).
    static func namesTask(_ clock: Int32) -> Bool { clock < 0 && clock & ~7 != -8 }
    /// CLOCKFD: a clock device behind an fd, of which there are none.
    static func isDevice(_ clock: Int32) -> Bool { clock < 0 && clock & 7 == 3 }
    /// The caller's own clock.
    static func own(_ kind: ProcessorClock, ofProcess: Bool = true) -> Int32 {
        -8 | (ofProcess ? 0 : 4) | kind.rawValue
    }

    /// Nil for a clock that names no task. Throws EINVAL where there is no such task, or it is none of the caller's
    /// threads (pid_for_clock); a process is found by each of the caller's own threads when its time is asked.
    init?(_ clock: Int32, of task: Task, isAsked: Bool = false) throws(Refusal) {
        guard clock < 0 else { return nil }
        guard !Self.isDevice(clock), let kind = ProcessorClock(rawValue: clock & 3) else { throw Refusal(.EINVAL) }
        self.kind = kind
        isProcess = clock & 4 == 0
        let number = ~(clock >> 3)
        if number == 0 {
            thread = task
            return
        }
        guard let found = task.pidNamespace.task(number) else { throw Refusal(.EINVAL) }
        if isProcess {
            guard found.isLeader || (isAsked && found === task) else { throw Refusal(.EINVAL) }
        } else {
            guard found.group === task.group else { throw Refusal(.EINVAL) }
        }
        thread = found
    }

    /// The clock's time, in nanoseconds.
    func time(_ caller: Task) -> UInt64 {
        let group = thread.group
        if isProcess, let usage = group.finalUsage {
            return (usage.userMicroseconds &+ (kind == .user ? 0 : usage.systemMicroseconds)) &* 1000
        }
        let running = isProcess ? group.liveThread ?? thread : thread
        return caller.kernel.platform.processorTime(of: running, wholeProcess: isProcess, kind)
    }

    /// The same clock as a thread of `caller`'s process names it on the host.
    func hostClock(for caller: Task) -> Int32? {
        if isProcess ? thread.group === caller.group : thread === caller {
            return Self.own(kind, ofProcess: isProcess)
        }
        guard let running = isProcess ? thread.group.liveThread : thread,
            let number = caller.kernel.platform.hostNumber(of: running, wholeProcess: isProcess)
        else { return nil }
        return ~number << 3 | (isProcess ? 0 : 4) | kind.rawValue
    }
}

extension Timespec {
    static let second: Int64 = 1_000_000_000

    init(nanoseconds: UInt64) {
        self.init(nanoseconds: Int64(clamping: nanoseconds))
    }
    /// As ns_to_timespec64() rounds: the fraction is not negative.
    init(nanoseconds: Int64) {
        var (seconds, fraction) = nanoseconds.quotientAndRemainder(dividingBy: Self.second)
        if fraction < 0 {
            fraction += Self.second
            seconds -= 1
        }
        self.init(seconds: seconds, fraction: fraction)
    }
}
