import Credentials
import Kernel
import LinuxABI

/// mq_open(2), mq_unlink(2), mq_getsetattr(2), mq_notify(2). Sending and receiving is in MqueueTransfer.
enum MqueueCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .mq_open: open, .mq_unlink: unlink, .mq_getsetattr: attributes, .mq_notify: notify,
        .mq_timedsend: MqueueTransfer.send, .mq_timedreceive: MqueueTransfer.receive,
    ]

    /// struct mq_attr: flags, maximum, size, count, and four words for nobody.
    private static let attributesSize = 64

    @Sendable private static func open(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        var wanted: Mqueue.Attributes?
        if a.a3 != 0 {
            let bytes = try task.memory.bytes(UserAddress(a.a3), count: attributesSize)
            wanted = Mqueue.Attributes(
                maximumMessages: LittleEndian.load(bytes, 8), messageSize: LittleEndian.load(bytes, 16))
        }
        let name = try name(task, a.a0)
        _ = try task.files.lowestFree(limit: task.openFileLimit)
        let flags = OpenFlags(rawValue: Arguments.unsigned(a.a1))
        let file = try task.openQueue(name, flags: flags, mode: Arguments.unsigned(a.a2), attributes: wanted)
        return try task.answer(installing: file, closeOnExec: true)
    }

    private static func name(_ task: Task, _ address: UInt64) throws(Refusal) -> [UInt8] {
        let name = try task.memory.string(UserAddress(address))
        if name.isEmpty { throw Refusal(.ENOENT) }
        return name
    }

    @Sendable private static func unlink(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        try task.unlinkQueue(try name(task, a.a0))
        return .success
    }

    /// The queue open at an fd; EBADF for any other file.
    static func file(_ task: Task, _ fd: UInt64) throws(Refusal) -> MqueueFile {
        guard let file = task.files[Arguments.int(fd)] as? MqueueFile, !file.flags.contains(.path) else {
            throw Refusal(.EBADF)
        }
        return file
    }

    @Sendable private static func attributes(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        var flags: OpenFlags?
        if a.a1 != 0 {
            let bytes = try task.memory.bytes(UserAddress(a.a1), count: attributesSize)
            let value: UInt64 = LittleEndian.load(bytes, 0)
            guard value & ~UInt64(OpenFlags.nonblock.rawValue) == 0 else { throw Refusal(.EINVAL) }
            flags = OpenFlags(rawValue: UInt32(truncatingIfNeeded: value))
        }
        let file = try file(task, a.a0), queue = file.queue
        var record = RecordBytes()
        record.append(Int64(file.flags.intersection(.nonblock).rawValue))
        record.append(queue.limits.maximumMessages)
        record.append(queue.limits.messageSize)
        record.append(Int64(queue.count))
        record.appendZeros(32)
        if let flags {
            file.flags = file.flags.subtracting(.nonblock).union(flags)
            queue.touched(by: task)
        }
        if a.a2 != 0 { try task.memory.store(record.bytes, at: UserAddress(a.a2)) }
        return .success
    }

    private static let signalMethod: Int32 = 0
    private static let noMethod: Int32 = 1
    private static let threadMethod: Int32 = 2

    @Sendable private static func notify(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        var request: QueueNotification?
        if a.a1 != 0 {
            // struct sigevent
            let bytes = try task.memory.bytes(UserAddress(a.a1), count: 64)
            let value: UInt64 = LittleEndian.load(bytes, 0)
            let signal: Int32 = LittleEndian.load(bytes, 8), method: Int32 = LittleEndian.load(bytes, 12)
            switch method {
            case signalMethod: guard (0...64).contains(signal) else { throw Refusal(.EINVAL) }
            case noMethod: break
            case threadMethod:
                // A message on a netlink socket, of which a sandbox has none (netlink_getsockbyfd).
                _ = try task.memory.bytes(UserAddress(value), count: 32)
                guard let file = task.files[signal] else { throw Refusal(.EBADF) }
                throw Refusal(file.inode.mode.kind == .socket ? .EINVAL : .ENOTSOCK)
            default: throw Refusal(.EINVAL)
            }
            request = QueueNotification(method: method, signal: signal, value: value, task: task)
        }
        let queue = try file(task, a.a0).queue
        if let request { try queue.register(request) } else { queue.unregister(task) }
        queue.touched(by: task)
        return .success
    }
}
