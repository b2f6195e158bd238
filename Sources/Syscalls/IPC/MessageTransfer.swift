import Credentials
import Kernel
import LinuxABI

/// msgsnd(2), decoded: it waits until the queue has room (do_msgsnd).
final class MessageSending: WaitingCall {
    private let messages: MessageQueue
    private let message: MessageQueue.Message
    private let waits: Bool

    init(_ messages: MessageQueue, _ message: MessageQueue.Message, waits: Bool) {
        self.messages = messages
        self.message = message
        self.waits = waits
    }

    var queue: WaitQueue { messages.waiters }
    var interruption: Result<Int64, Errno> { .failure(.ERESTARTNOHAND) }

    func resume(_ task: Task, _ wakeup: Wakeup) throws(Refusal) -> Outcome {
        if messages.isRemoved { throw Refusal(.EIDRM) }
        // ss_wakeup() lets sleep who has no room.
        return messages.fits(message.text.count) ? try run(task) : .wait(self)
    }

    func run(_ task: Task) throws(Refusal) -> Outcome {
        // Looked at again each time, for the mode may have been changed (ipcperms).
        try messages.check(0o222, by: task)
        guard messages.fits(message.text.count) else {
            guard waits else { throw Refusal(.EAGAIN) }
            return .wait(self)
        }
        messages.append(message)
        messages.lastSender = task.group.pid
        messages.sendTime = task.realTime
        task.kernel.wake(messages.waiters)
        return .success
    }
}

/// msgrcv(2), decoded: it waits until there is a message of its kind (do_msgrcv).
final class MessageReceiving: WaitingCall {
    private let messages: MessageQueue
    private let choice: MessageQueue.Choice
    private let buffer: UserAddress
    private let size: UInt64
    private let truncates: Bool
    /// Not with MSG_COPY.
    private let takes: Bool
    private let waits: Bool

    init(
        _ messages: MessageQueue, _ choice: MessageQueue.Choice, buffer: UserAddress, size: UInt64, truncates: Bool,
        takes: Bool, waits: Bool
    ) {
        self.messages = messages
        self.choice = choice
        self.buffer = buffer
        self.size = size
        self.truncates = truncates
        self.takes = takes
        self.waits = waits
    }

    var queue: WaitQueue { messages.waiters }
    var interruption: Result<Int64, Errno> { .failure(.ERESTARTNOHAND) }

    func resume(_ task: Task, _ wakeup: Wakeup) throws(Refusal) -> Outcome {
        if messages.isRemoved { throw Refusal(.EIDRM) }
        return try run(task)
    }

    func run(_ task: Task) throws(Refusal) -> Outcome {
        try messages.check(0o444, by: task)
        guard let (place, message) = messages.find(choice) else {
            guard waits else { throw Refusal(.ENOMSG) }
            return .wait(self)
        }
        if UInt64(message.text.count) > size, !truncates { throw Refusal(.E2BIG) }
        if takes {
            messages.remove(at: place)
            messages.lastReceiver = task.group.pid
            messages.receiveTime = task.realTime
            task.kernel.wake(messages.waiters)
        }
        let text = Array(message.text.prefix(Int(clamping: size)))
        try task.memory.store(message.type, at: buffer)
        try task.memory.store(text, at: buffer.advanced(by: 8))
        return .value(Int64(text.count))
    }
}
