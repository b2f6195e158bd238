import Credentials
import LinuxABI

/// /proc/keys and /proc/key-users, as who opened them may see them (keyrings(7), "/proc files").
enum KeyFiles {
    /// proc_keys_show(): the keys that the opener may view.
    @Sendable static func keys(_ reader: ProcReader) throws(Refusal) -> [UInt8] {
        let table = reader.kernel.keys
        let now = reader.kernel.realSeconds
        let credentials = reader.credentials
        table.collect(now: now)
        let users = holders(reader.kernel)
        var text = TextBuffer()
        for key in table.sortedKeys where reader.userNamespace.uid(key.payer) != nil {
            var search = KeySearch(possessionOf: key, by: credentials, now: now)
            var isPossessed = false
            if case .found = credentials.searchKeyrings(&search) { isPossessed = true }
            guard KeyReference(key, isPossessed: isPossessed).permits(.view, to: credentials) else { continue }
            show(&text, key, reader, usage: key.linkCount + users[key.serial, default: 0], now)
        }
        return text.bytes
    }

    private static func show(_ text: inout TextBuffer, _ key: Key, _ reader: ProcReader, usage: Int, _ now: Int64) {
        text.hex(UInt64(UInt32(bitPattern: key.serial.rawValue)), width: 8)
        text.append(" I")
        text.append(byte: key.isRevoked ? UInt8(ascii: "R") : UInt8(ascii: "-"))
        text.append("-")
        text.append(byte: key.isInQuota ? UInt8(ascii: "Q") : UInt8(ascii: "-"))
        text.append("-")
        text.append(byte: key.rejection != nil ? UInt8(ascii: "N") : UInt8(ascii: "-"))
        text.append(byte: key.isInvalidated ? UInt8(ascii: "i") : UInt8(ascii: "-"))
        text.space()
        text.append(Int64(usage), width: 5)
        text.space()
        let time = timeLeft(key, now)
        for _ in time.count..<max(4, time.count) { text.space() }
        text.append(time)
        text.space()
        text.hex(UInt64(key.permissions.rawValue), width: 8)
        text.space()
        text.append(UInt64(reader.uid(key.uid)), width: 5)
        text.space()
        text.append(UInt64(reader.gid(key.gid)), width: 5)
        text.space()
        text.left(Array(key.type.name), width: 9)
        text.space()
        text.append(key.description)
        if key.rejection == nil {
            text.append(": ")
            switch key.type {
            case .keyring: if key.links.count == 0 { text.append("empty") } else { text.append(key.links.count) }
            case .user, .logon: text.append(key.dataLength)
            }
        }
        text.newline()
    }

    private static func timeLeft(_ key: Key, _ now: Int64) -> [UInt8] {
        guard let expiry = key.expiry else { return Array("perm".utf8) }
        if now >= expiry { return Array("expd".utf8) }
        let left = expiry &- now
        let units: [(seconds: Int64, letter: String)] = [(604_800, "w"), (86400, "d"), (3600, "h"), (60, "m")]
        for (seconds, letter) in units where left >= seconds { return Array("\(left / seconds)\(letter)".utf8) }
        return Array("\(left)s".utf8)
    }

    /// References that are no links: from credentials, which each process has of its own, and from namespaces.
    private static func holders(_ kernel: Kernel) -> [KeySerial: Int] {
        struct Holder: Hashable {
            let group: ObjectIdentifier
            let credentials: ObjectIdentifier
        }
        var counts: [KeySerial: Int] = [:]
        var seen: Set<Holder> = []
        var namespaces: Set<ObjectIdentifier> = []
        for pid in kernel.initialPIDNamespace.numbers.values {
            guard let task = pid.task else { continue }
            let namespace = task.userNamespace
            if let own = namespace.keyrings, namespaces.insert(ObjectIdentifier(namespace)).inserted {
                for case let register? in [own.users, own.persistent] { counts[register.serial, default: 0] += 1 }
            }
            guard let own = task.credentials.keyrings,
                seen.insert(
                    Holder(group: ObjectIdentifier(task.group), credentials: ObjectIdentifier(task.credentials))
                )
                .inserted
            else { continue }
            for case let keyring? in [own.thread, own.process, own.session] {
                counts[keyring.serial, default: 0] += 1
            }
        }
        return counts
    }

    /// proc_key_users_show(): what each user that the opener can name has.
    @Sendable static func users(_ reader: ProcReader) throws(Refusal) -> [UInt8] {
        let table = reader.kernel.keys
        table.collect(now: reader.kernel.realSeconds)
        var text = TextBuffer(capacity: 48)
        var users = table.users
        // Root is always there, and by Linux's account starts with two keys and three users of its record.
        var root = users[.root] ?? KeyUser()
        root.addInitialKeys()
        users[.root] = root
        for (user, used) in users.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            guard let number = reader.userNamespace.uid(user) else { continue }
            text.append(UInt64(number.rawValue), width: 5)
            text.append(": ")
            text.append(Int64(used.keys + (user == .root ? 1 : 0)), width: 5)
            let pairs = [
                (Int64(used.keys), Int64(used.keys)), (Int64(used.quotaKeys), table.maximumKeys(user)),
                (Int64(used.quotaBytes), table.maximumBytes(user)),
            ]
            for (value, maximum) in pairs {
                text.space()
                text.append(Int(value))
                text.append(byte: UInt8(ascii: "/"))
                text.append(Int(maximum))
            }
            text.newline()
        }
        return text.bytes
    }
}
