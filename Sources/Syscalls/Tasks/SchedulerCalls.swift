import Credentials
import Kernel
import LinuxABI

/// sched_setscheduler(2) and its kin. Policies are remembered and shown; the host schedules all tasks alike.
enum SchedulerCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .sched_setscheduler: { task, a throws(Refusal) in
            let policy = Arguments.int(a.a1)
            guard policy >= 0 else { throw Refusal(.EINVAL) }
            return try setParameter(task, a.a0, policy: policy, UserAddress(a.a2))
        },
        .sched_setparam: { task, a throws(Refusal) in try setParameter(task, a.a0, policy: nil, UserAddress(a.a1)) },
        .sched_getscheduler: { task, a throws(Refusal) in
            let scheduling = try target(task, a.a0).scheduling
            return .value(Int64(scheduling.policy | (scheduling.resetsOnFork ? resetOnFork : 0)))
        },
        .sched_getparam: { task, a throws(Refusal) in
            guard a.a1 != 0 else { throw Refusal(.EINVAL) }
            let scheduling = try target(task, a.a0).scheduling
            try task.memory.store(scheduling.isRealtime ? scheduling.priority : 0, at: UserAddress(a.a1))
            return .success
        },
        .sched_setattr: setAttributes, .sched_getattr: getAttributes,
        .sched_rr_get_interval: { task, a throws(Refusal) in
            let scheduling = try target(task, a.a0).scheduling
            let slice: UInt64 = scheduling.policy == 2 ? 100_000_000 : 0
            try task.memory.store(LittleEndian.bytes([0, slice]), at: UserAddress(a.a1))
            return .success
        },
        .sched_getaffinity: getAffinity, .sched_setaffinity: setAffinity,
    ]

    private static let resetOnFork: Int32 = 0x4000_0000

    private static func target(_ task: Task, _ register: UInt64) throws(Refusal) -> Task {
        let number = Arguments.int(register)
        guard number >= 0 else { throw Refusal(.EINVAL) }
        return try ProcessNumberCalls.target(number, task)
    }

    private static func setParameter(
        _ task: Task, _ number: UInt64, policy: Int32?, _ address: UserAddress
    ) throws(Refusal) -> Outcome {
        guard !address.isNull, Arguments.int(number) >= 0 else { throw Refusal(.EINVAL) }
        let priority: Int32 = try task.memory.load(address)
        let other = try target(task, number)
        var wanted = other.scheduling
        if let policy {
            wanted.policy = policy & ~resetOnFork
            wanted.resetsOnFork = policy & resetOnFork != 0
        }
        wanted.priority = priority
        try task.schedule(other, as: wanted, nice: nil)
        return .success
    }

    // MARK: struct sched_attr

    private static let attributeSize: UInt32 = 56

    private static let setAttributes: Handler = { task, a throws(Refusal) in
        guard a.a1 != 0, Arguments.int(a.a0) >= 0, Arguments.unsigned(a.a2) == 0 else { throw Refusal(.EINVAL) }
        let address = UserAddress(a.a1)
        var size: UInt32 = try task.memory.load(address)
        if size == 0 { size = 48 }
        guard (48...4096).contains(size) else {
            try task.memory.store(attributeSize, at: address)
            throw Refusal(.E2BIG)
        }
        let bytes = try task.memory.bytes(address, count: Int(size))
        if bytes.count > Int(attributeSize), bytes[Int(attributeSize)...].contains(where: { $0 != 0 }) {
            try task.memory.store(attributeSize, at: address)
            throw Refusal(.E2BIG)
        }
        var wanted = Scheduling()
        wanted.policy = LittleEndian.load(bytes, 4)
        guard wanted.policy >= 0 else { throw Refusal(.EINVAL) }
        let flags: UInt64 = LittleEndian.load(bytes, 8)
        guard flags & ~0x7f == 0 else { throw Refusal(.EINVAL) }
        let nice = min(max(LittleEndian.load(bytes, 16, as: Int32.self), -20), 19)
        wanted.priority = LittleEndian.load(bytes, 20)
        wanted.runtime = LittleEndian.load(bytes, 24)
        wanted.deadline = LittleEndian.load(bytes, 32)
        wanted.period = LittleEndian.load(bytes, 40)
        wanted.resetsOnFork = flags & 1 != 0
        let other = try target(task, a.a0)
        // SCHED_FLAG_KEEP_POLICY and KEEP_PARAMS.
        if flags & 8 != 0 { wanted.policy = other.scheduling.policy }
        if flags & 16 != 0 { wanted.priority = other.scheduling.priority }
        let changesNice = flags & 16 == 0 && (wanted.policy == 0 || wanted.policy == 3)
        try task.schedule(other, as: wanted, nice: changesNice ? nice : nil)
        return .success
    }

    private static let getAttributes: Handler = { task, a throws(Refusal) in
        let size = Arguments.unsigned(a.a2)
        guard a.a1 != 0, Arguments.int(a.a0) >= 0, (48...4096).contains(size), Arguments.unsigned(a.a3) == 0 else {
            throw Refusal(.EINVAL)
        }
        let other = try target(task, a.a0)
        let scheduling = other.scheduling
        let count = min(size, attributeSize)
        let isFair = !scheduling.isRealtime && scheduling.policy != 6
        var bytes = LittleEndian.bytes(count) + LittleEndian.bytes(scheduling.policy)
        bytes += LittleEndian.bytes(UInt64(scheduling.resetsOnFork ? 1 : 0))
        bytes += LittleEndian.bytes(isFair ? other.nice : 0) + LittleEndian.bytes(scheduling.priority)
        bytes += [scheduling.runtime, scheduling.deadline, scheduling.period].flatMap(LittleEndian.bytes)
        bytes += LittleEndian.bytes(UInt32(0)) + LittleEndian.bytes(UInt32(1024))
        try task.memory.store(Array(bytes.prefix(Int(count))), at: UserAddress(a.a1))
        return .value(0)
    }

    // MARK: Affinity

    private static let getAffinity: Handler = { task, a throws(Refusal) in
        let length = Int(Arguments.unsigned(a.a1))
        let host = task.kernel.platform.affinity(of: task)
        let highest = host.lastIndex { $0 != 0 } ?? 0
        guard length > highest, length % 8 == 0, length > 0 else { throw Refusal(.EINVAL) }
        let other = try ProcessNumberCalls.target(Arguments.int(a.a0), task)
        var mask = task.kernel.platform.affinity(of: other)
        if let chosen = other.affinity { mask = intersection(mask, chosen) }
        while mask.count % 8 != 0 { mask.append(0) }
        let count = min(length, mask.count)
        try task.memory.store(Array(mask.prefix(count)), at: UserAddress(a.a2))
        return .value(Int64(count))
    }

    private static let setAffinity: Handler = { task, a throws(Refusal) in
        let length = min(Int(Arguments.unsigned(a.a1)), 1024)
        let wanted = try task.memory.bytes(UserAddress(a.a2), count: length)
        let other = try ProcessNumberCalls.target(Arguments.int(a.a0), task)
        if let refusal = task.maySetAffinity(of: other) { throw refusal }
        guard intersection(task.kernel.platform.affinity(of: other), wanted).contains(where: { $0 != 0 }) else {
            throw Refusal(.EINVAL)
        }
        other.affinity = wanted
        task.kernel.generation &+= 1
        return .success
    }

    private static func intersection(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
        a.indices.map { $0 < b.count ? a[$0] & b[$0] : 0 }
    }
}
