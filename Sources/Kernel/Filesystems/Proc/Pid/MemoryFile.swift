import Credentials
import LinuxABI

/// An open /proc/[pid]/mem. Its reads are the host's; what is written to it the kernel writes into the task's memory, as
/// the sentry may open nothing of the host's /proc for writing.
package final class MemoryFile: OpenFile {
    private weak var task: Task?
    private let memory: any GuestMemory

    init(_ task: Task, path: Path, flags: OpenFlags, credentials: Credentials, backing: HostBacking) {
        self.task = task
        memory = task.addressSpace
        super.init(path: path, flags: flags, credentials: credentials, backing: backing)
    }

    package override var interceptsWrites: Bool { flags.writes }
    /// A write(2) needs its position.
    package override var keepsHostFile: Bool { flags.writes }

    /// mem_rw(): EIO where not even the first page can be written, and nothing once the memory is gone.
    package override func write(_ bytes: [UInt8], offset: Int64, by caller: any Caller) throws(Refusal) -> Int {
        guard let task, task.addressSpace === memory, !task.isExiting, !bytes.isEmpty else { return 0 }
        if task.kernel.platform.isLoading(task) { throw Refusal(.EIO) }
        let count = memory.write(bytes[...], at: UserAddress(UInt64(bitPattern: offset)))
        guard count > 0 else { throw Refusal(.EIO) }
        return count
    }
}
