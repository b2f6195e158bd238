import Credentials
import Kernel
import LinuxABI

/// shmget(2) and shmctl(2).
enum SharedMemoryCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .shmget: get, .shmctl: control, .shmat: SharedMemoryAttach.attach, .shmdt: SharedMemoryAttach.detach,
    ]

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
        let used = namespace.objects.segments.total
        let segment = try namespace.objects.segments.get(
            key, flags: flags, by: task, limit: Int(namespace.setting("kernel/shmmni", default: 4096)),
            fits: { $0.size >= size },
            make: { () throws(Refusal) in
                // newseg(); huge pages are none of the sandbox's.
                guard size >= 1, size <= maximum, flags & hugePages == 0 else { throw Refusal(.EINVAL) }
                let segment = try SharedSegment(
                    key: key, mode: flags, size: size, creator: task, namespace: namespace, now: task.realTime)
                let all = UInt64(bitPattern: namespace.setting("kernel/shmall", default: defaultMaximum))
                let (sum, overflows) = used.addingReportingOverflow(segment.pages)
                if overflows || sum > all { throw Refusal(.ENOSPC) }
                return segment
            })
        return .value(Int64(segment.id))
    }

    @Sendable private static func control(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let id = Arguments.int(a.a0), command = Arguments.int(a.a1), address = UserAddress(a.a2)
        guard id >= 0, command >= 0 else { throw Refusal(.EINVAL) }
        let namespace = try task.ipcNamespace()
        switch command {
        case IPCCommand.info, usageInfo:
            try task.memory.store(
                command == usageInfo ? usage(namespace, task.kernel) : limits(namespace), at: address)
            return .value(Int64(namespace.objects.segments.highestSlot))
        case IPCCommand.stat, statSlot, statAny:
            let id = command == IPCCommand.stat ? id : try namespace.objects.segments.object(slot: id).id
            let segment = try segment(id, namespace, task.kernel)
            if command != statAny { try segment.check(0o444, by: task) }
            try task.memory.store(record(segment, task), at: address)
            return .value(command == IPCCommand.stat ? 0 : Int64(segment.id))
        case IPCCommand.set:
            let record = try task.memory.bytes(address, count: 112)
            let segment = try segment(id, namespace, task.kernel)
            try segment.checkOwner(task)
            try segment.update(from: record, by: task)
            return .success
        case IPCCommand.remove:
            let segment = try segment(id, namespace, task.kernel)
            try segment.checkOwner(task)
            segment.remove()
            return .success
        case lock, unlock:
            let segment = try segment(id, namespace, task.kernel)
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

    /// The segment of that number as it is now: one whose last attach is gone may be gone itself.
    static func segment(_ id: Int32, _ namespace: IPCNamespace, _ kernel: Kernel) throws(Refusal) -> SharedSegment {
        try namespace.objects.segments.object(id).recount(kernel)
        return try namespace.objects.segments.object(id)
    }

    /// struct shmid64_ds.
    private static func record(_ segment: SharedSegment, _ task: Task) -> [UInt8] {
        var record = RecordBytes()
        record.append(segment, for: task)
        record.append(segment.size)
        for time in [segment.attachTime, segment.detachTime, segment.changeTime] { record.append(time) }
        record.append(task.number(of: segment.creatorPID))
        record.append(task.number(of: segment.lastPID))
        record.append(UInt64(segment.attachCount))
        record.appendZeros(16)
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

    /// struct shm_info: segments, their pages, and how many of those are resident; none is swapped.
    private static func usage(_ namespace: IPCNamespace, _ kernel: Kernel) -> [UInt8] {
        let segments = namespace.objects.segments
        var record = RecordBytes()
        record.append(Int64(segments.count))
        record.append(segments.total)
        let resident = segments.objects.reduce(UInt64(0)) { sum, segment in
            sum &+ (segment.memory.map { kernel.platform.allocatedBytes(of: $0) } ?? 0) / 4096
        }
        record.append(resident)
        record.appendZeros(24)
        return record.bytes
    }
}
