/// How much the host lets a sandbox have.
package protocol PlatformLimits: AnyObject {
    /// How many fds a task's host table can hold.
    var descriptorLimit: Int { get }
    /// Applies a limit that the host enforces (RLIMIT_CPU, FSIZE, DATA, STACK, MEMLOCK, AS) as far as it may.
    func applyLimit(_ resource: Int, _ limit: ResourceLimit, to task: Task)
    /// The soft limit that RLIMIT_CPU has come to on the host; nil where the host has no such process.
    func processorTimeLimit(of task: Task) -> UInt64?
    /// How many pages the sandbox's pipes may hold before new ones get few.
    var pipePageLimit: Int { get }
    /// How many POSIX timers the sandbox may have: they count for the host user, who needs some too.
    var timerLimit: Int { get }
    /// Likewise for inotify instances.
    var inotifyInstanceLimit: Int { get }
    /// Likewise for watches of inotify instances.
    var inotifyWatchLimit: Int { get }
}
