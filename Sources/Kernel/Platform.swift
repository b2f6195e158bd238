import Credentials
import LinuxABI

/// What the kernel asks of whatever runs the tasks: `SentryHost` for real programs, a recording fake in tests.
///
/// All calls come from under the kernel's lock. Calls that name a task's fds are valid only while that task is in
/// a system call (or a tracer stop).
package protocol Platform: AnyObject {
    /// Mirrors the entry at `fd` of the task's table into its host table, replacing what is there. Where a `.text` file
    /// has no text for its opener (EACCES, EPERM), reads shall fail so.
    func install(_ file: OpenFile, at fd: Int32, closeOnExec: Bool, in task: Task) throws(Refusal)
    /// The same for a call that returns `fd`; nothing may follow that the caller could miss, as the host may let it go on.
    func answer(installing file: OpenFile, at fd: Int32, closeOnExec: Bool, in task: Task) throws(Refusal)
    /// Whether the caller's own call, a copy of one of its fds, can be left to the host, which will choose `fd` and not fail:
    /// nobody else uses the table, and the host's has nothing there that the model does not know of.
    func hostMayCopy(to fd: Int32, in task: Task) -> Bool
    /// Makes `fd` in the task's host table behave as closed.
    func uninstall(_ fd: Int32, in task: Task)
    /// A reference to the host description behind `fd` of any task, to act on it (pidfd_getfd).
    func borrow(_ fd: Int32, of task: Task) throws(Refusal) -> HostFile

    /// Sets the status flags of the host's file behind `fd` (F_SETFL).
    func setFlags(_ flags: OpenFlags, of fd: Int32, in task: Task) throws(Refusal)

    /// A new description of what an open file leads to, with access mode and status of `flags` (open of /proc/[pid]/fd).
    func reopen(_ file: OpenFile, flags: OpenFlags, for task: Task) throws(Refusal) -> HostFile

    /// Shows the present text of a `.text` file to who reads it again from its beginning.
    func rewriteText(of file: OpenFile)
    /// The position of the description of a `.text` file, or of one that the sentry keeps, and how a write moves it.
    func textPosition(of file: OpenFile) -> Int64
    func setTextPosition(of file: OpenFile, _ position: Int64)
    /// The host's text of /proc/[pid]/fdinfo for `fd` of any task; empty when it has none.
    func descriptorInformation(_ fd: Int32, of task: Task) -> [UInt8]
    /// The position of the host's description behind `fd` of a task in a call; 0 where there is none.
    func position(of fd: Int32, in task: Task) -> Int64
    /// The size of the host's file behind `file`, which `task` or another one has open; nil where nobody has.
    func size(of file: OpenFile, near task: Task) -> Int64?
    /// `file`, open at `fd` of `task`, has an owner and O_ASYNC: its readiness is to reach `Kernel.sendIO`.
    func watchReadiness(of file: OpenFile, at fd: Int32, in task: Task)
    /// Changes which signals a signalfd shows, which is open at `fd` of `task`.
    func setSignalMask(_ mask: UInt64, of file: OpenFile, at fd: Int32, in task: Task) throws(Refusal)
    /// The host's number of a thread, or of its process, for a host call of another one; nil where there is none.
    func hostNumber(of task: Task, wholeProcess: Bool) -> Int32?
    /// How many fds a task's host table can hold.
    var descriptorLimit: Int { get }
    /// Makes a host object; most kinds give one description, pipes and socket pairs two.
    func makeHostObject(_ object: HostObject) throws(Errno) -> [HostFile]

    /// Makes poll(2) on an eventfd tell what a queue is ready for.
    func show(_ level: QueueLevel, on file: HostFile)

    /// Sends a signal to the host thread (`thread`) or to its whole group; permission was settled by the kernel.
    func deliver(_ info: SignalInfo, to task: Task, wholeGroup: Bool)
    /// Ends the call in which `task` is parked, with its result or a restart code.
    func complete(_ task: Task, _ result: Result<Int64, Errno>)
    /// Whether a new program is being put into the task's memory, in which nobody else may write meanwhile.
    func isLoading(_ task: Task) -> Bool
    /// set_robust_list(2)'s head, which the host keeps; null without one.
    func robustListHead(of task: Task) -> UserAddress
    /// Host state of a task that only the host knows: CPU times, blocked signals, memory maps.
    func statistics(of task: Task) -> HostStatistics
    /// What a thread, or its process with the threads that have ended, read and wrote, as proc_pid_io(5) prints it;
    /// empty when there is nothing to tell.
    func transfers(of task: Task, wholeProcess: Bool) -> [UInt8]
    /// The text of the task's memory map, with guest paths, as /proc/[pid]/maps prints it.
    func memoryMap(of task: Task) -> [UInt8]
    /// Where a host file is mapped in the task's memory, in the order of addresses.
    func mappings(of file: HostFile, in task: Task) -> [MappedPiece]
    /// How many bytes of a memory file are there.
    func allocatedBytes(of file: HostFile) -> UInt64
    /// The host's own text of a harmless file; empty when it has none.
    func hostText(_ kind: HostText) -> [UInt8]

    /// A file that can be polled, and neither read nor written (EINVAL). It is not ready until the kernel says so.
    func makePollableFile() throws(Refusal) -> HostBacking
    /// Makes such a file readable (POLLIN), and hung up too (POLLHUP) with `isHungUp`; for good.
    func makeReady(_ file: OpenFile, isHungUp: Bool)
    /// The task's memory as a file for reading at addresses (proc_pid_mem(5)); writes are not the host's.
    func memoryFile(of task: Task, flags: OpenFlags) throws(Refusal) -> HostBacking
    /// The CPUs on which `task` may run, as a bit mask of bytes (sched_getaffinity(2)).
    func affinity(of task: Task) -> [UInt8]
    /// Applies a limit that the host enforces (RLIMIT_CPU, FSIZE, DATA, STACK, MEMLOCK, AS) as far as it may.
    func applyLimit(_ resource: Int, _ limit: ResourceLimit, to task: Task)
    /// The soft limit that RLIMIT_CPU has come to on the host; nil where the host has no such process.
    func processorTimeLimit(of task: Task) -> UInt64?
    /// CLOCK_MONOTONIC and CLOCK_BOOTTIME, in nanoseconds.
    var monotonicNow: UInt64 { get }
    var bootNow: UInt64 { get }
    /// What a clock of the host tells that belongs to no task, and how finely (clock_gettime(2), clock_getres(2)).
    func time(ofClock clock: Int32) throws(Errno) -> Timespec
    func resolution(ofClock clock: Int32) throws(Errno) -> Timespec
    /// CPU time of a thread, or of its process with the threads that have ended, in nanoseconds.
    func processorTime(of task: Task, wholeProcess: Bool, _ clock: ProcessorClock) -> UInt64
    /// How many POSIX timers, inotify instances and watches the sandbox may have: they count for the host user, who needs
    /// some too.
    var timerLimit: Int { get }
    var inotifyInstanceLimit: Int { get }
    var inotifyWatchLimit: Int { get }
    /// How many pages the sandbox's pipes may hold before new ones get few.
    var pipePageLimit: Int { get }
    /// Sets how many bytes a pipe may hold, and returns what it became (F_SETPIPE_SZ).
    func resizePipe(_ end: HostFile, to size: UInt32) throws(Errno) -> Int64

    var storage: any HostStorage { get }
    var sockets: any HostSockets { get }
}

