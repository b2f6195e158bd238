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
    /// However high SEMMSL is set.
    private static let largestSet: Int32 = 1 << 20

    static func limit(_ index: Int, _ namespace: IPCNamespace) -> Int64 {
        namespace.setting("kernel/sem", index, default: limits[index])
    }

    @Sendable private static func get(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let namespace = try task.ipcNamespace()
        let key = Arguments.int(a.a0), count = Arguments.int(a.a1), flags = Arguments.unsigned(a.a2)
        guard count >= 0, Int64(count) <= limit(0, namespace) else { throw Refusal(.EINVAL) }
        let used = Int64(clamping: namespace.objects.semaphores.total)
        let set = try namespace.objects.semaphores.get(
            key, flags: flags, by: task, limit: Int(limit(3, namespace)),
            fits: { Int(count) <= $0.semaphores.count },
            make: { () throws(Refusal) in
                if count == 0 { throw Refusal(.EINVAL) }
                if used + Int64(count) > limit(1, namespace) { throw Refusal(.ENOSPC) }
                // kvzalloc() gives no more than INT_MAX bytes either.
                if count > largestSet { throw Refusal(.ENOMEM) }
                return try SemaphoreSet(key: key, mode: flags, count: Int(count), creator: task, now: task.realTime)
            })
        return .value(Int64(set.id))
    }

    /// __do_semtimedop().
    private static func operate(_ task: Task, _ a: Arguments, timeout: UserAddress) throws(Refusal) -> Outcome {
        let namespace = try task.ipcNamespace()
        let count = Arguments.unsigned(a.a2)
        if Arguments.int(a.a0) < 0 || count < 1 { throw Refusal(.EINVAL) }
        if Int64(count) > limit(2, namespace) { throw Refusal(.E2BIG) }
        let bytes = try task.memory.bytes(UserAddress(a.a1), count: Int(count) * 6)
        let operations = (0..<Int(count)).map { index in
            SemaphoreSet.Operation(
                number: LittleEndian.load(bytes, index * 6), change: LittleEndian.load(bytes, index * 6 + 2),
                flags: LittleEndian.load(bytes, index * 6 + 4))
        }
        let interval = try duration(timeout, task)
        let set = try namespace.objects.semaphores.object(Arguments.int(a.a0))
        let highest = operations.reduce(0) { max($0, Int($1.number)) }
        if highest >= set.semaphores.count { throw Refusal(.EFBIG) }
        try set.check(operations.contains { $0.change != 0 } ? 0o222 : 0o444, by: task)
        return try SemaphoreOperation(set, operations, interval).run(task, .event)
    }

    private static func duration(_ address: UserAddress, _ task: Task) throws(Refusal) -> UInt64? {
        if address.isNull { return nil }
        let time = try task.memory.load(address, as: Timespec.self)
        guard time.seconds >= 0, (0..<1_000_000_000).contains(time.fraction) else { throw Refusal(.EINVAL) }
        return UInt64(min(time.seconds, 1 << 32)) * 1_000_000_000 + UInt64(time.fraction)
    }
}

/// semop(2) on a set, checked; it waits until all operations can be done.
final class SemaphoreOperation: WaitingCall {
    private let set: SemaphoreSet
    private let operations: [SemaphoreSet.Operation]
    /// How long to wait, in nanoseconds, from when it first has to.
    private let interval: UInt64?
    private(set) var deadline: UInt64?
    /// On which semaphore it waits, and whether for its being zero (GETNCNT, GETZCNT).
    private(set) var number: UInt16 = 0
    private(set) var isForZero = false

    private static let nowait: UInt16 = 0o4000

    init(_ set: SemaphoreSet, _ operations: [SemaphoreSet.Operation], _ interval: UInt64?) {
        self.set = set
        self.operations = operations
        self.interval = interval
    }

    var queue: WaitQueue { self.set.waiters }
    var interruption: Result<Int64, Errno> { .failure(.EINTR) }

    func resume(_ task: Task, _ wakeup: Wakeup) throws(Refusal) -> Outcome {
        if set.isRemoved { throw Refusal(.EIDRM) }
        return try run(task, wakeup)
    }

    func run(_ task: Task, _ wakeup: Wakeup) throws(Refusal) -> Outcome {
        switch set.perform(operations, by: task) {
        case .outOfRange: throw Refusal(.ERANGE)
        case .noMemory(let refusal): throw refusal
        case .wouldBlock(let index):
            let operation = operations[index]
            if operation.flags & Self.nowait != 0 || wakeup == .deadline { throw Refusal(.EAGAIN) }
            if deadline == nil { deadline = interval.map { task.kernel.platform.monotonicNow &+ $0 } }
            number = operation.number
            isForZero = operation.change == 0
            return .wait(self)
        case nil:
            set.operationTime = task.realTime
            if operations.contains(where: { $0.change != 0 }) { task.kernel.wake(set.waiters) }
            return .success
        }
    }
}
