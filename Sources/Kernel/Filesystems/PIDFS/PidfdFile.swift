import Credentials
import LinuxABI

/// A pidfd (pidfd_open(2)): a stable reference to a process or, with PIDFD_THREAD, to a thread.
package final class PidfdFile: OpenFile {
    package let pid: PID
    package let refersToThread: Bool

    package init(
        _ pid: PID, thread: Bool, backing: HostBacking, path: Path, flags: OpenFlags, credentials: Credentials
    ) {
        self.pid = pid
        refersToThread = thread
        super.init(path: path, flags: flags, credentials: credentials, backing: backing)
        pid.addPoller(self)
    }

    package override var keepsHostFile: Bool { true }
    /// None can be written.
    package override var interceptsWrites: Bool { true }

    package override var linkText: [UInt8]? { Array("anon_inode:[pidfd]".utf8) }

    /// pidfd_show_fdinfo(): the process' number in the reader's /proc, and in the namespaces below; −1 once reaped.
    func appendInfo(to text: inout TextBuffer, _ reader: ProcReader) {
        text.append("Pid:\t")
        let number = reader.number(pid)
        text.append(pid.task == nil ? -1 : number)
        text.append("\nNSpid:")
        if pid.task == nil {
            text.append("\t-1")
        } else if number == 0 {
            text.append("\t0")
        } else {
            for level in reader.pidNamespace.level..<pid.numbers.count {
                text.tab()
                text.append(pid.numbers[level])
            }
        }
        text.newline()
    }
}
