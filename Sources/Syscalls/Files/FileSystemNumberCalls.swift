import Credentials
import Kernel
import LinuxABI

/// sysfs(2) and ustat(2): file systems' types and instances by their numbers.
enum FileSystemNumberCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .sysfs: { (task, a) throws(Refusal) in try types(task, a) },
        .ustat: { (task, a) throws(Refusal) in try status(task, a) },
    ]

    private static func types(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let all = task.kernel.fileSystemTypes.all
        switch Arguments.int(a.a0) {
        case 1:
            // fs_index()
            let name = try task.path(a.a1)
            if name.isEmpty { throw Refusal(.ENOENT) }
            guard let index = all.firstIndex(where: { $0.name.bytes == name }) else { throw Refusal(.EINVAL) }
            return .value(Int64(index))
        case 2:
            // fs_name()
            let index = Int(Arguments.unsigned(a.a1))
            guard all.indices.contains(index) else { throw Refusal(.EINVAL) }
            try task.memory.store(Array(all[index].name.bytes) + [0], at: UserAddress(a.a2))
            return .success
        case 3: return .value(Int64(all.count))
        default: throw Refusal(.EINVAL)
        }
    }

    private static func status(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let device = DeviceNumber(encoded: UInt64(Arguments.unsigned(a.a0)))
        // user_get_super()
        guard let found = task.mountNamespace?.mounts.first(where: { $0.fileSystem.device == device }) else {
            throw Refusal(.EINVAL)
        }
        let statistics = found.fileSystem.statistics
        // struct ustat: free blocks in 4 bytes, padding, free inodes, and two names that nobody fills in.
        let blocks = UInt64(UInt32(truncatingIfNeeded: statistics.freeBlocks))
        let words = [blocks, statistics.freeFiles, 0, 0]
        try task.memory.store(words.flatMap(LittleEndian.bytes), at: UserAddress(a.a1))
        return .success
    }
}
