import Credentials
import LinuxABI

/// Signals to tasks, and files that send or show them.
package protocol PlatformSignals: AnyObject {
    /// Sends a signal to the host thread (`thread`) or to its whole group; permission was settled by the kernel.
    func deliver(_ info: SignalInfo, to task: Task, wholeGroup: Bool)
    /// `file`, open at `fd` of `task`, has an owner and O_ASYNC: its readiness is to reach `Kernel.sendIO`.
    func watchReadiness(of file: OpenFile, at fd: Int32, in task: Task)
}
