import Credentials
import LinuxABI

/// /proc/[pid]/exe, cwd and root: magic links to places, for those who may look into the task.
package final class TaskLink: TaskInode {
    typealias Target = @Sendable (Task) -> Path?
    private let target: Target

    init(_ proc: ProcFS, _ pid: PID, isThread: Bool, entry: Int, target: @escaping Target) {
        self.target = target
        super.init(
            proc, pid, isThread: isThread, mode: FileMode(.symlink, 0o777),
            number: TaskInode.number(pid, isThread: isThread, entry: entry))
    }

    static func exe(_ task: Task) -> Path? { task.image.executable }
    static func cwd(_ task: Task) -> Path? { task.fs.workingDirectory }
    static func root(_ task: Task) -> Path? { task.fs.root }

    /// proc_pid_get_link(): EACCES without ptrace access; ENOENT for a zombie.
    private func place(for caller: any Caller) throws(Refusal) -> Path {
        guard let task = pid.task else { throw Refusal(.ENOENT) }
        try ProcAccess.require(task, by: caller)
        guard task.namespaces != nil, let path = target(task) else { throw Refusal(.ENOENT) }
        return path
    }

    package override func readLink(for caller: any Caller) throws(Refusal) -> [UInt8] {
        try place(for: caller).text(from: caller.fs.root).withDeletedMark
    }
    package override func followLink(for caller: any Caller) throws(Refusal) -> Path? { try place(for: caller) }
}
