import Credentials
import Kernel
import LinuxABI

/// semctl(2).
enum SemaphoreControl {
    private static let getPID: Int32 = 11
    private static let getValue: Int32 = 12
    private static let getAll: Int32 = 13
    private static let countIncrease: Int32 = 14
    private static let countZero: Int32 = 15
    private static let setValue: Int32 = 16
    private static let setAll: Int32 = 17
    private static let statSlot: Int32 = 18
    private static let usageInfo: Int32 = 19
    private static let statAny: Int32 = 20

    @Sendable static func call(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let id = Arguments.int(a.a0), number = Arguments.int(a.a1), command = Arguments.int(a.a2)
        let address = UserAddress(a.a3)
        if id < 0 { throw Refusal(.EINVAL) }
        let namespace = try task.ipcNamespace()
        switch command {
        case IPCCommand.info, usageInfo:
            try task.memory.store(info(namespace, used: command == usageInfo), at: address)
            return .value(Int64(namespace.objects.semaphores.highestSlot))
        case IPCCommand.stat, statSlot, statAny:
            let sets = namespace.objects.semaphores
            let set = try command == IPCCommand.stat ? sets.object(id) : sets.object(slot: id)
            if command != statAny { try set.check(0o444, by: task) }
            try task.memory.store(record(set, task), at: address)
            return .value(command == IPCCommand.stat ? 0 : Int64(set.id))
        case getPID, getValue, getAll, countIncrease, countZero:
            let set = try namespace.objects.semaphores.object(id)
            try set.check(0o444, by: task)
            return try get(task, set, number, command, address)
        case setValue:
            let value = Arguments.int(a.a3)
            guard value >= 0, value <= SemaphoreSet.maximum else { throw Refusal(.ERANGE) }
            let set = try namespace.objects.semaphores.object(id)
            let index = try index(number, set)
            try set.check(0o222, by: task)
            return change(task, set, [index: value])
        case setAll: return try setEvery(task, try namespace.objects.semaphores.object(id), address)
        case IPCCommand.set:
            let record = try task.memory.bytes(address, count: 104)
            let set = try namespace.objects.semaphores.object(id)
            try set.checkOwner(task)
            try set.update(from: record, by: task)
            return .success
        case IPCCommand.remove:
            let set = try namespace.objects.semaphores.object(id)
            try set.checkOwner(task)
            namespace.objects.semaphores.remove(set)
            set.forgetUndos()
            task.kernel.wake(set.waiters)
            return .success
        default: throw Refusal(.EINVAL)
        }
    }

    private static func index(_ number: Int32, _ set: SemaphoreSet) throws(Refusal) -> Int {
        guard number >= 0, Int(number) < set.semaphores.count else { throw Refusal(.EINVAL) }
        return Int(number)
    }

    private static func get(
        _ task: Task, _ set: SemaphoreSet, _ number: Int32, _ command: Int32, _ address: UserAddress
    ) throws(Refusal) -> Outcome {
        if command == getAll {
            var record = RecordBytes()
            for semaphore in set.semaphores { record.append(UInt16(truncatingIfNeeded: semaphore.value)) }
            try task.memory.store(record.bytes, at: address)
            return .success
        }
        let semaphore = set.semaphores[try index(number, set)]
        switch command {
        case getPID: return .value(Int64(task.number(of: semaphore.lastPID)))
        case getValue: return .value(Int64(semaphore.value))
        default:
            let sleepers = set.waiters.waiters.filter {
                guard let wait = $0.waiting as? SemaphoreOperation else { return false }
                return Int32(wait.number) == number && wait.isForZero == (command == countZero)
            }
            return .value(Int64(sleepers.count))
        }
    }

    private static func setEvery(_ task: Task, _ set: SemaphoreSet, _ address: UserAddress) throws(Refusal) -> Outcome {
        try set.check(0o222, by: task)
        let count = set.semaphores.count
        let bytes = try task.memory.bytes(address, count: count * 2)
        var values: [Int: Int32] = [:]
        for number in 0..<count {
            let value = Int32(LittleEndian.load(bytes, number * 2, as: UInt16.self))
            if value > SemaphoreSet.maximum { throw Refusal(.ERANGE) }
            values[number] = value
        }
        return change(task, set, values)
    }

    private static func change(_ task: Task, _ set: SemaphoreSet, _ values: [Int: Int32]) -> Outcome {
        set.set(values, by: task)
        set.changeTime = task.realTime
        task.kernel.wake(set.waiters)
        return .success
    }

    /// struct semid64_ds.
    private static func record(_ set: SemaphoreSet, _ task: Task) -> [UInt8] {
        var record = RecordBytes()
        record.append(set, for: task)
        record.append(set.operationTime)
        record.appendZeros(8)
        record.append(set.changeTime)
        record.appendZeros(8)
        record.append(UInt64(set.semaphores.count))
        record.appendZeros(16)
        return record.bytes
    }

    /// struct seminfo; SEM_INFO tells what is in use in two places.
    private static func info(_ namespace: IPCNamespace, used: Bool) -> [UInt8] {
        let sets = namespace.objects.semaphores
        let semaphores = Int64(clamping: sets.total)
        func limit(_ index: Int) -> Int64 { SemaphoreCalls.limit(index, namespace) }
        // semmap, semmni, semmns, semmnu, semmsl, semopm, semume, semusz, semvmx, semaem.
        let numbers: [Int64] = [
            limit(1), limit(3), limit(1), limit(1), limit(0), limit(2), limit(2),
            used ? Int64(sets.count) : 20, 32767, used ? semaphores : 32767,
        ]
        var record = RecordBytes()
        for number in numbers { record.append(Int32(truncatingIfNeeded: number)) }
        return record.bytes
    }
}
