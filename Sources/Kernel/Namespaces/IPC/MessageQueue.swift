import Credentials
import LinuxABI

/// A message queue (msgop(2)).
package final class MessageQueue: IPCObject {
    package struct Message {
        /// At least 1.
        package let type: Int64
        package let text: [UInt8]
        package init(type: Int64, text: [UInt8]) {
            self.type = type
            self.text = text
        }
    }

    /// Which message is wanted, as msgrcv(2)'s type and MSG_EXCEPT say.
    package enum Choice {
        case first
        case equal(Int64)
        case not(Int64)
        /// The lowest type that is no greater.
        case upTo(Int64)
        /// By position (MSG_COPY).
        case at(Int64)
    }

    package private(set) var messages: [Message] = []
    package private(set) var bytes: UInt64 = 0
    package var limit: UInt64
    package var sendTime: Int64 = 0
    package var receiveTime: Int64 = 0
    package var lastSender: PID?
    package var lastReceiver: PID?
    /// Senders and receivers that sleep.
    package let waiters = WaitQueue()

    package init(key: Int32, mode: UInt32, limit: UInt64, creator: Task, now: Int64) {
        self.limit = limit
        super.init(key: key, mode: mode, creator: creator.credentials, now: now)
    }

    /// msg_fits_inqueue(): a queue holds at most as many messages as bytes.
    package func fits(_ count: Int) -> Bool {
        bytes &+ UInt64(count) <= limit && UInt64(messages.count) &+ 1 <= limit
    }

    package func append(_ message: Message) {
        messages.append(message)
        bytes &+= UInt64(message.text.count)
    }

    /// The position of the message that `choice` means (find_msg).
    package func find(_ choice: Choice) -> Int? {
        switch choice {
        case .first: return messages.isEmpty ? nil : 0
        case .equal(let type): return messages.firstIndex { $0.type == type }
        case .not(let type): return messages.firstIndex { $0.type != type }
        case .upTo(let limit):
            var found: Int?
            for (index, message) in messages.enumerated() where message.type <= limit {
                if found.map({ message.type < messages[$0].type }) ?? true { found = index }
            }
            return found
        case .at(let position): return Int(exactly: position).flatMap { messages.indices.contains($0) ? $0 : nil }
        }
    }

    package func remove(at index: Int) {
        bytes &-= UInt64(messages[index].text.count)
        messages.remove(at: index)
    }
}
