import Credentials
import Kernel
import LinuxABI

/// semget(2) and semop(2).
enum SemaphoreCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .semget: get, .semctl: SemaphoreControl.call,
        .semop: { task, a throws(Refusal) in try operate(task, a, timeout: UserAddress(0)) },
        .semtimedop: { task, a throws(Refusal) in try operate(task, a, timeout: UserAddress(a.a3)) },
    ]

    /// SEMMSL, SEMMNS, SEMOPM, SEMMNI in /proc/sys/kernel/sem.
    static let limits: [Int64] = [32000, 1_024_000_000, 500, 32000]
    private static let nowait: UInt16 = 0o4000
    /// However high SEMMSL is set.
    private static let largestSet: Int32 = 1 << 20

    static func limit(_ index: Int, _ namespace: IPCNamespace) -> Int64 {
        namespace.setting("kernel/sem", index, default: limits[index])
    }

    @Sendable private static func get(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let namespace = try task.ipcNamespace()
        let key = Arguments.int(a.a0), count = Arguments.int(a.a1), flags = Arguments.unsigned(a.a2)
        guard count >= 0, Int64(count) <= limit(0, namespace) else { throw Refusal(.EINVAL) }
        let used = namespace.objects.semaphores.objects.reduce(Int64(0)) { $0 + Int64($1.semaphores.count) }
        let set = try namespace.objects.semaphores.get(
            key, flags: flags, by: task, limit: Int(limit(3, namespace)),
            fits: { Int(count) <= $0.semaphores.count },
            make: { () throws(Refusal) in
                if count == 0 { throw Refusal(.EINVAL) }
                if used + Int64(count) > limit(1, namespace) { throw Refusal(.ENOSPC) }
                // kvzalloc() gives no more than INT_MAX bytes either.
                if count > largestSet { throw Refusal(.ENOMEM) }
                return SemaphoreSet(key: key, mode: flags, count: Int(count), creator: task, now: task.realTime)
            })
        return .value(Int64(set.id))
    }

    /// __do_semtimedop().
    private static func operate(_ task: Task, _ a: Arguments, timeout: UserAddress) throws(Refusal) -> Outcome {
        let namespace = try task.ipcNamespace()
        let count = Arguments.unsigned(a.a2)
        let slept = task.awaited as? SemaphoreWait
        task.awaited = nil
        if Arguments.int(a.a0) < 0 || count < 1 { throw Refusal(.EINVAL) }
        if Int64(count) > limit(2, namespace) { throw Refusal(.E2BIG) }
        let bytes = try task.memory.bytes(UserAddress(a.a1), count: Int(count) * 6)
        let operations = (0..<Int(count)).map { index in
            SemaphoreSet.Operation(
                number: LittleEndian.load(bytes, index * 6), change: LittleEndian.load(bytes, index * 6 + 2),
                flags: LittleEndian.load(bytes, index * 6 + 4))
        }
        let interval = try duration(timeout, task)
        if let slept, slept.set.isRemoved { throw Refusal(.EIDRM) }
        let set: SemaphoreSet
        if let slept { set = slept.set } else { set = try namespace.objects.semaphores.object(Arguments.int(a.a0)) }
        let highest = operations.reduce(0) { max($0, Int($1.number)) }
        if highest >= set.semaphores.count { throw Refusal(.EFBIG) }
        let alters = operations.contains { $0.change != 0 }
        try set.check(alters ? 0o222 : 0o444, by: task)
        switch set.perform(operations, by: task) {
        case .outOfRange: throw Refusal(.ERANGE)
        case .wouldBlock(let index):
            let operation = operations[index]
            if operation.flags & nowait != 0 || task.deadlinePassed { throw Refusal(.EAGAIN) }
            let deadline = slept?.deadline ?? interval.map { task.kernel.platform.monotonicNow &+ $0 }
            task.awaited = SemaphoreWait(
                set, number: operation.number, isForZero: operation.change == 0, deadline: deadline)
            return .park(set.waiters, restart: .EINTR, deadline: deadline)
        case nil:
            set.operationTime = task.realTime
            if alters { task.kernel.wake(set.waiters) }
            return .success
        }
    }

    private static func duration(_ address: UserAddress, _ task: Task) throws(Refusal) -> UInt64? {
        if address.isNull { return nil }
        let time = try task.memory.load(address, as: Timespec.self)
        guard time.seconds >= 0, (0..<1_000_000_000).contains(time.fraction) else { throw Refusal(.EINVAL) }
        return UInt64(min(time.seconds, 1 << 32)) * 1_000_000_000 + UInt64(time.fraction)
    }
}