extension Platform {
    package func answer(installing file: OpenFile, at fd: Int32, closeOnExec: Bool, in task: Task) throws(Refusal) {
        try install(file, at: fd, closeOnExec: closeOnExec, in: task)
    }
    package func hostMayCopy(to fd: Int32, in task: Task) -> Bool { false }
    package var descriptorLimit: Int { 1 << 20 }
    package func isLoading(_ task: Task) -> Bool { false }
    package var timerLimit: Int { .max }
    package var inotifyInstanceLimit: Int { .max }
    package var inotifyWatchLimit: Int { .max }
    package var pipePageLimit: Int { .max }
    package func resizePipe(_ end: HostFile, to size: UInt32) throws(Errno) -> Int64 { Int64(size) }
    package func show(_ level: QueueLevel, on file: HostFile) {}
    package func allocatedBytes(of file: HostFile) -> UInt64 { 0 }
    package func watchReadiness(of file: OpenFile, at fd: Int32, in task: Task) {}
    package func transfers(of task: Task, wholeProcess: Bool) -> [UInt8] { [] }
    package func robustListHead(of task: Task) -> UserAddress { UserAddress(0) }
    package func applyLimit(_ resource: Int, _ limit: ResourceLimit, to task: Task) {}
    package func processorTimeLimit(of task: Task) -> UInt64? { nil }
}

/// What a CPU clock counts (CPUCLOCK_PROF, VIRT and SCHED).
package enum ProcessorClock: Int32, Sendable {
    case userAndSystem = 0
    case user = 1
    case scheduled = 2
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

extension Platform {
    package func memoryFile(of task: Task, flags: OpenFlags) throws(Refusal) -> HostBacking { .inert }
    package func rewriteText(of file: OpenFile) {}
    package func textPosition(of file: OpenFile) -> Int64 { 0 }
    package func setTextPosition(of file: OpenFile, _ position: Int64) {}
    package func descriptorInformation(_ fd: Int32, of task: Task) -> [UInt8] { [] }
    package func position(of fd: Int32, in task: Task) -> Int64 { 0 }
    package func size(of file: OpenFile, near task: Task) -> Int64? { nil }
    package func hostText(_ kind: HostText) -> [UInt8] { [] }
}
