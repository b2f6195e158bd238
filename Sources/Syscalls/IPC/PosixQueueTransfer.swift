import Credentials
import Kernel
import LinuxABI

/// mq_timedsend(2) and mq_timedreceive(2).
enum PosixQueueTransfer {
    /// MQ_PRIO_MAX.
    private static let priorities: UInt32 = 32768

    /// What a call sleeps on, as it was when it went to sleep.
    private final class Wait {
        let file: PosixQueueFile
        let message: PosixQueue.Message?
        init(_ file: PosixQueueFile, _ message: PosixQueue.Message? = nil) {
            self.file = file
            self.message = message
        }
    }

    private struct Timespec: BitwiseCopyable {
        var seconds: Int64
        var nanoseconds: Int64
    }

    /// The absolute CLOCK_REALTIME at `address` (prepare_timeout).
    private static func timeout(_ task: Task, _ address: UInt64) throws(Refusal) -> Timespec? {
        if address == 0 { return nil }
        let time = try task.memory.load(UserAddress(address), as: Timespec.self)
        guard time.seconds >= 0, (0..<1_000_000_000).contains(time.nanoseconds) else { throw Refusal(.EINVAL) }
        return time
    }

    /// wq_sleep(): a call that cannot go on now fails or waits.
    private static func sleep(
        _ task: Task, _ wait: Wait, on queue: WaitQueue, until timeout: Timespec?
    ) throws(Refusal) -> Outcome {
        if wait.file.flags.contains(.nonblock) { throw Refusal(.EAGAIN) }
        var deadline: UInt64?
        if let timeout {
            let platform = task.kernel.platform, now = platform.storage.now
            let seconds = timeout.seconds.subtractingReportingOverflow(now.seconds).partialValue
            let left = min(seconds, 1 << 32) * 1_000_000_000 + timeout.nanoseconds - Int64(now.nanoseconds)
            if task.deadlinePassed || left <= 0 { throw Refusal(.ETIMEDOUT) }
            deadline = platform.monotonicNow &+ UInt64(left)
        }
        task.awaited = wait
        return .park(queue, restart: .ERESTARTSYS, deadline: deadline)
    }

    private static func takeWait(_ task: Task) -> Wait? {
        guard let wait = task.awaited as? Wait else { return nil }
        task.awaited = nil
        return wait
    }

    @Sendable static func send(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let slept = takeWait(task)
        let timeout = try timeout(task, a.a4)
        let priority = Arguments.unsigned(a.a3)
        guard priority < priorities else { throw Refusal(.EINVAL) }
        let file = if let slept { slept.file } else { try PosixQueueCalls.file(task, a.a0) }
        guard file.flags.writes else { throw Refusal(.EBADF) }
        let queue = file.queue
        guard a.a2 <= UInt64(queue.limits.messageSize) else { throw Refusal(.EMSGSIZE) }
        let message: PosixQueue.Message
        if let known = slept?.message {
            message = known
        } else {
            message = PosixQueue.Message(
                priority: priority, text: try task.memory.bytes(UserAddress(a.a1), count: Int(a.a2)))
        }
        guard !queue.isFull else {
            return try sleep(task, Wait(file, message), on: queue.senders, until: timeout)
        }
        queue.insert(message)
        if !queue.receivers.waiters.isEmpty {
            task.kernel.wake(queue.receivers)
        } else if slept == nil {
            // One that waited takes the place of a message just received: nobody is told of it (pipelined_receive).
            queue.notify(from: task)
        }
        queue.touched(by: task)
        return .success
    }

    @Sendable static func receive(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let slept = takeWait(task)
        let timeout = try timeout(task, a.a4)
        let file = if let slept { slept.file } else { try PosixQueueCalls.file(task, a.a0) }
        guard file.flags.reads else { throw Refusal(.EBADF) }
        let queue = file.queue
        guard a.a2 >= UInt64(queue.limits.messageSize) else { throw Refusal(.EMSGSIZE) }
        guard let message = queue.take() else {
            return try sleep(task, Wait(file), on: queue.receivers, until: timeout)
        }
        task.kernel.wake(queue.senders)
        queue.touched(by: task)
        if a.a3 != 0 { try task.memory.store(message.priority, at: UserAddress(a.a3)) }
        try task.memory.store(message.text, at: UserAddress(a.a1))
        return .value(Int64(message.text.count))
    }
}
