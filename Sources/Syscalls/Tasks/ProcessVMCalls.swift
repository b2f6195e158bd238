import Credentials
import Kernel
import LinuxABI

/// Calls that look into other processes: process_vm_readv(2), process_vm_writev(2), kcmp(2).
enum ProcessVMCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .process_vm_readv: { task, a throws(Refusal) in try transfer(task, a, writes: false) },
        .process_vm_writev: { task, a throws(Refusal) in try transfer(task, a, writes: true) },
        .kcmp: compare,
    ]

    /// UIO_MAXIOV.
    private static let maximumVectors: UInt64 = 1024

    private static func vectors(_ address: UInt64, _ count: UInt64, _ task: Task) throws(Refusal) -> [MemoryVector] {
        guard count <= maximumVectors else { throw Refusal(.EINVAL) }
        let bytes = try task.memory.bytes(UserAddress(address), count: Int(count) * 16)
        var vectors: [MemoryVector] = []
        for index in 0..<Int(count) {
            let length: UInt64 = LittleEndian.load(bytes, index * 16 + 8)
            guard let length = Int(exactly: length) else { throw Refusal(.EINVAL) }
            vectors.append(MemoryVector(address: UserAddress(LittleEndian.load(bytes, index * 16)), count: length))
        }
        return vectors
    }

    /// process_vm_rw(): moves bytes between the two address spaces until either list ends or a page is missing.
    private static func transfer(_ task: Task, _ a: Arguments, writes: Bool) throws(Refusal) -> Outcome {
        guard a.a5 == 0 else { throw Refusal(.EINVAL) }
        let local = try vectors(a.a1, a.a2, task)
        guard local.contains(where: { $0.count > 0 }) else { return .value(0) }
        let remote = try vectors(a.a3, a.a4, task)
        guard remote.contains(where: { $0.count > 0 }) else { return .value(0) }
        let number = Arguments.int(a.a0)
        guard let other = task.pidNamespace.task(number) else { throw Refusal(.ESRCH) }
        if let refusal = task.mayAccessMemory(of: other, .attachByRealCredentials) { throw refusal }
        // Linux has the caller wait until the other's exec is over, and write into memory that the program can read.
        if writes, task.kernel.platform.isLoading(other) { throw Refusal(.EFAULT) }
        return try MemoryTransfer(local, remote, of: other, writes: writes).run(task)
    }

    // MARK: kcmp

    private static let compare: Handler = { task, a throws(Refusal) in
        guard let first = task.pidNamespace.task(Arguments.int(a.a0)),
            let second = task.pidNamespace.task(Arguments.int(a.a1))
        else { throw Refusal(.ESRCH) }
        for other in [first, second] {
            if let refusal = task.mayAccess(other, .readByRealCredentials) { throw refusal }
        }
        switch Arguments.int(a.a2) {
        case 0:
            let one = try first.files.file(Int32(truncatingIfNeeded: a.a3))
            let two = try second.files.file(Int32(truncatingIfNeeded: a.a4))
            return order(one, two)
        case 1: return order(first.image, second.image)
        case 2: return order(first.files, second.files)
        case 3: return order(first.fs, second.fs)
        case 4: return order(first.group.handlers, second.group.handlers)
        case 5: return order(first.ioContext, second.ioContext)
        case 6: return order(first.semaphoreUndos, second.semaphoreUndos)
        case 7:
            // KCMP_EPOLL_TFD: what an epoll watches only the host knows. struct kcmp_epoll_slot is read first.
            _ = try task.memory.bytes(UserAddress(a.a4), count: 12)
            throw Refusal(.EOPNOTSUPP)
        default: throw Refusal(.EINVAL)
        }
    }

    /// 0 the same, 1 less, 2 greater: any order will do that lasts as long as the objects. Two that are not there are the
    /// same.
    private static func order(_ one: AnyObject?, _ two: AnyObject?) -> Outcome {
        let (a, b) = (one.map { ObjectIdentifier($0) }, two.map { ObjectIdentifier($0) })
        if a == b { return .value(0) }
        guard let a, let b else { return .value(a == nil ? 1 : 2) }
        return .value(a < b ? 1 : 2)
    }
}
