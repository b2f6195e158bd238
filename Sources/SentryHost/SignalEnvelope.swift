import CHostLinux
import LinuxABI

/// How the model's siginfo travels through the host's queue.
///
/// The host accepts no `si_code` ≥ 0 for a queued signal, so the sentry queues SI_QUEUE with the real code in
/// `si_errno` under a mark, and the tracer puts it in place when the signal is delivered (rt_sigqueueinfo(2)).
enum SignalEnvelope {
    private static let mark: Int32 = 0x4e53_0000
    private static let queued: Int32 = -1

    static func seal(_ info: SignalInfo) -> chost_siginfo {
        chost_siginfo(
            signal: info.signal.rawValue, error: mark | (info.code & 0xffff), code: queued, pid: info.pid,
            uid: info.uid,
            status: info.status,
            // A child's status and a queued value share their place.
            value: info.signal == .chld && info.code > 0 ? UInt64(UInt32(bitPattern: info.status)) : info.value)
    }

    /// The virtual siginfo, or nil when the sentry did not send this signal.
    static func open(_ info: chost_siginfo) -> chost_siginfo? {
        guard info.code == queued, info.error & ~0xffff == mark else { return nil }
        let code = Int32(Int16(truncatingIfNeeded: info.error))
        return chost_siginfo(
            signal: info.signal, error: 0, code: code, pid: info.pid, uid: info.uid,
            status: Int32(truncatingIfNeeded: info.value), value: info.value)
    }
}
