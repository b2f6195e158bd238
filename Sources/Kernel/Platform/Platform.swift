/// What the kernel asks of whatever runs the tasks: `SentryHost` for real programs, a recording fake in tests.
///
/// All calls come from under the kernel's lock. Calls that name a task's fds are valid only while that task is in
/// a system call (or a tracer stop). Nothing has a default: who runs tasks says to each question what it answers.
package protocol Platform: PlatformDescriptors, PlatformObjects, PlatformTextFiles, PlatformSignals, PlatformAnswers,
    PlatformMemory, PlatformClocks, PlatformStatistics, PlatformLimits
{
    /// The host's files.
    var storage: any HostStorage { get }
    /// The host's sockets, which carry the bytes.
    var sockets: any HostSockets { get }
}
