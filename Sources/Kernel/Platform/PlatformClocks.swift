import LinuxABI

/// The host's clocks.
package protocol PlatformClocks: AnyObject {
    /// CLOCK_MONOTONIC, in nanoseconds.
    var monotonicNow: UInt64 { get }
    /// CLOCK_BOOTTIME, in nanoseconds.
    var bootNow: UInt64 { get }
    /// What a clock of the host tells that belongs to no task (clock_gettime(2)).
    func time(ofClock clock: Int32) throws(Errno) -> Timespec
    /// How finely such a clock tells it (clock_getres(2)).
    func resolution(ofClock clock: Int32) throws(Errno) -> Timespec
    /// CPU time of a thread, or of its process with the threads that have ended, in nanoseconds.
    func processorTime(of task: Task, wholeProcess: Bool, _ clock: ProcessorClock) -> UInt64
}

/// What a CPU clock counts (CPUCLOCK_PROF, VIRT and SCHED).
package enum ProcessorClock: Int32, Sendable {
    case userAndSystem = 0
    case user = 1
    case scheduled = 2
}
