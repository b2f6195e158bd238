import Credentials
import LinuxABI

extension Kernel {
    private static let taskSetting = "kernel/threads-max"

    /// How many tasks there may be: what /proc/sys/kernel/threads-max was set to, and never more than the sandbox may have.
    package var taskLimit: Int {
        let chosen = settings.values[Self.taskSetting]?.first.map { Int(clamping: $0) } ?? limits.tasks
        return min(chosen, limits.tasks)
    }

    /// copy_process(), after RLIMIT_NPROC. Nobody is exempt.
    func checkTaskRoom() throws(Refusal) {
        if taskCount < taskLimit { return }
        guard taskLimit == limits.tasks else {
            throw refusal(.tooManyThreads, "\(taskCount) tasks, and kernel.threads-max was set to \(taskLimit)")
        }
        reached(.tasks)
        throw refusal(
            .tooManyThreads, "the sandbox has \(taskCount) tasks; --pids raises the limit of \(limits.tasks)")
    }
}
