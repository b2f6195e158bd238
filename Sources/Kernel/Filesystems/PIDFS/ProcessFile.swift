import Credentials
import LinuxABI

/// A pidfd (pidfd_open(2)): a stable reference to a process or, with PIDFD_THREAD, to a thread.
package final class ProcessFile: OpenFile {
    package let pid: PID
    package let refersToThread: Bool

    package init(
        _ pid: PID, thread: Bool, backing: HostBacking, path: Path, flags: OpenFlags, credentials: Credentials
    ) {
        self.pid = pid
        refersToThread = thread
        super.init(path: path, flags: flags, credentials: credentials, backing: backing)
    }

    package override var linkText: [UInt8]? { Array("anon_inode:[pidfd]".utf8) }
}
