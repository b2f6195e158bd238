import Credentials
import Kernel
import LinuxABI

/// recvfrom(2) with an address, recvmsg(2) and recvmmsg(2). Nothing of them runs on the host: whether there is room for
/// control messages or an address lies in memory that others can change. Plain data is received natively.
enum ReceiveCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .recvfrom: { task, a throws(Refusal) in
            let fd = Arguments.int(a.a0)
            let file = try SocketArguments.socket(fd, of: task)
            var header = MessageHeader(buffer: UserAddress(a.a1), count: a.a2)
            header.name = UserAddress(a.a4)
            return try Receiving(
                file, try task.kernel.borrow(fd, of: task), header, flags: Arguments.unsigned(a.a3),
                nameLength: UserAddress(a.a5)
            ).run(task)
        },
        .recvmsg: { task, a throws(Refusal) in
            let fd = Arguments.int(a.a0)
            let file = try SocketArguments.socket(fd, of: task)
            let header = try MessageHeader(UserAddress(a.a1), of: task)
            return try Receiving(
                file, try task.kernel.borrow(fd, of: task), header, flags: Arguments.unsigned(a.a2)
            ).run(task)
        },
        .recvmmsg: { task, a throws(Refusal) in
            let fd = Arguments.int(a.a0)
            let file = try SocketArguments.socket(fd, of: task)
            return try ReceivingSeveral(
                file, try task.kernel.borrow(fd, of: task), at: UserAddress(a.a1), count: Arguments.unsigned(a.a2),
                flags: Arguments.unsigned(a.a3)
            ).run(task)
        },
    ]
}

/// do_recvmmsg(): every message is waited for, or with MSG_WAITFORONE the first. The timeout is looked at after each message
/// that came, and does not end the wait for one.
private final class ReceivingSeveral: MessageSeries {
    private static let waitForOne: UInt32 = 0x10000

    override func begin(_ task: Task, at place: UserAddress, after done: Int64) throws(Refusal) -> MessageTransfer {
        let header = try MessageHeader(place, of: task)
        let waits = flags & Self.waitForOne == 0 || done == 0
        return Receiving(file, host, header, flags: flags & ~Self.waitForOne | (waits ? 0 : MessageTransfer.dontWait))
    }
}

/// One message on its way from the host.
final class Receiving: MessageTransfer {
    /// Where recvfrom(2) wants the address's length.
    private let nameLength: UserAddress
    /// Whose bytes were received so far; nothing of another sender is added to them.
    private var sender: SocketCredentials?
    /// The control messages handed out so far.
    private var control = ControlWriter(capacity: 0)

    private static let peek: UInt32 = 0x2
    private static let controlTruncated: UInt32 = 0x8
    private static let waitForAll: UInt32 = 0x100
    private static let closeOnExec: UInt32 = 0x4000_0000
    /// MSG_OOB, MSG_PEEK, MSG_TRUNC: what the host has to know. It never waits.
    private static let hostFlags: UInt32 = 0x1 | 0x2 | 0x20
    /// What is copied at once; more than a datagram can be.
    private static let limit = 4 << 20

    init(
        _ file: SocketFile, _ host: HostFile, _ header: MessageHeader, flags: UInt32,
        nameLength: UserAddress = UserAddress(0)
    ) {
        self.nameLength = nameLength
        super.init(file, host, header, flags: flags, isSending: false)
    }

    override func run(_ task: Task) throws(Refusal) -> Outcome {
        do throws(Refusal) {
            while true {
                if done > 0, try isOfAnother(task) { break }
                let delivery = try receive(task, limit: header.total - done, flags & Self.hostFlags)
                if try take(delivery, task) { return .value(Int64(done)) }
            }
        } catch {
            // What came before the failure is the call's result (unix_stream_read_generic).
            guard error.errno == .EAGAIN else {
                if done > 0 { return .value(Int64(done)) }
                throw error
            }
            do throws(Refusal) {
                let outcome = try wait(task, for: Self.readable)
                // __skb_wait_for_more_packets(): nothing comes any more.
                return socket.kind == .datagram && socket.isShutForReading ? .value(0) : outcome
            } catch {
                if done == 0 { throw error }
            }
        }
        return .value(Int64(done))
    }

    private func receive(_ task: Task, limit: Int, _ flags: UInt32) throws(Refusal) -> HostDelivery {
        do throws(Errno) {
            return try task.kernel.platform.sockets.receive(
                host, limit: max(0, min(limit, Self.limit)), flags: Int32(bitPattern: flags))
        } catch { throw Refusal(error) }
    }

