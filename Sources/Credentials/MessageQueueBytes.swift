/// How many bytes of POSIX message queues each user has in a user namespace, and the most that all users of it may have
/// together in the name of its owner (getrlimit(2), RLIMIT_MSGQUEUE; ucounts).
package struct MessageQueueBytes: Sendable {
    private var bytes: [KUID: UInt64] = [:]
    /// RLIMIT_MSGQUEUE of the namespace's creator when it made it.
    package var ceiling = UInt64.max
    package init() {}

    package func bytes(of user: KUID) -> UInt64 { bytes[user, default: 0] }

    fileprivate mutating func add(_ count: UInt64, _ user: KUID) { bytes[user, default: 0] &+= count }
    fileprivate mutating func remove(_ count: UInt64, _ user: KUID) {
        guard let held = bytes[user] else { return }
        bytes[user] = held > count ? held - count : nil
    }
}

/// What one queue is charged for, given back when this object dies: hold it as long as the queue lives.
package final class MessageQueueCharge {
    private let bytes: UInt64
    private let user: KUID
    private let namespace: UserNamespace

    /// inc_rlimit_ucounts(): throws `queueBytesLimit` with nothing counted when `limit` here, or any ancestor's ceiling,
    /// would be passed.
    package init(_ bytes: UInt64, user: KUID, in namespace: UserNamespace, limit: UInt64) throws(Refusal) {
        var maximum = limit
        for (level, payer) in namespace.payers(for: user) {
            let (sum, overflows) = level.messageQueues.bytes(of: payer).addingReportingOverflow(bytes)
            if overflows || sum > maximum { throw Refusal(.queueBytesLimit) }
            maximum = level.messageQueues.ceiling
        }
        for (level, payer) in namespace.payers(for: user) { level.messageQueues.add(bytes, payer) }
        self.bytes = bytes
        self.user = user
        self.namespace = namespace
    }

    deinit {
        for (level, payer) in namespace.payers(for: user) { level.messageQueues.remove(bytes, payer) }
    }
}

extension UserNamespace {
    /// Who pays for what `user` has: the user here, and in each ancestor the owner of the namespace below.
    fileprivate func payers(for user: KUID) -> [(UserNamespace, KUID)] {
        var result = [(self, user)]
        var here = self
        while let parent = here.parent {
            result.append((parent, here.ownerUID))
            here = parent
        }
        return result
    }
}
