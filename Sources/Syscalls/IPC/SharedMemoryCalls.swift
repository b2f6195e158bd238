import Credentials
import Kernel
import LinuxABI

/// shmget(2) and shmctl(2). A segment has identity and permissions; attaching it is not served.
enum SharedMemoryCalls {
    static let handlers: [SyscallNumber: Handler] = [.shmget: get, .shmctl: control]

    private static let defaultMaximum = Int64(bitPattern: .max - (1 << 24))
    private static let lock: Int32 = 11
    private static let unlock: Int32 = 12
    private static let statSlot: Int32 = 13
    private static let usageInfo: Int32 = 14
    private static let statAny: Int32 = 15
    private static let locked: UInt32 = 0o2000
    private static let hugePages: UInt32 = 0o4000

    @Sendable private static func get(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let namespace = try task.ipcNamespace()
        let key = Arguments.int(a.a0), size = a.a1, flags = Arguments.unsigned(a.a2)
        let maximum = UInt64(bitPattern: namespace.setting("kernel/shmmax", default: defaultMaximum))
        let segment = try namespace.objects.segments.get(
            key, flags: flags, by: task, limit: Int(namespace.setting("kernel/shmmni", default: 4096)),
            fits: { $0.size >= size },
            make: { () throws(Refusal) in
                // newseg(); huge pages are none of the sandbox's.
                guard size >= 1, size <= maximum, flags & hugePages == 0 else { throw Refusal(.EINVAL) }
                return SharedSegment(key: key, mode: flags, size: size, creator: task, now: task.realTime)
            })
        return .value(Int64(segment.id))
    }

    @Sendable private static func control(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let id = Arguments.int(a.a0), command = Arguments.int(a.a1), address = UserAddress(a.a2)
        guard id >= 0, command >= 0 else { throw Refusal(.EINVAL) }
        let namespace = try task.ipcNamespace()
        switch command {
        case IPCCommand.info, usageInfo:
            try task.memory.store(command == usageInfo ? usage(namespace) : limits(namespace), at: address)
            return .value(Int64(namespace.objects.segments.highestSlot))
        case IPCCommand.stat, statSlot, statAny:
            let segments = namespace.objects.segments
            let segment = try command == IPCCommand.stat ? segments.object(id) : segments.object(slot: id)
            if command != statAny { try segment.check(0o444, by: task) }
            try task.memory.store(record(segment, task), at: address)
            return .value(command == IPCCommand.stat ? 0 : Int64(segment.id))
        case IPCCommand.set:
            let record = try task.memory.bytes(address, count: 112)
            let segment = try namespace.objects.segments.object(id)
            try segment.checkOwner(task)
            try segment.update(from: record, by: task)
            return .success
        case IPCCommand.remove:
            let segment = try namespace.objects.segments.object(id)
            try segment.checkOwner(task)
            namespace.objects.segments.remove(segment)
            return .success
        case lock, unlock:
            let segment = try namespace.objects.segments.object(id)
            if !segment.isCapable(.ipcLock, task) {
                guard segment.isOwned(by: task), command == unlock || task.group.limits[8].soft != 0 else {
                    throw Refusal(.ipcLockNotPermitted)
                }
            }
            segment.setFlag(locked, command == lock)
            return .success
        default: throw Refusal(.EINVAL)
        }
    }

    /// struct shmid64_ds; nobody is attached.
    private static func record(_ segment: SharedSegment, _ task: Task) -> [UInt8] {
        var record = RecordBytes()
        record.append(segment, for: task)
        record.append(segment.size)
        record.appendZeros(16)
        record.append(segment.changeTime)
        record.append(task.number(of: segment.creatorPID))
        record.appendZeros(28)
        return record.bytes
    }

    /// struct shminfo64.
    private static func limits(_ namespace: IPCNamespace) -> [UInt8] {
        let count = namespace.setting("kernel/shmmni", default: 4096)
        var record = RecordBytes()
        let values = [
            namespace.setting("kernel/shmmax", default: defaultMaximum), 1, count, count,
            namespace.setting("kernel/shmall", default: defaultMaximum), 0, 0, 0, 0,
        ]
        for value in values { record.append(value) }
        return record.bytes
    }

    /// struct shm_info: segments, their pages, and none of those resident or swapped.
    private static func usage(_ namespace: IPCNamespace) -> [UInt8] {
        let segments = namespace.objects.segments
        var record = RecordBytes()
        record.append(Int64(segments.count))
        record.append(segments.objects.reduce(UInt64(0)) { $0 &+ ($1.size / 4096 &+ ($1.size & 4095 == 0 ? 0 : 1)) })
        record.appendZeros(32)
        return record.bytes
    }
}
