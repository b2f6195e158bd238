import Credentials
import LinuxABI

/// A message queue (msgop(2)).
package final class MessageQueue: IPCObject {
    package struct Message {
        /// At least 1.
        package let type: Int64
        package let text: [UInt8]
        private let charge: SharedCharge
        /// The message, its charge and its place in a queue.
        private static let footprint = 128

        package init(type: Int64, text: [UInt8], budget: Budget) throws(Refusal) {
            charge = try SharedCharge(budget, .messages, Self.footprint + Footprint.array(text.count))
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

    /// Those before `head` were taken; they go when they are more than the rest.
    private var slots: [Message?] = []
    private var head = 0
    package private(set) var count = 0
    package private(set) var bytes: UInt64 = 0
    package var limit: UInt64
    package var sendTime: Int64 = 0
    package var receiveTime: Int64 = 0
    package var lastSender: PID?
    package var lastReceiver: PID?
    /// Senders and receivers that sleep.
    package let waiters = WaitQueue()

    package init(key: Int32, mode: UInt32, limit: UInt64, creator: Task, now: Int64) throws(Refusal) {
        self.limit = limit
        super.init(
            key: key, mode: mode, creator: creator.credentials, now: now,
            charge: try Charge(creator.kernel.budget, .messages, Self.footprint))
    }

    /// msg_fits_inqueue(): a queue holds at most as many messages as bytes.
    package func fits(_ length: Int) -> Bool {
        bytes &+ UInt64(length) <= limit && UInt64(count) &+ 1 <= limit
    }

    package func append(_ message: Message) {
        slots.append(message)
        count += 1
        bytes &+= UInt64(message.text.count)
    }

    /// The message that `choice` means, and where it is (find_msg).
    package func find(_ choice: Choice) -> (place: Int, message: Message)? {
        var position: Int64 = 0
        var lowest: (place: Int, message: Message)?
        for place in head..<slots.count {
            guard let message = slots[place] else { continue }
            switch choice {
            case .first: return (place, message)
            case .equal(let type): if message.type == type { return (place, message) }
            case .not(let type): if message.type != type { return (place, message) }
            case .at(let wanted):
                if position == wanted { return (place, message) }
                position += 1
            case .upTo(let limit):
                if message.type <= limit, lowest.map({ message.type < $0.message.type }) ?? true {
                    lowest = (place, message)
                }
            }
        }
        return lowest
    }

    package func remove(at place: Int) {
        guard let message = slots[place] else { return }
        bytes &-= UInt64(message.text.count)
        count -= 1
        slots[place] = nil
        while head < slots.count, slots[head] == nil { head += 1 }
        if count == 0 {
            slots = []
            head = 0
        } else if slots.count > 2 * count + 32 {
            // Once for as many removals as there are messages.
            slots = slots[head...].filter { $0 != nil }
            head = 0
        }
    }
}
