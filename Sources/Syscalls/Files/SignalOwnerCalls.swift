import Credentials
import Kernel
import LinuxABI

/// F_SETOWN and its kin (fcntl(2), "Managing signals"): who gets SIGIO, and on whose behalf.
enum SignalOwnerCalls {
    private struct Extended: BitwiseCopyable {
        var type: Int32
        var pid: Int32
    }
    private static let thread: Int32 = 0, process: Int32 = 1, group: Int32 = 2

    static func set(_ task: Task, _ file: OpenFile, _ number: Int32) throws(Refusal) -> Outcome {
        if number == .min { throw Refusal(.EINVAL) }
        return try set(task, file, number < 0 ? group : process, number < 0 ? -number : number)
    }

    static func setExtended(_ task: Task, _ file: OpenFile, _ address: UserAddress) throws(Refusal) -> Outcome {
        let owner = try task.memory.load(address, as: Extended.self)
        guard (thread...group).contains(owner.type) else { throw Refusal(.EINVAL) }
        return try set(task, file, owner.type, owner.pid)
    }

    private static func set(
        _ task: Task, _ file: OpenFile, _ type: Int32, _ number: Int32
    ) throws(Refusal) -> Outcome {
        if number == 0 {
            file.signalOwner = nil
            return .success
        }
        guard let pid = task.pidNamespace.pid(number) else { throw Refusal(.ESRCH) }
        // The setter's IDs are kept: they, not the later event's, decide who may be signalled.
        file.signalOwner = SignalOwner(
            type: type, pid: pid, uid: task.credentials.uid, euid: task.credentials.euid)
        return .success
    }

    static func get(_ task: Task, _ file: OpenFile) -> Int32 {
        guard let owner = file.signalOwner else { return 0 }
        let number = owner.pid.number(in: task.pidNamespace)
        return owner.type == group ? -number : number
    }

    static func getExtended(_ task: Task, _ file: OpenFile, _ address: UserAddress) throws(Refusal) -> Outcome {
        let type = file.signalOwner?.type ?? thread
        let number = file.signalOwner?.pid.number(in: task.pidNamespace) ?? 0
        try task.memory.store(Extended(type: type, pid: number), at: address)
        return .success
    }

    /// F_GETOWNER_UIDS: not shown as the overflow ID but as −1 where unmapped.
    static func getUIDs(_ task: Task, _ file: OpenFile, _ address: UserAddress) throws(Refusal) -> Outcome {
        let owner = file.signalOwner
        let values = [owner?.uid ?? .root, owner?.euid ?? .root].map {
            task.userNamespace.uid($0)?.rawValue ?? UInt32.max
        }
        try task.memory.store(UInt64(values[0]) | UInt64(values[1]) << 32, at: address)
        return .success
    }
}
