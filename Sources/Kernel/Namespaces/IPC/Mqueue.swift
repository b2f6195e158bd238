import Credentials
import LinuxABI

/// A POSIX message queue (mq_overview(7)): an inode of its IPC namespace's mqueue file system.
package final class Mqueue: Inode {
    package struct Attributes: Sendable {
        package let maximumMessages: Int64
        package let messageSize: Int64
        package init(maximumMessages: Int64, messageSize: Int64) {
            self.maximumMessages = maximumMessages
            self.messageSize = messageSize
        }
    }
    package struct Message {
        /// 0...32767; the highest goes first.
        package let priority: UInt32
        package let text: [UInt8]
        private let charge: SharedCharge
        /// The message, its charge and its place in a queue.
        private static let footprint = 128

        package init(priority: UInt32, text: [UInt8], budget: Budget) throws(Refusal) {
            charge = try SharedCharge(budget, .posixQueues, Self.footprint + Footprint.array(text.count))
            self.priority = priority
            self.text = text
        }
    }

    package let limits: Attributes
    /// The next one to go is the last.
    private var messages: [Message] = []
    private var bytes: UInt64 = 0
    /// Those who sleep because the queue is full, or empty.
    package let senders = WaitQueue()
    package let receivers = WaitQueue()
    package internal(set) var notification: QueueNotification?
    /// What stands behind every fd of mq_open(2): a counter of the host, whose readiness for poll(2) is the queue's.
    let readiness: HostFile
    private var shownLevel = QueueLevel.empty
    private let charge: MessageQueueCharge
    private let memory: Charge
    private weak var home: IPCNamespace?

    init(
        _ fileSystem: FileSystem, limits: Attributes, permissions: UInt32, creator: Credentials,
        readiness: HostFile, charge: MessageQueueCharge, namespace: IPCNamespace, now: Timestamp
    ) throws(Refusal) {
        // With the name, of which the queue has one.
        memory = try Charge(fileSystem.userNamespace.budget, .posixQueues, 1024)
        self.limits = limits
        self.readiness = readiness
        self.charge = charge
        home = namespace
        super.init(
            fileSystem, number: fileSystem.allocateInode(), mode: FileMode(.regular, permissions), uid: creator.fsuid,
            gid: creator.fsgid)
        namespace.queueCount += 1
        accessed = now
        modified = now
        changed = now
    }

    deinit { home?.queueCount -= 1 }

    package override var footprint: Int { 0 }
    package var count: Int { messages.count }
    package var isFull: Bool { Int64(messages.count) >= limits.maximumMessages }

    /// msg_insert(): behind those of its priority.
    package func insert(_ message: Message) {
        var low = 0, high = messages.count
        while low < high {
            let middle = (low + high) / 2
            if messages[middle].priority < message.priority { low = middle + 1 } else { high = middle }
        }
        messages.insert(message, at: low)
        bytes &+= UInt64(message.text.count)
    }

    /// msg_get(): the oldest of the highest priority.
    package func take() -> Message? {
        guard let message = messages.popLast() else { return nil }
        bytes &-= UInt64(message.text.count)
        return message
    }

    /// Notes an operation on the queue, and brings the host's poll up to date.
    package func touched(by task: Task) {
        let kernel = task.kernel
        accessed = kernel.platform.storage.now
        changed = accessed
        kernel.generation &+= 1
        let level: QueueLevel = messages.isEmpty ? .empty : isFull ? .full : .partial
        guard level != shownLevel else { return }
        kernel.platform.show(level, on: readiness)
        shownLevel = level
    }

    /// mqueue_read_file(): bytes and who is to be notified, by number as `reader` sees it.
    func status(for reader: PIDNamespace?) -> [UInt8] {
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return digits + String(repeating: " ", count: max(0, width - digits.utf8.count))
        }
        let process = reader.flatMap { notification?.owner.number(in: $0) } ?? 0
        let text =
            "QSIZE:" + padded(Int(clamping: bytes), 10) + " NOTIFY:" + padded(Int(notification?.method ?? 0), 5)
            + " SIGNO:" + padded(Int(notification?.shownSignal ?? 0), 5) + " NOTIFY_PID:" + padded(Int(process), 6)
            + "\n"
        return Array(text.utf8)
    }

    // MARK: As a file

    package override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = FileAttributes(self)
        // FILENT_SIZE
        attributes.size = 80
        return attributes
    }

    /// O_TRUNC and truncate(2) do nothing (simple_setattr of a file without pages).
    package override func truncate(to size: Int64, for caller: any Caller) throws(Refusal) {}

    /// By a mount of the file system, or by /proc/[pid]/fd/N: the file shows the queue's state.
    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        MqueueFile(self, path: path, flags: flags, for: caller, backing: .text)
    }
}

/// What poll(2) can see of a queue.
package enum QueueLevel: Sendable {
    /// Only sending is possible, anything is, or only receiving.
    case empty, partial, full
}
