import Credentials
import LinuxABI

extension TaskFile {
    /// What is in /proc/[pid] and in /proc/[pid]/task/[tid], in the kernel's order (tgid_base_stuff, tid_base_stuff).
    static let all: [TaskFile] = [
        TaskFile("task", .directory, 0o555, .process) { TaskListDirectory($0, $1, entry: $3) },
        TaskFile("fd", .directory, 0o500) { FdDirectory($0, $1, isThread: $2, entry: $3) },
        TaskFile("fdinfo", .directory, 0o555) { FdinfoDirectory($0, $1, isThread: $2, entry: $3) },
        TaskFile("ns", .directory, 0o511) { NsDirectory($0, $1, isThread: $2, entry: $3) },
        TaskFile("environ", 0o400, check: PidCheck.memory, show: PidCmdline.environment),
        TaskFile("status", show: PidStatus.text),
        TaskFile("limits", show: PidLimits.text),
        comm,
        TaskFile("cmdline", show: PidCmdline.text),
        TaskFile("stat", show: PidStat.text),
        TaskFile("statm", show: PidStatm.text),
        TaskFile("cwd", .symlink, 0o777) { TaskLink($0, $1, isThread: $2, entry: $3, target: TaskLink.cwd) },
        TaskFile("root", .symlink, 0o777) { TaskLink($0, $1, isThread: $2, entry: $3, target: TaskLink.root) },
        TaskFile("exe", .symlink, 0o777) { TaskLink($0, $1, isThread: $2, entry: $3, target: TaskLink.exe) },
        TaskFile("cgroup") { _, _ in Array("0::/\n".utf8) },
    ]

    private static let comm: TaskFile = {
        var file = TaskFile("comm", 0o644, store: PidComm.write, show: PidComm.text)
        file.isOpenToOwnThreads = true
        return file
    }()
}

/// open(2) checks beyond mode bits.
enum PidCheck {
    /// proc_mem_open(): the memory of another is for those who may look into it.
    @Sendable static func memory(_ task: Task, _ flags: OpenFlags, _ caller: any Caller) throws(Refusal) {
        // A zombie's memory is gone: mm_access() finds none.
        guard task.namespaces != nil else { throw Refusal(.ESRCH) }
        try TaskAccess.require(task, by: caller)
    }
}
