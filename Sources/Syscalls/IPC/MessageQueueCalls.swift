import Credentials
import Kernel
import LinuxABI

/// msgget(2), msgsnd(2), msgrcv(2), msgctl(2).
enum MessageQueueCalls {
    static let handlers: [SyscallNumber: Handler] = [.msgget: get, .msgsnd: send, .msgrcv: receive, .msgctl: control]

    private static let nowait: UInt32 = 0o4000
    private static let truncates: UInt32 = 0o10000
    private static let except: UInt32 = 0o20000
    private static let copies: UInt32 = 0o40000

    @Sendable private static func get(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let namespace = try task.ipcNamespace()
        let flags = Arguments.unsigned(a.a1), key = Arguments.int(a.a0)
        let queue = try namespace.objects.queues.get(
            key, flags: flags, by: task, limit: Int(namespace.setting("kernel/msgmni", default: 32000)),
            fits: { _ in true },
            make: { () throws(Refusal) in
                try MessageQueue(
                    key: key, mode: flags, limit: UInt64(clamping: namespace.setting("kernel/msgmnb", default: 16384)),
                    creator: task, now: task.realTime)
            })
        return .value(Int64(queue.id))
    }

    @Sendable private static func send(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let address = UserAddress(a.a1)
        let type = try task.memory.load(address, as: Int64.self)
        let maximum = try task.ipcNamespace().setting("kernel/msgmax", default: 8192)
        guard a.a2 <= UInt64(clamping: maximum), Arguments.int(a.a0) >= 0, type >= 1 else { throw Refusal(.EINVAL) }
        let text = try task.memory.bytes(address.advanced(by: 8), count: Int(a.a2))
        let queue = try task.ipcNamespace().objects.queues.object(Arguments.int(a.a0))
        return try MessageSending(
            queue, try MessageQueue.Message(type: type, text: text, budget: task.kernel.budget),
            waits: Arguments.unsigned(a.a3) & nowait == 0
        ).run(task)
    }

    /// convert_mode().
    private static func choice(_ type: Int64, _ flags: UInt32) -> MessageQueue.Choice {
        if flags & copies != 0 { return .at(type) }
        if type == 0 { return .first }
        if type < 0 { return .upTo(type == .min ? .max : -type) }
        return flags & except != 0 ? .not(type) : .equal(type)
    }

    @Sendable private static func receive(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let flags = Arguments.unsigned(a.a4)
        guard Arguments.int(a.a0) >= 0, Int64(bitPattern: a.a2) >= 0 else { throw Refusal(.EINVAL) }
        // MSG_COPY does not wait and takes a position for a type.
        if flags & copies != 0, flags & except != 0 || flags & nowait == 0 { throw Refusal(.EINVAL) }
        let queue = try task.ipcNamespace().objects.queues.object(Arguments.int(a.a0))
        return try MessageReceiving(
            queue, choice(Int64(bitPattern: a.a3), flags), buffer: UserAddress(a.a1), size: a.a2,
            truncates: flags & truncates != 0, takes: flags & copies == 0, waits: flags & nowait == 0
        ).run(task)
    }

    // MARK: msgctl

    private static let statSlot: Int32 = 11
    private static let statAny: Int32 = 13
    private static let queueInfo: Int32 = 12

    @Sendable private static func control(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let id = Arguments.int(a.a0), command = Arguments.int(a.a1), address = UserAddress(a.a2)
        guard id >= 0, command >= 0 else { throw Refusal(.EINVAL) }
        let namespace = try task.ipcNamespace()
        switch command {
        case IPCCommand.info, queueInfo:
            try task.memory.store(info(namespace, used: command == queueInfo), at: address)
            return .value(Int64(namespace.objects.queues.highestSlot))
        case IPCCommand.stat, statSlot, statAny:
            let queues = namespace.objects.queues
            let queue = try command == IPCCommand.stat ? queues.object(id) : queues.object(slot: id)
            if command != statAny { try queue.check(0o444, by: task) }
            try task.memory.store(record(queue, task), at: address)
            return .value(command == IPCCommand.stat ? 0 : Int64(queue.id))
        case IPCCommand.set:
            let record = try task.memory.bytes(address, count: 120)
            let queue = try namespace.objects.queues.object(id)
            try queue.checkOwner(task)
            let limit: UInt64 = LittleEndian.load(record, 88)
            let maximum = UInt64(clamping: namespace.setting("kernel/msgmnb", default: 16384))
            if limit > maximum, !task.hasGlobally(.sysResource) { throw Refusal(.ipcQueueBytesRaise) }
            try queue.update(from: record, by: task)
            queue.limit = limit
            task.kernel.wake(queue.waiters)
            return .success
        case IPCCommand.remove:
            let queue = try namespace.objects.queues.object(id)
            try queue.checkOwner(task)
            namespace.objects.queues.remove(queue)
            task.kernel.wake(queue.waiters)
            return .success
        default: throw Refusal(.EINVAL)
        }
    }

    /// struct msqid64_ds.
    private static func record(_ queue: MessageQueue, _ task: Task) -> [UInt8] {
        var record = RecordBytes()
        record.append(queue, for: task)
        for time in [queue.sendTime, queue.receiveTime, queue.changeTime] { record.append(time) }
        record.append(queue.bytes)
        record.append(UInt64(queue.count))
        record.append(queue.limit)
        record.append(task.number(of: queue.lastSender))
        record.append(task.number(of: queue.lastReceiver))
        record.appendZeros(16)
        return record.bytes
    }

    /// struct msginfo; MSG_INFO tells what is in use where IPC_INFO tells constants.
    private static func info(_ namespace: IPCNamespace, used: Bool) -> [UInt8] {
        let queues = namespace.objects.queues
        let messages = queues.objects.reduce(0) { $0 + $1.count }
        let bytes = queues.objects.reduce(UInt64(0)) { $0 &+ $1.bytes }
        let mnb = namespace.setting("kernel/msgmnb", default: 16384)
        let mni = namespace.setting("kernel/msgmni", default: 32000)
        // MSGPOOL in kilobytes, MSGMAP and MSGTQL are the number of bytes, MSGSSZ is 16 and MSGSEG its limit.
        let numbers: [Int64] = [
            used ? Int64(queues.count) : mni &* mnb / 1024, used ? Int64(messages) : mnb,
            namespace.setting("kernel/msgmax", default: 8192), mnb, mni, 16, used ? Int64(clamping: bytes) : mnb,
        ]
        var record = RecordBytes()
        for number in numbers { record.append(Int32(truncatingIfNeeded: number)) }
        record.append(UInt16(0xffff))
        record.appendZeros(2)
        return record.bytes
    }
}
