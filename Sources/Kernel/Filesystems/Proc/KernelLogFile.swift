import Credentials
import LinuxABI

/// /proc/kmsg (proc_kmsg(5)): there is no log of a kernel, but the file is something to mount on.
package final class KernelLogFile: StaticInode {
    init(_ proc: ProcFS) { super.init(proc, .regular, 0o400) }

    /// kmsg_open()
    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        throw Refusal(.kernelLogClosed)
    }
}
