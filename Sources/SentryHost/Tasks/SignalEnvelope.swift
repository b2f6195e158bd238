import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI

/// How the model's siginfo travels through the host's queue.
///
/// The host accepts no `si_code` of the kernel's own, kill(2)'s or tgkill(2)'s in a signal for another process
/// (rt_sigqueueinfo(2)). So the sentry queues those as SI_QUEUE with the real code in `si_errno` under a mark, and the
/// tracer puts the real siginfo in place where the task receives it: at its delivery to a handler, in what
/// rt_sigtimedwait(2) has stored, and in what was read from a signalfd. All other codes travel as they are.
enum SignalEnvelope {
    private static let mark: Int32 = 0x4e53_0000
    private static let queued: Int32 = -1
    /// A signalfd's record keeps only si_value of what is queued: 16 bits for each time follow the status.
    private static let mostTicks: UInt64 = 0xffff

    static func seal(_ info: SignalInfo) -> chost_siginfo {
        var sealed = chost_siginfo()
        sealed.signal = info.signal.rawValue
        sealed.pid = info.pid
        sealed.uid = info.uid
        sealed.value = info.value
        if info.code < 0, info.code != SignalInfo.threadCode {
            sealed.code = info.code
            sealed.error = isMarked(info.error) ? 0 : info.error
            return sealed
        }
        sealed.code = queued
        sealed.error = mark | (info.code & 0xffff)
        if info.signal == .chld, info.code > 0 {
            sealed.value =
                UInt64(UInt32(bitPattern: info.status)) | min(info.userTicks, mostTicks) << 32
                | min(info.systemTicks, mostTicks) << 48
            sealed.user_ticks = info.userTicks
            sealed.system_ticks = info.systemTicks
        }
        return sealed
    }

    /// The virtual siginfo for `task`, or nil when the host's holds.
    static func open(_ info: chost_siginfo, for task: Task) -> chost_siginfo? {
        guard let code = code(error: info.error, code: info.code) else {
            guard info.code == SignalInfo.userCode else { return nil }
            var opened = info
            (opened.pid, opened.uid) = hostSender(info.pid, task)
            return opened
        }
        var opened = info
        opened.error = 0
        opened.code = code
        if info.signal == SIGCHLD, code > 0 { opened.value = info.value & 0xffff_ffff }
        return opened
    }

    /// The same for a record of a signalfd.
    static func open(_ record: signalfd_siginfo, for task: Task) -> signalfd_siginfo? {
        guard let code = code(error: record.ssi_errno, code: record.ssi_code) else {
            guard record.ssi_code == SignalInfo.userCode else { return nil }
            var opened = record
            let sender = hostSender(Int32(bitPattern: record.ssi_pid), task)
            (opened.ssi_pid, opened.ssi_uid) = (UInt32(bitPattern: sender.pid), sender.uid)
            return opened
        }
        var opened = signalfd_siginfo()
        opened.ssi_signo = record.ssi_signo
        opened.ssi_code = code
        // signalfd_copyinfo() tells of each kind of code what belongs to it.
        if record.ssi_signo == UInt32(SIGCHLD), code > 0 {
            (opened.ssi_pid, opened.ssi_uid) = (record.ssi_pid, record.ssi_uid)
            opened.ssi_status = Int32(truncatingIfNeeded: record.ssi_ptr)
            opened.ssi_utime = record.ssi_ptr >> 32 & mostTicks
            opened.ssi_stime = record.ssi_ptr >> 48
        } else if code > 0, code < SignalInfo.kernelCode {
            opened.ssi_band = record.ssi_pid
            opened.ssi_fd = Int32(truncatingIfNeeded: record.ssi_ptr)
        } else {
            (opened.ssi_pid, opened.ssi_uid) = (record.ssi_pid, record.ssi_uid)
        }
        return opened
    }

    /// Who sent a signal that did not come from the sentry: the host's kernel in the task's own name (SIGPIPE and SIGXFSZ),
    /// else somebody on the host, whom nobody sees in here.
    private static func hostSender(_ pid: Int32, _ task: Task) -> (pid: Int32, uid: UInt32) {
        guard let thread = task.hostThread as? HostThread, pid == thread.tgid else {
            return (0, task.userNamespace.overflow.uid)
        }
        return (task.tgid, task.userNamespace.uidOrOverflow(task.credentials.uid).rawValue)
    }

    /// The real `si_code` in an envelope.
    private static func code(error: Int32, code: Int32) -> Int32? {
        code == queued && isMarked(error) ? Int32(Int16(truncatingIfNeeded: error)) : nil
    }

    private static func isMarked(_ error: Int32) -> Bool { error & ~0xffff == mark }
}
