/// Numbers of tasks and of the machine that only the host keeps.
package protocol PlatformStatistics: AnyObject {
    /// The host's number of a thread, or of its process, for a host call of another one; nil where there is none.
    func hostNumber(of task: Task, wholeProcess: Bool) -> Int32?
    /// Host state of a task that only the host knows: CPU times, blocked signals, sizes.
    func statistics(of task: Task) -> HostStatistics
    /// What a thread, or its process with the threads that have ended, read and wrote, as proc_pid_io(5) prints it;
    /// empty when there is nothing to tell.
    func transfers(of task: Task, wholeProcess: Bool) -> [UInt8]
    /// The CPUs on which `task` may run, as a bit mask of bytes (sched_getaffinity(2)).
    func affinity(of task: Task) -> [UInt8]
    /// The host's own text of a harmless file; empty when it has none.
    func hostText(_ kind: HostText) -> [UInt8]
}

/// Numbers of a task that only the host keeps.
package struct HostStatistics: Sendable {
    /// Clock ticks of 10 ms.
    package var userTicks: UInt64 = 0
    /// The same in microseconds, where the host told so; 0 otherwise.
    package var userMicroseconds: UInt64 = 0
    package var systemMicroseconds: UInt64 = 0
    package var systemTicks: UInt64 = 0
    /// Kilobytes.
    package var virtualKilobytes: UInt64 = 0
    /// By mlock(2).
    package var lockedKilobytes: UInt64 = 0
    package var residentKilobytes: UInt64 = 0
    package var maximumResidentKilobytes: UInt64 = 0
    package var minorFaults: UInt64 = 0
    package var majorFaults: UInt64 = 0
    package var voluntarySwitches: UInt64 = 0
    package var involuntarySwitches: UInt64 = 0
    /// Signal sets, one bit each.
    package var blocked: UInt64 = 0
    /// Blocked but for the time of an rt_sigtimedwait(2) that waits for them.
    package var awaited: UInt64 = 0
    package var ignored: UInt64 = 0
    package var caught: UInt64 = 0
    package var pending: UInt64 = 0
    package var sharedPending: UInt64 = 0
    /// Whether the thread waits on the host in a call that runs there.
    package var isSleeping = false
    package init() {}
}

/// Host files that /proc and /sys may repeat, as they tell nothing but the machine's size and load.
package enum HostText: CaseIterable, Sendable {
    /// /proc/cpuinfo, meminfo, loadavg, uptime, stat and vmstat.
    case cpuinfo, meminfo, loadavg, uptime, stat, vmstat
    /// /sys/devices/system/cpu/online, possible and present.
    case cpusOnline, cpusPossible, cpusPresent
}
