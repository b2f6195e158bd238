import Credentials
import LinuxABI

/// Which process is told once that a message came to an empty queue (mq_notify(3)).
package struct QueueNotification {
    /// SIGEV_SIGNAL 0, SIGEV_NONE 1.
    package let method: Int32
    /// 0 is accepted and sends nothing.
    package let signal: Int32
    package let value: UInt64
    package let owner: PID
    /// Of who registered: there the sender's user gets its number.
    let userNamespace: UserNamespace
    /// Another program in the same process is not told (self_exec_id).
    let execCount: UInt64

    package init(method: Int32, signal: Int32, value: UInt64, task: Task) {
        self.method = method
        self.signal = signal
        self.value = value
        owner = task.group.pid
        userNamespace = task.userNamespace
        execCount = task.group.execCount
    }

    /// SIGNO of the queue's status.
    var shownSignal: Int32 { method == 0 ? signal : 0 }
}

extension Mqueue {
    /// Registers the caller's process; EBUSY while another one is, or it is itself.
    package func register(_ request: QueueNotification) throws(Refusal) {
        guard notification == nil else { throw Refusal(.EBUSY) }
        notification = request
    }

    /// Ends the caller's own registration.
    package func unregister(_ task: Task) {
        if notification?.owner === task.group.pid { notification = nil }
    }

    /// __do_notify(): after `sender` put the first message into a queue at which nobody waits.
    package func notify(from sender: Task) {
        guard count == 1, let registered = notification else { return }
        notification = nil
        guard registered.method == 0, let signal = Signal(checked: registered.signal),
            let group = registered.owner.task?.group, group.pid === registered.owner,
            group.execCount == registered.execCount, let receiver = group.liveThread
        else { return }
        // Numbered where the process registered, and then once more on the way to the receiver, as any queued signal is.
        let uid = registered.userNamespace.uidOrOverflow(sender.credentials.uid).rawValue
        sender.kernel.deliver(
            SignalInfo(
                signal, code: SignalInfo.messageQueueCode,
                pid: sender.group.pid.number(in: registered.owner.namespace),
                uid: sender.kernel.translate(uid, from: sender, to: receiver), value: registered.value),
            to: group, from: sender)
    }
}
