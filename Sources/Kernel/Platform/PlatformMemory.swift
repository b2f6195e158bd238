import Credentials
import LinuxABI

/// What the host keeps of a task's address space. The bytes in it are read and written by `Task.memory`.
package protocol PlatformMemory: AnyObject {
    /// Whether a new program is being put into the task's memory, in which nobody else may write meanwhile.
    func isLoading(_ task: Task) -> Bool
    /// The text of the task's memory map, with guest paths, as /proc/[pid]/maps prints it.
    func memoryMap(of task: Task) -> [UInt8]
    /// Where a host file is mapped in the task's memory, in the order of addresses.
    func mappings(of file: HostFile, in task: Task) -> [MappedPiece]
    /// Whether the task's memory maps a private file with one of these numbers; shared and writable, if that is asked.
    func maps(privateFiles numbers: Range<UInt64>, writably: Bool, in task: Task) -> Bool
    /// The task's memory as a file for reading at addresses (proc_pid_mem(5)); writes are not the host's.
    func memoryFile(of task: Task, flags: OpenFlags) throws(Refusal) -> HostBacking
    /// set_robust_list(2)'s head, which the host keeps; null without one.
    func robustListHead(of task: Task) -> UserAddress
}
