import LinuxABI

/// What went wrong in a file system's context, for who reads it (struct fc_log): no more than the last eight messages.
package struct MessageLog {
    package enum Level: UInt8 { case error = 0x65, warning = 0x77, information = 0x69 }
    /// Each with its newline, the oldest first.
    package private(set) var messages: [[UInt8]] = []
    private static let capacity = 8

    /// logfc(): `e tmpfs: text`; without a type, `e text`.
    package mutating func add(_ level: Level, _ type: FileSystemType?, _ text: [UInt8]) {
        if messages.count >= Self.capacity { messages.removeFirst() }
        var message: [UInt8] = [level.rawValue, 0x20]
        if let type {
            message += type.name.bytes
            message.append(": ")
        }
        messages.append(message + text + [0x0a])
    }
    package mutating func add(_ level: Level, _ type: FileSystemType?, _ text: StaticString) {
        add(level, type, Name(stringLiteral: text).bytes)
    }

    /// The oldest message leaves the log.
    package mutating func take() -> [UInt8]? { messages.isEmpty ? nil : messages.removeFirst() }
}
