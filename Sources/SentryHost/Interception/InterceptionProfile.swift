import Kernel

/// How a thread's calls reach the sentry beyond the common filter. It follows from the model alone, and the tracer brings
/// the host thread in line with it whenever it stops.
struct InterceptionProfile {
    /// Stops at every call: no filter can tell a read from a signalfd, or from a file system's context, from any other.
    let follows: Bool
    /// By whose clocks it lives.
    let time: TimeNamespace?

    init(_ task: Task, layersAreSafe: Bool) {
        time = task.namespaces?.time
        // Where a guest could change the layer's program before the host reads it, following takes its place.
        follows = task.files.needsFollowing || (!layersAreSafe && time?.hasOffsets == true)
    }
}

extension HostPlatform {
    func profile(of thread: HostThread) -> InterceptionProfile {
        InterceptionProfile(thread.task, layersAreSafe: sealed.areSealed)
    }

    /// Whether the thread has to be stopped before it may go on in its program. Asked after every call, so in the common
    /// case nothing but two references is compared.
    func lagsBehind(_ thread: HostThread) -> Bool {
        let task = thread.task
        if let time = task.namespaces?.time, time !== thread.clocks.time {
            // A namespace without offsets is what every program begins with.
            guard thread.clocks.suits(time) else { return true }
            if thread.clocks.image == nil { thread.clocks.note(time) }
        }
        return !thread.followsCalls && profile(of: thread).follows
    }
}
