import Credentials
import Kernel
import LinuxABI

/// A piece of memory (struct iovec).
struct MemoryVector {
    var address: UserAddress
    var count: Int
}

/// process_vm_readv(2) or process_vm_writev(2), decoded and permitted. Much is moved in turns, between which others are answered.
final class MemoryTransfer {
    // The next pieces are last.
    private var local: [MemoryVector]
    private var remote: [MemoryVector]
    private let other: Task
    private let memory: any GuestMemory
    private let writes: Bool
    private var done: Int64 = 0

    private static let chunk = 1 << 16
    /// What is moved in one turn, in bytes.
    private static let turn: Int64 = 1 << 20
    /// MAX_RW_COUNT, to which import_iovec() cuts what the caller gives.
    private static let maximum: Int64 = 0x7fff_f000

    init(_ local: [MemoryVector], _ remote: [MemoryVector], of other: Task, writes: Bool) {
        self.local = local.reversed()
        self.remote = remote.reversed()
        self.other = other
        memory = other.addressSpace
        self.writes = writes
    }

    func run(_ task: Task) throws(Refusal) -> Outcome {
        let end = min(Self.maximum, done + Self.turn)
        while done < end {
            guard moveNext(task) else {
                guard done > 0 else { throw Refusal(.EFAULT) }
                return .value(done)
            }
        }
        if done == Self.maximum { return .value(done) }
        return .work(
            HostWork(nextTurn: { [self] (task) throws(Refusal) in
                // The other may have ended meanwhile, or executed a new program.
                let isThere = !other.isExiting && other.addressSpace === memory
                if !isThere || task.kernel.platform.isLoading(other) { return .value(done) }
                return try run(task)
            }))
    }

    /// Moves what the next pieces have in common; false at the end, or where a page is missing.
    private func moveNext(_ task: Task) -> Bool {
        guard var here = local.popLast(), var there = remote.popLast() else { return false }
        let count = min(here.count, there.count, Self.chunk, Int(Self.maximum - done))
        let moved =
            writes
            ? Self.copy(count, from: here.address, task.addressSpace, to: there.address, memory)
            : Self.copy(count, from: there.address, memory, to: here.address, task.addressSpace)
        done += Int64(moved)
        if moved < count { return false }
        here = MemoryVector(address: here.address.advanced(by: count), count: here.count - count)
        there = MemoryVector(address: there.address.advanced(by: count), count: there.count - count)
        if here.count > 0 { local.append(here) }
        if there.count > 0 { remote.append(there) }
        return true
    }

    private static func copy(
        _ count: Int, from source: UserAddress, _ sourceMemory: any GuestMemory, to target: UserAddress,
        _ targetMemory: any GuestMemory
    ) -> Int {
        targetMemory.write(sourceMemory.prefix(source, count: count)[...], at: target)
    }
}
