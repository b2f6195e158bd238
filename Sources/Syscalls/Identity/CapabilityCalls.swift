import Credentials
import Kernel
import LinuxABI

/// capget(2) and capset(2).
enum CapabilityCalls {
    static let handlers: [SyscallNumber: Handler] = [.capget: capget, .capset: capset]

    /// Versions of the user's header, each with how many 32-bit words a set takes.
    private static let version1: UInt32 = 0x1998_0330
    private static let version2: UInt32 = 0x2007_1026
    private static let version3: UInt32 = 0x2008_0522

    /// cap_validate_magic(): how many words follow; nil, after telling the version that is preferred, for no known one.
    private static func words(_ task: Task, _ header: UserAddress) throws(Refusal) -> Int? {
        switch try task.memory.load(header, as: UInt32.self) {
        case version1: return 1
        case version2, version3: return 2
        default:
            try task.memory.store(version3, at: header)
            return nil
        }
    }

    private static func capget(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let header = UserAddress(a.a0), data = UserAddress(a.a1)
        guard let words = try words(task, header) else {
            // Asking for the version with no place for an answer is how it is found out.
            guard data.isNull else { throw Refusal(.EINVAL) }
            return .success
        }
        if data.isNull { return .success }
        let pid = try task.memory.load(header.advanced(by: 4), as: Int32.self)
        guard pid >= 0 else { throw Refusal(.EINVAL) }
        var target = task
        if pid != 0, pid != task.tid {
            guard let other = task.pidNamespace.task(pid) else { throw Refusal(.ESRCH) }
            target = other
        }
        let credentials = target.credentials
        var bytes: [UInt8] = []
        for word in 0..<words {
            for set in [credentials.effective, credentials.permitted, credentials.inheritable] {
                let half = UInt32(truncatingIfNeeded: set.rawValue >> UInt64(word * 32))
                bytes.append(littleEndian: half)
            }
        }
        try task.memory.store(bytes, at: data)
        return .success
    }

    private static func capset(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let header = UserAddress(a.a0)
        guard let words = try words(task, header) else { throw Refusal(.EINVAL) }
        let pid = try task.memory.load(header.advanced(by: 4), as: Int32.self)
        guard pid == 0 || pid == task.tid else { throw Refusal(.capsetOtherTask) }
        let bytes = try task.memory.bytes(UserAddress(a.a1), count: words * 12)
        var sets = [UInt64](repeating: 0, count: 3)
        for word in 0..<words {
            for set in sets.indices {
                let half = LittleEndian.load(bytes, word * 12 + set * 4, as: UInt32.self)
                sets[set] |= UInt64(half) << UInt64(word * 32)
            }
        }
        let new = try task.credentials.settingCapabilities(
            effective: CapabilitySet(rawValue: sets[0]), permitted: CapabilitySet(rawValue: sets[1]),
            inheritable: CapabilitySet(rawValue: sets[2]))
        task.commit(new)
        return .success
    }
}
