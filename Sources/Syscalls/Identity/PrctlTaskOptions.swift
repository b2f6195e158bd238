import Credentials
import Kernel
import LinuxABI

/// The options of prctl(2) that concern the task and its process, not its credentials.
enum PrctlTaskOptions {
    static func call(_ option: PrctlOption, _ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        switch option {
        case .setParentDeathSignal:
            // 0 switches it off; numbers are not cut to int before the check (valid_signal).
            guard a.a1 <= 64 else { throw Refusal(.EINVAL) }
            task.parentDeathSignal = Signal(checked: Int32(truncatingIfNeeded: a.a1))
        case .getParentDeathSignal:
            try task.memory.store(task.parentDeathSignal?.rawValue ?? 0, at: UserAddress(a.a1))
        case .getDumpable:
            return .value(Int64(task.image.dumpable))
        case .setDumpable:
            // 2 can only come from /proc/sys/fs/suid_dumpable.
            guard a.a1 <= 1 else { throw Refusal(.EINVAL) }
            task.image.dumpable = Int32(a.a1)
            task.kernel.generation &+= 1
        case .setName:
            task.comm = try name(task, UserAddress(a.a1))
            task.kernel.generation &+= 1
        case .getName:
            var name = Array(task.comm.prefix(15))
            name.append(contentsOf: repeatElement(0, count: 16 - name.count))
            try task.memory.store(name, at: UserAddress(a.a1))
        case .setChildSubreaper:
            task.kernel.setChildSubreaper(task.group, a.a1 != 0)
        case .getChildSubreaper:
            try task.memory.store(Int32(task.group.isChildSubreaper ? 1 : 0), at: UserAddress(a.a1))
        case .getTIDAddress:
            try task.memory.store(task.clearChildTID.rawValue, at: UserAddress(a.a1))
        case .getAUXV:
            // The program's, as the sentry laid it out; the host's is the loader's.
            guard a.a3 | a.a4 == 0 else { throw Refusal(.EINVAL) }
            let vector = task.image.auxiliaryVector
            try task.memory.store(Array(vector.prefix(Int(clamping: a.a2))), at: UserAddress(a.a1))
            return .value(Int64(vector.count))
        default:
            throw Refusal(.EINVAL)
        }
        return .success
    }

    /// strncpy_from_user() of TASK_COMM_LEN - 1: a longer name is cut, and only what is needed must be readable.
    private static func name(_ task: Task, _ address: UserAddress) throws(Refusal) -> [UInt8] {
        let bytes = task.memory.prefix(address, count: 15)
        if let end = bytes.firstIndex(of: 0) { return Array(bytes[..<end]) }
        guard bytes.count == 15 else { throw Refusal(.EFAULT) }
        return bytes
    }
}