    /// Bytes of several senders are not put together where the receiver is told who sent them (unix_skb_scm_eq).
    private func isOfAnother(_ task: Task) throws(Refusal) -> Bool {
        guard socket.remembersSenders, let known = sender else { return false }
        let next = try receive(task, limit: 1, Self.peek)
        if next.data.isEmpty { return false }
        let ancillary = next.token == 0 ? nil : socket.ancillary(next.token, keeping: true)
        let other = credentials(next, ancillary, task)
        return other.pid !== known.pid || other.uid != known.uid || other.gid != known.gid
    }

    /// Hands a message out, or the next piece of a stream; false when more of that is to be waited for.
    private func take(_ delivery: HostDelivery, _ task: Task) throws(Refusal) -> Bool {
        let isFirst = done == 0
        let ancillary = delivery.token == 0 ? nil : socket.ancillary(delivery.token, keeping: flags & Self.peek != 0)
        try header.scatter(delivery.data, from: done, to: task)
        if isFirst {
            sender = credentials(delivery, ancillary, task)
            control = ControlWriter(capacity: header.controlLength)
        }
        writeControl(delivery, ancillary, isFirst: isFirst, task)
        if isFirst { try storeName(delivery, task) }
        if let place = header.place {
            storeControl(task)
            var shown = UInt32(bitPattern: delivery.flags) & ~Self.controlTruncated | flags & Self.closeOnExec
            if control.isTruncated { shown |= Self.controlTruncated }
            try task.memory.store(UInt64(control.bytes.count), at: place.advanced(by: 40))
            try task.memory.store(shown, at: place.advanced(by: 48))
        }
        done += isFirst ? delivery.result : delivery.data.count
        // A piece with files is the last.
        guard socket.kind == .stream, flags & Self.peek == 0, !delivery.data.isEmpty, ancillary?.files.isEmpty ?? true
        else { return true }
        return done >= target(task)
    }

    /// put_cmsg(): where the buffer cannot be written, nothing of it has come, and that is all.
    private func storeControl(_ task: Task) {
        do throws(Refusal) {
            try task.memory.store(control.bytes, at: header.control)
        } catch {
            control.giveUp(in: task)
        }
    }

    /// How many bytes end the wait for more (sock_rcvlowat).
    private func target(_ task: Task) -> Int {
        if flags & Self.waitForAll != 0 || done >= header.total { return header.total }
        return min(task.kernel.platform.sockets.lowWater(host), header.total)
    }

    /// scm_recv_unix(): credentials first, then files, then the sender's pidfd.
    private func writeControl(
        _ delivery: HostDelivery, _ ancillary: AncillaryData?, isFirst: Bool, _ task: Task
    ) {
        if isFirst, let timestamp = delivery.timestamp { control.put(timestamp.type, timestamp.payload) }
        if isFirst, socket.passesCredentials {
            let absent = task.kernel.initialUserNamespace.overflow.uid
            control.put(
                ControlMessage.credentials, credentials(delivery, ancillary, task).bytes(for: task, absent: absent))
        }
        if let ancillary, !ancillary.files.isEmpty {
            control.put(ancillary, delivery.files, closeOnExec: flags & Self.closeOnExec != 0, in: task)
        }
        if isFirst, socket.passesProcessFiles { control.put(credentials(delivery, ancillary, task), in: task) }
    }

    private func credentials(_ delivery: HostDelivery, _ ancillary: AncillaryData?, _ task: Task) -> SocketCredentials {
        if let ancillary { return ancillary.credentials }
        if delivery.senderPID == 0 { return .nobody }
        if let sender = delivery.sender as? SocketCredentials { return sender }
        // What the sentry itself sent without a mark is a later piece of a stream. Whom nobody knows any more is nobody, and
        // not who happened to send before.
        return delivery.isFromSentry ? socket.lastSender ?? .nobody : .nobody
    }

    private func storeName(_ delivery: HostDelivery, _ task: Task) throws(Refusal) {
        if header.name.isNull { return }
        let name = delivery.senderNumber.map { task.kernel.sockets.name(ofHost: $0) } ?? .unnamed
        // A sender without a name leaves no address at all (unix_copy_addr).
        let address = name == .unnamed ? [] : name.address
        guard let place = header.place else {
            try SocketArguments.store(address, at: header.name, length: nameLength, of: task)
            return
        }
        try task.memory.store(Array(address.prefix(Int(header.nameLength))), at: header.name)
        try task.memory.store(Int32(truncatingIfNeeded: address.count), at: place.advanced(by: 8))
    }
}
