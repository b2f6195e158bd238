import Credentials
import Kernel
import LinuxABI

/// The operations of keyctl(2) on keyrings' links.
enum KeyLinks {
    private static let moveExclusive: UInt32 = 1

    private static func writable(_ task: Task, _ id: UInt64, creating: Bool = true) throws(Refusal) -> Key {
        try task.key(Arguments.int(id), for: .permission(.write), creating: creating).key
    }

    @Sendable static func clear(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        try writable(task, a.a1).clear()
        return .success
    }

    @Sendable static func link(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let keyring = try writable(task, a.a2)
        let key = try task.key(Arguments.int(a.a1), for: .permission(.link), creating: true).key
        try keyring.link(key, by: task.credentials)
        return .success
    }

    @Sendable static func unlink(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let keyring = try writable(task, a.a2, creating: false)
        try keyring.unlink(try task.key(Arguments.int(a.a1), for: .unlinking, partial: true).key)
        return .success
    }

    /// keyctl_keyring_move()
    @Sendable static func move(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let flags = Arguments.unsigned(a.a4)
        guard flags & ~moveExclusive == 0 else { throw Refusal(.EINVAL) }
        let key = try task.key(Arguments.int(a.a1), for: .permission(.link), creating: true).key
        let from = try writable(task, a.a2, creating: false)
        let target = try writable(task, a.a3)
        try from.move(key, to: target, isExclusive: flags & moveExclusive != 0, by: task.credentials)
        return .success
    }

    /// keyctl_keyring_search()
    @Sendable static func search(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let typeName = try task.keyTypeName(a.a2)
        let description = try task.keyString(a.a3)
        let keyring = try task.key(Arguments.int(a.a1), for: .permission(.search))
        let target = Arguments.int(a.a4) == 0 ? nil : try writable(task, a.a4)
        guard let type = KeyType(name: typeName) else { throw Refusal(.ENOKEY) }
        var search = KeySearch(KeyIndex(type, description), by: task.credentials, now: task.kernel.realSeconds)
        switch search.run(in: keyring.key, isPossessed: keyring.isPossessed) {
        case .missing: throw Refusal(.ENOKEY)
        case .refused(let refusal): throw refusal
        case .found(let key):
            if let target {
                try task.check(KeyReference(key, isPossessed: keyring.isPossessed), .link)
                try target.link(key, by: task.credentials)
            }
            return KeyControl.serial(key)
        }
    }

    /// keyctl_restrict_keyring(): of the types here none has a restriction to offer, so only "no more links" is left.
    @Sendable static func restrict(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let keyring = try task.key(Arguments.int(a.a1), for: .permission(.setAttributes)).key
        guard (a.a2 == 0) == (a.a3 == 0) else { throw Refusal(.EINVAL) }
        if a.a2 != 0 {
            let name = try task.keyTypeName(a.a2)
            _ = try task.keyString(a.a3)
            guard keyring.type == .keyring else { throw Refusal(.ENOTDIR) }
            throw Refusal(KeyType(name: name) == nil ? .ENOKEY : .ENOENT)
        }
        try keyring.restrict()
        return .success
    }

    /// keyctl_get_persistent()
    @Sendable static func persistent(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let number = UID(Arguments.unsigned(a.a1))
        let user = try task.ownerOfPersistentKeyring(number == .unchanged ? nil : number)
        let target = try writable(task, a.a2)
        guard target.type == .keyring else { throw Refusal(.ENOTDIR) }
        return KeyControl.serial(
            try task.credentials.persistentKeyring(
                of: user, linkedIn: target, in: task.kernel.keys, now: task.kernel.realSeconds))
    }
}
