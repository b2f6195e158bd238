import Credentials
import LinuxABI

/// The tasks' host tables of descriptors, which mirror those of the model.
package protocol PlatformDescriptors: AnyObject {
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
    /// The host's text of /proc/[pid]/fdinfo for `fd` of any task; empty when it has none.
    func descriptorInformation(_ fd: Int32, of task: Task) -> [UInt8]
    /// The position of the host's description behind `fd` of a task in a call; 0 where there is none.
    func position(of fd: Int32, in task: Task) -> Int64
    /// The size of the host's file behind `file`, which `task` or another one has open; nil where nobody has.
    func size(of file: OpenFile, near task: Task) -> Int64?
}
