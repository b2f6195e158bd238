import Credentials
import Kernel
import LinuxABI

/// getrlimit(2), setrlimit(2) and prlimit64(2). The limits live in the model; those that the host enforces are passed on.
enum LimitCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .getrlimit: { task, a throws(Refusal) in
            let old = try change(task, by: task, Arguments.unsigned(a.a0), to: nil)
            try store(old, at: UserAddress(a.a1), task)
            return .success
        },
        .setrlimit: { task, a throws(Refusal) in
            let wanted = try load(UserAddress(a.a1), task)
            _ = try change(task, by: task, Arguments.unsigned(a.a0), to: wanted)
            return .success
        },
        .prlimit64: { task, a throws(Refusal) in
            let wanted = a.a2 == 0 ? nil : try load(UserAddress(a.a2), task)
            let target = try ProcessNumberCalls.target(Arguments.int(a.a0), task)
            if let refusal = task.mayLimit(target) { throw refusal }
            let old = try change(target, by: task, Arguments.unsigned(a.a1), to: wanted)
            if a.a3 != 0 { try store(old, at: UserAddress(a.a3), task) }
            return .success
        },
    ]

    /// do_prlimit(): the old limit; sets the new one when given.
    private static func change(
        _ target: Task, by task: Task, _ resource: UInt32, to wanted: ResourceLimit?
    ) throws(Refusal) -> ResourceLimit {
        let index = Int(resource)
        guard index < target.group.limits.count else { throw Refusal(.EINVAL) }
        if index == ResourceLimit.processorTime { target.group.noteProcessorTimeLimit(of: target) }
        let old = target.group.limits[index]
        guard let wanted else { return old }
        guard wanted.soft <= wanted.hard else { throw Refusal(.limitSoftAboveHard) }
        if index == ResourceLimit.openFiles, wanted.hard > task.kernel.maximumFiles {
            throw Refusal(.limitFilesAboveMaximum)
        }
        if wanted.hard > old.hard {
            try task.require(.sysResource, over: task.kernel.initialUserNamespace, .limitRaise)
        }
        target.group.limits[index] = wanted
        task.kernel.platform.applyLimit(index, wanted, to: target)
        task.kernel.generation &+= 1
        return old
    }

    private static func load(_ address: UserAddress, _ task: Task) throws(Refusal) -> ResourceLimit {
        let bytes = try task.memory.bytes(address, count: 16)
        return ResourceLimit(soft: LittleEndian.load(bytes, 0), hard: LittleEndian.load(bytes, 8))
    }

    private static func store(_ limit: ResourceLimit, at address: UserAddress, _ task: Task) throws(Refusal) {
        try task.memory.store(LittleEndian.bytes(limit.soft) + LittleEndian.bytes(limit.hard), at: address)
    }
}
