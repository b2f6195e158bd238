import Credentials
import Kernel
import LinuxABI

/// add_key(2), request_key(2) and keyctl(2).
enum KeyCalls {
    static let handlers: [SyscallNumber: Handler] = [.add_key: add, .request_key: request, .keyctl: KeyControl.call]

    static let maximumPayload: UInt64 = (1 << 20) - 1

    @Sendable private static func add(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        guard a.a3 <= maximumPayload else { throw Refusal(.EINVAL) }
        let typeName = try task.keyTypeName(a.a0)
        let description = a.a1 == 0 ? nil : try task.keyString(a.a1)
        if description?.first == UInt8(ascii: "."), typeName.starts(with: KeyType.keyring.name) {
            throw Refusal(.keyringNameReserved)
        }
        let payload = try task.keyPayload(a.a2, a.a3, limit: maximumPayload)
        let keyring = try task.key(Arguments.int(a.a4), for: .permission(.write), creating: true)
        guard let type = KeyType(name: typeName) else { throw Refusal(.ENODEV) }
        let key = try keyring.key.createOrUpdate(
            type, description, payload, isPossessed: keyring.isPossessed, by: task.credentials)
        task.kernel.keysChanged()
        return .value(Int64(key.serial.rawValue))
    }

    @Sendable private static func request(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let typeName = try task.keyTypeName(a.a0)
        let description = try task.keyString(a.a1)
        if a.a2 != 0 { _ = try task.keyString(a.a2) }
        let target = Arguments.int(a.a3)
        let keyring = target == 0 ? nil : try task.key(target, for: .permission(.write), creating: true).key
        guard let type = KeyType(name: typeName) else { throw Refusal(.ENOKEY) }
        defer { task.kernel.keysChanged() }
        let key = try task.requestKey(KeyIndex(type, description), linkedIn: keyring, isAsking: a.a2 != 0)
        // wait_for_key_construction()
        if let errno = key.rejection { throw Refusal(errno) }
        try key.validate(now: task.kernel.realSeconds)
        return .value(Int64(key.serial.rawValue))
    }
}
