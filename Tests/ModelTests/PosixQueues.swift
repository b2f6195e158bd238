import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

/// POSIX message queues in the model alone.
@Suite struct PosixQueues {
    private static let create = 0o102
    private let name = "queue"

    /// struct mq_attr.
    private func attributes(_ messages: Int64, _ size: Int64) -> [UInt8] {
        LittleEndian.bytes([0, messages, size, 0, 0, 0, 0, 0] as [Int64])
    }
    /// struct sigevent: SIGEV_SIGNAL with SIGUSR1.
    private var event: [UInt8] { LittleEndian.bytes([7, 10, 0, 0, 0, 0, 0, 0] as [Int64]) }

    @Test func theHighestPriorityGoesFirstAndThenTheOldest() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let queue = task.call(.mq_open, name, Self.create, 0o600, attributes(8, 8))
        for (priority, text) in [(1, "a"), (5, "b"), (1, "c"), (9, "d"), (5, "e")] {
            #expect(task.call(.mq_timedsend, queue, Array(text.utf8), 1, priority, 0) == 0)
        }
        let buffer = task.allocate(8), priority = task.allocate(4)
        var order: [UInt8] = []
        for _ in 0..<5 {
            #expect(task.call(.mq_timedreceive, queue, buffer, 8, priority, 0) == 1)
            order.append(try task.load(buffer, as: UInt8.self))
        }
        #expect(order == Array("dbeac".utf8))
    }

    @Test func aQueueOpenedAsAPathIsGoodForNothing() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let queue = task.call(.mq_open, name, Self.create | Int(OpenFlags.path.rawValue), 0o600, 0)
        #expect(queue >= 0)
        #expect(task.call(.mq_timedsend, queue, Array("x".utf8), 1, 0, 0) == -9)
        #expect(task.call(.mq_getsetattr, queue, 0, task.allocate(64)) == -9)
        guard case .path = task.task.files[Int32(queue)]?.backing else {
            Issue.record("the host has a file for it")
            return
        }
    }

    @Test func aSleepingReceiverGetsTheMessageAndNobodyIsNotified() throws {
        let sentry = try TestSentry()
        let receiver = try sentry.spawn()
        let queue = receiver.call(.mq_open, name, Self.create, 0o666, attributes(1, 8))
        let sender = try receiver.fork()
        #expect(sender.call(.mq_notify, queue, event) == 0)
        #expect(receiver.call(.mq_notify, queue, event) == -16)
        #expect(receiver.call(.mq_timedreceive, queue, receiver.allocate(8), 8, 0, 0) == TestTask.waits)
        #expect(sender.call(.mq_timedsend, queue, Array("x".utf8), 1, 0, 0) == 0)
        #expect(receiver.result == 1)
        #expect(receiver.call(.mq_notify, queue, event) == -16)
        // Closing one fd of it ends the registration.
        #expect(sender.call(.close, queue) == 0)
        #expect(receiver.call(.mq_notify, queue, event) == 0)
    }

    @Test func bytesAreGivenBackWhenNobodyHasTheQueue() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(uid: 1000)
        let user = KUID(1000), root = sentry.kernel.initialUserNamespace
        let queue = task.call(.mq_open, name, Self.create, 0o600, attributes(10, 100))
        #expect(root.messageQueues.bytes(of: user) == 10 * (100 + 96))
        #expect(task.call(.unshare, CloneFlags([.newUser, .newIPC])) == 0)
        #expect(task.call(.mq_open, name, 2, 0, 0) == -2)
        #expect(task.call(.close, queue) == 0)
        #expect(root.messageQueues.bytes(of: user) == 10 * (100 + 96))
        #expect(sentry.kernel.initialNamespaces.ipc.queues.root.child("queue") != nil)
        let other = try sentry.spawn(uid: 1000)
        #expect(other.call(.mq_unlink, name) == 0)
        #expect(root.messageQueues.bytes(of: user) == 0)
    }
}
