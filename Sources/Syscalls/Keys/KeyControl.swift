import Credentials
import Kernel
import LinuxABI

/// keyctl(2): one handler for each operation.
enum KeyControl {
    /// By operation number; those that are missing have no support here, as where Linux is built without it:
    /// Diffie-Hellman (23), public keys (25 to 28), notifications (32).
    private static let operations: [Int32: Handler] = [
        0: keyringID, 1: joinSession, 2: update, 3: revoke, 11: read, 12: instantiate, 13: negate,
        14: setRequestDefault, 16: assumeAuthority, 18: sessionToParent, 19: reject, 20: instantiateVector,
        21: invalidate, 24: queryPublicKey, 31: capabilities,
        4: KeyAttributes.changeOwner, 5: KeyAttributes.setPermissions, 6: KeyAttributes.describe,
        15: KeyAttributes.setTimeout, 17: KeyAttributes.securityLabel,
        7: KeyLinks.clear, 8: KeyLinks.link, 9: KeyLinks.unlink, 10: KeyLinks.search, 22: KeyLinks.persistent,
        29: KeyLinks.restrict, 30: KeyLinks.move,
    ]

    @Sendable static func call(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        guard let operation = operations[Arguments.int(a.a0)] else { throw Refusal(.EOPNOTSUPP) }
        defer { task.kernel.keysChanged() }
        return try operation(task, a)
    }

    static func serial(_ key: Key) -> Outcome { .value(Int64(key.serial.rawValue)) }

    // MARK: Keyrings of the task

    @Sendable private static func keyringID(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let creating = Arguments.int(a.a2) != 0
        return serial(try task.key(Arguments.int(a.a1), for: .permission(.search), creating: creating).key)
    }

    @Sendable private static func joinSession(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        guard a.a1 != 0 else { return serial(try task.joinSession()) }
        let name = try task.keyString(a.a1)
        guard let joined = try task.joinSession(named: name) else { return .success }
        return serial(joined)
    }

    @Sendable private static func sessionToParent(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        try task.giveSessionToParent()
        return .success
    }

    @Sendable private static func setRequestDefault(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        .value(Int64(try task.setRequestDefault(Arguments.int(a.a1))))
    }

    // MARK: Payloads

    @Sendable private static func update(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let payload = try task.keyPayload(a.a2, a.a3, limit: 4096)
        let key = try task.key(Arguments.int(a.a1), for: .permission(.write)).key
        guard key.type.isUpdatable else { throw Refusal(.EOPNOTSUPP) }
        try Key.checkPayload(payload, for: key.type)
        try key.update(payload)
        return .success
    }

    /// Nothing is copied unless all fits.
    @Sendable private static func read(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let key = try task.readableKey(Arguments.int(a.a1))
        let size = a.a2 == 0 ? 0 : a.a3
        let bytes: [UInt8]
        if key.type == .keyring {
            // keyring_read() wants whole numbers; of a large buffer only as much as is needed is asked for.
            if size <= 4096, size % 4 != 0 { throw Refusal(.EINVAL) }
            bytes = key.links.keys.flatMap { LittleEndian.bytes($0.serial.rawValue) }
        } else {
            bytes = key.payload
        }
        if size >= UInt64(bytes.count) { try task.memory.store(bytes, at: UserAddress(a.a2)) }
        return .value(Int64(bytes.count))
    }

    // MARK: The end of keys

    @Sendable private static func revoke(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        try task.revocableKey(Arguments.int(a.a1)).revoke()
        return .success
    }

    @Sendable private static func invalidate(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        try task.key(Arguments.int(a.a1), for: .permission(.search)).key.invalidate()
        return .success
    }

    // MARK: Instantiation, to which nobody here is ever called

    /// keyctl_instantiate_key_common(): the size is looked at before the authority.
    @Sendable private static func instantiate(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        if a.a2 != 0, a.a3 > KeyCalls.maximumPayload { throw Refusal(.EINVAL) }
        throw Refusal(.keyNoAuthority)
    }

    @Sendable private static func instantiateVector(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let count = a.a2 == 0 ? 0 : Arguments.unsigned(a.a3)
        guard count <= 1024 else { throw Refusal(.EINVAL) }
        let vectors = try task.memory.bytes(UserAddress(a.a2), count: Int(count) * 16)
        var total: UInt64 = 0
        for index in 0..<Int(count) {
            let length: UInt64 = LittleEndian.load(vectors, index * 16 + 8)
            guard length <= UInt64(Int64.max) else { throw Refusal(.EINVAL) }
            total = min(total &+ length, 0x7fff_f000)
        }
        guard total <= KeyCalls.maximumPayload else { throw Refusal(.EINVAL) }
        throw Refusal(.keyNoAuthority)
    }

    @Sendable private static func negate(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        throw Refusal(.keyNoAuthority)
    }

    @Sendable private static func reject(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let error = Arguments.unsigned(a.a3)
        // Neither beyond MAX_ERRNO nor one of the kernel's restart codes.
        guard error > 0, error < 4095, ![512, 513, 514, 516].contains(error) else { throw Refusal(.EINVAL) }
        throw Refusal(.keyNoAuthority)
    }

    /// key_get_instantiation_authkey() never finds one.
    @Sendable private static func assumeAuthority(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let id = Arguments.int(a.a1)
        guard id >= 0 else { throw Refusal(.EINVAL) }
        guard id == 0 else { throw Refusal(.ENOKEY) }
        return .success
    }

    /// A reserved argument is looked at even where there are no public keys.
    @Sendable private static func queryPublicKey(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        throw Refusal(a.a2 != 0 ? .EINVAL : .EOPNOTSUPP)
    }

    /// KEYCTL_CAPABILITIES: persistent keyrings, invalidation, restriction, moving; names by user namespace, tags.
    @Sendable private static func capabilities(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let flags: [UInt8] = [0x01 | 0x02 | 0x20 | 0x40 | 0x80, 0x01 | 0x02]
        let address = UserAddress(a.a1)
        try task.memory.store(Array(flags.prefix(Int(clamping: a.a2))), at: address)
        // What is longer is cleared, a piece at a time, and as far as a sane caller may mean it.
        let end = min(a.a2, 1 << 24)
        var done = UInt64(flags.count)
        while done < end {
            let count = Int(min(end - done, 4096))
            try task.memory.store([UInt8](repeating: 0, count: count), at: address.advanced(by: Int(clamping: done)))
            done += UInt64(count)
        }
        return .value(Int64(flags.count))
    }
}
