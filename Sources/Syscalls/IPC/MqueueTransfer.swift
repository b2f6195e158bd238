import Credentials
import Kernel
import LinuxABI

/// mq_timedsend(2) and mq_timedreceive(2).
enum MqueueTransfer {
    /// MQ_PRIO_MAX.
    private static let priorities: UInt32 = 32768

    private struct Timespec: BitwiseCopyable {
        var seconds: Int64
        var nanoseconds: Int64
    }

    /// How long until the absolute CLOCK_REALTIME at `address`, in nanoseconds; nil for ever (prepare_timeout).
    private static func timeout(_ task: Task, _ address: UInt64) throws(Refusal) -> Int64? {
        if address == 0 { return nil }
        let time = try task.memory.load(UserAddress(address), as: Timespec.self)
        guard time.seconds >= 0, (0..<1_000_000_000).contains(time.nanoseconds) else { throw Refusal(.EINVAL) }
        let now = task.kernel.platform.storage.now
        let seconds = time.seconds.subtractingReportingOverflow(now.seconds).partialValue
        return max(-1, min(seconds, 1 << 32)) * 1_000_000_000 + time.nanoseconds - Int64(now.nanoseconds)
    }

    @Sendable static func send(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let timeout = try timeout(task, a.a4)
        let priority = Arguments.unsigned(a.a3)
        guard priority < priorities else { throw Refusal(.EINVAL) }
        let file = try MqueueCalls.file(task, a.a0)
        guard file.flags.writes else { throw Refusal(.EBADF) }
        guard a.a2 <= UInt64(file.queue.limits.messageSize) else { throw Refusal(.EMSGSIZE) }
        let message = try Mqueue.Message(
            priority: priority, text: try task.memory.bytes(UserAddress(a.a1), count: Int(a.a2)),
            budget: task.kernel.budget)
        return try PosixSending(file, message).run(task, timeout)
    }

    @Sendable static func receive(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let timeout = try timeout(task, a.a4)
        let file = try MqueueCalls.file(task, a.a0)
        guard file.flags.reads else { throw Refusal(.EBADF) }
        guard a.a2 >= UInt64(file.queue.limits.messageSize) else { throw Refusal(.EMSGSIZE) }
        return try PosixReceiving(file, text: UserAddress(a.a1), priority: UserAddress(a.a3)).run(task, timeout)
    }

    /// wq_sleep(): when a call that cannot go on now stops to wait; it fails when it may not wait, or no longer.
    fileprivate static func deadline(
        _ task: Task, _ file: MqueueFile, _ timeout: Int64?
    ) throws(Refusal) -> UInt64? {
        if file.flags.contains(.nonblock) { throw Refusal(.EAGAIN) }
        guard let timeout else { return nil }
        if timeout <= 0 { throw Refusal(.ETIMEDOUT) }
        return task.kernel.platform.monotonicNow &+ UInt64(timeout)
    }
}

/// mq_timedsend(2), decoded: it waits while the queue is full.
private final class PosixSending: WaitingCall {
    private let file: MqueueFile
    private let message: Mqueue.Message
    private(set) var deadline: UInt64?

    init(_ file: MqueueFile, _ message: Mqueue.Message) {
        self.file = file
        self.message = message
    }

    var queue: WaitQueue { file.queue.senders }
    var interruption: Result<Int64, Errno> { .failure(.ERESTARTSYS) }

    func run(_ task: Task, _ timeout: Int64?) throws(Refusal) -> Outcome {
        if file.queue.isFull {
            deadline = try MqueueTransfer.deadline(task, file, timeout)
            return .wait(self)
        }
        return insert(task, hasWaited: false)
    }

    func resume(_ task: Task, _ wakeup: Wakeup) throws(Refusal) -> Outcome {
        guard file.queue.isFull else { return insert(task, hasWaited: true) }
        if wakeup == .deadline { throw Refusal(.ETIMEDOUT) }
        return .wait(self)
    }

    private func insert(_ task: Task, hasWaited: Bool) -> Outcome {
        let queue = file.queue
        queue.insert(message)
        if !queue.receivers.waiters.isEmpty {
            task.kernel.wake(queue.receivers)
        } else if !hasWaited {
            // One that waited takes the place of a message just received: nobody is told of it (pipelined_receive).
            queue.notify(from: task)
        }
        queue.touched(by: task)
        return .success
    }
}

/// mq_timedreceive(2), decoded: it waits while the queue is empty.
private final class PosixReceiving: WaitingCall {
    private let file: MqueueFile
    private let text: UserAddress
    private let priority: UserAddress
    private(set) var deadline: UInt64?

    init(_ file: MqueueFile, text: UserAddress, priority: UserAddress) {
        self.file = file
        self.text = text
        self.priority = priority
    }

    var queue: WaitQueue { file.queue.receivers }
    var interruption: Result<Int64, Errno> { .failure(.ERESTARTSYS) }

    func run(_ task: Task, _ timeout: Int64?) throws(Refusal) -> Outcome {
        if let message = file.queue.take() { return try deliver(message, task) }
        deadline = try MqueueTransfer.deadline(task, file, timeout)
        return .wait(self)
    }

    func resume(_ task: Task, _ wakeup: Wakeup) throws(Refusal) -> Outcome {
        if let message = file.queue.take() { return try deliver(message, task) }
        if wakeup == .deadline { throw Refusal(.ETIMEDOUT) }
        return .wait(self)
    }

    private func deliver(_ message: Mqueue.Message, _ task: Task) throws(Refusal) -> Outcome {
        task.kernel.wake(file.queue.senders)
        file.queue.touched(by: task)
        if !priority.isNull { try task.memory.store(message.priority, at: priority) }
        try task.memory.store(message.text, at: text)
        return .value(Int64(message.text.count))
    }
}
