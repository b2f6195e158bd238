import Credentials
import LinuxABI

/// Whom a signal is for.
package enum SignalTarget {
    /// Any thread of the process.
    case process(ThreadGroup)
    /// This thread.
    case thread(Task)

    package var task: Task? {
        switch self {
        case .process(let group): group.leader ?? group.liveThread
        case .thread(let task): task
        }
    }
}

extension SignalInfo {
    /// SI_KERNEL.
    package static let kernelCode: Int32 = 0x80
    /// SI_USER, kill(2).
    package static let userCode: Int32 = 0
    /// SI_QUEUE, sigqueue(3).
    package static let queueCode: Int32 = -1
    /// SI_MESGQ, mq_notify(3).
    package static let messageQueueCode: Int32 = -3
    /// SI_TKILL, tkill(2) and tgkill(2).
    package static let threadCode: Int32 = -6
}

extension Kernel {
    /// Sends `signal` on behalf of `sender`; nil only checks (kill(2) with 0). `code` and `value` are si_code and
    /// si_value; `claimedPID`, `claimedUID` and `error` are what rt_sigqueueinfo(2)'s caller wrote, as its namespaces
    /// number them.
    package func send(
        _ signal: Signal?, from sender: Task, to target: SignalTarget, code: Int32 = SignalInfo.userCode,
        value: UInt64 = 0, claimedPID: Int32? = nil, claimedUID: UInt32? = nil, error: Int32 = 0
    ) throws(Refusal) {
        guard let receiver = target.task else { throw Refusal(.ESRCH) }
        try checkKillPermission(sender, receiver, signal)
        guard let signal else { return }
        // The number is the one that the sender has in its own PID namespace, also where the receiver numbers it
        // otherwise; a sender that the receiver cannot see is 0 (prepare_kill_siginfo, send_signal_locked).
        let isVisible = sender.pid.number(in: receiver.pidNamespace) != 0
        let uid = claimedUID ?? sender.userNamespace.uidOrOverflow(sender.credentials.uid).rawValue
        var info = SignalInfo(
            signal, code: code, pid: isVisible ? claimedPID ?? sender.tgid : 0,
            uid: translate(uid, from: sender, to: receiver), value: value)
        info.error = error
        switch target {
        case .process(let group):
            if try signalRoom(signal, code: code, to: receiver, wholeGroup: true) == .none { return }
            deliver(info, to: group, from: sender)
        case .thread(let task):
            if try signalRoom(signal, code: code, to: receiver, wholeGroup: false) == .none { return }
            guard !task.isExiting, !isImmune(task, to: signal, isForced: isOutside(sender, task)) else { return }
            platform.deliver(info, to: task, wholeGroup: false)
        }
    }

    /// A user's number in the sender's namespace as the receiver's has it (send_signal_locked). It goes the way over the
    /// sender's map, so one that is unmapped there stays so.
    func translate(_ uid: UInt32, from sender: Task, to receiver: Task) -> UInt32 {
        guard sender.userNamespace !== receiver.userNamespace else { return uid }
        return sender.userNamespace.kuid(UID(uid)).map { receiver.userNamespace.uidOrOverflow($0).rawValue }
            ?? initialUserNamespace.overflow.uid
    }

    /// check_kill_permission(): the caller's real or effective user is the target's real or saved one, or CAP_KILL.
    package func checkKillPermission(_ sender: Task, _ receiver: Task, _ signal: Signal?) throws(Refusal) {
        if sender.group === receiver.group { return }
        let own = sender.credentials
        let other = receiver.credentials
        if own.euid == other.suid || own.euid == other.uid || own.uid == other.suid || own.uid == other.uid { return }
        if own.has(.kill, over: other.userNamespace) { return }
        if signal == .cont, sender.group.session === receiver.group.session { return }
        throw refusal(
            .signalOtherUser,
            "uid \(own.uid.rawValue), target's uid \(other.uid.rawValue) and saved uid \(other.suid.rawValue)")
    }

    /// A signal that a thread gets for what it did itself, as if it had sent it (send_sig with SEND_SIG_NOINFO).
    package func sendOwn(_ signal: Signal, to task: Task) {
        guard !isImmune(task, to: signal, isForced: false) else { return }
        platform.deliver(userInfo(signal, from: task, to: task), to: task, wholeGroup: false)
    }

    /// A siginfo that names the sender as the receiver's namespaces number it (SEND_SIG_NOINFO).
    func userInfo(_ signal: Signal, from sender: Task, to receiver: Task) -> SignalInfo {
        SignalInfo(
            signal, code: SignalInfo.userCode, pid: sender.group.pid.number(in: receiver.pidNamespace),
            uid: receiver.userNamespace.uidOrOverflow(sender.credentials.uid).rawValue)
    }

    /// Hands a signal for a whole process to the platform; `sender` nil is the kernel itself.
    func deliver(_ info: SignalInfo, to group: ThreadGroup, from sender: Task? = nil) {
        guard let task = group.liveThread, !isImmune(task, to: info.signal, isForced: isOutside(sender, task)) else {
            return
        }
        platform.deliver(info, to: task, wholeGroup: true)
    }

    /// Whether `task` is the init of a PID namespace and has no use for `signal` (pid_namespaces(7)): without a handler
    /// nothing reaches it, but SIGKILL and SIGSTOP that are forced: from an outer namespace, or from the kernel itself.
    func isImmune(_ task: Task, to signal: Signal, isForced: Bool) -> Bool {
        guard task.isNamespaceInit else { return false }
        if signal == .kill || signal == .stop { return !isForced }
        // The platform drops a signal without a handler whose default is to be ignored, for any process.
        if signal.defaultAction == .ignore { return false }
        let state = platform.statistics(of: task)
        return (state.caught | state.blocked | state.awaited) & signal.bit == 0
    }
    /// Whether the receiver cannot see the sender; nil is the kernel itself.
    private func isOutside(_ sender: Task?, _ receiver: Task) -> Bool {
        sender.map { $0.pid.number(in: receiver.pidNamespace) == 0 } ?? true
    }
}
