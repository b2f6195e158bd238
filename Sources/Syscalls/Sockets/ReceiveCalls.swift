import Credentials
import Kernel
import LinuxABI

/// recvfrom(2) with an address, recvmsg(2) and recvmmsg(2). Nothing of them runs on the host: whether there is room for
/// control messages or an address lies in memory that others can change. Plain data is received natively.
enum ReceiveCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .recvfrom: { task, a throws(Refusal) in
            let fd = Arguments.int(a.a0)
            let state = try SocketWait.take(task, fd)
            let file = try SocketArguments.socket(fd, of: task)
            var header = MessageHeader(buffer: UserAddress(a.a1), count: a.a2)
            header.name = UserAddress(a.a4)
            let receiving = Receiving(
                task, fd, state ?? SocketWait(file, header), header, flags: Arguments.unsigned(a.a3),
                nameLength: UserAddress(a.a5))
            return try receiving.run()
        },
        .recvmsg: { task, a throws(Refusal) in
            let fd = Arguments.int(a.a0)
            let state = try SocketWait.take(task, fd)
            let file = try SocketArguments.socket(fd, of: task)
            let header: MessageHeader
            if let known = state?.header {
                header = known
            } else {
                header = try MessageHeader(UserAddress(a.a1), of: task)
            }
            let receiving = Receiving(
                task, fd, state ?? SocketWait(file, header), header, flags: Arguments.unsigned(a.a2))
            return try receiving.run()
        },
        .recvmmsg: receiveSeveral,
    ]

    private static let waitForOne: UInt32 = 0x10000

    /// do_recvmmsg(): every message is waited for, or with MSG_WAITFORONE the first. The timeout is looked at after each
    /// message that came, and does not end the wait for one.
    private static func receiveSeveral(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let fd = Arguments.int(a.a0)
        let known = try SocketWait.take(task, fd)
        let file = try SocketArguments.socket(fd, of: task)
        let count = min(Arguments.unsigned(a.a2), 1024)
        let flags = Arguments.unsigned(a.a3)
        var received = known?.messages ?? 0
        while received < Int64(count) {
            let place = UserAddress(a.a1).advanced(by: Int(received) * 64)
            let state = received == known?.messages ? known ?? SocketWait(file) : SocketWait(file)
            state.messages = received
            do throws(Refusal) {
                let header = try MessageHeader(place, of: task)
                let waits = flags & waitForOne == 0 || received == 0
                let outcome = try Receiving(
                    task, fd, state, header, flags: flags & ~waitForOne | (waits ? 0 : Sending.dontWait)
                ).run()
                if case .park = outcome, state.done > 0 {
                    try task.memory.store(UInt32(truncatingIfNeeded: state.done), at: place.advanced(by: 56))
                }
                guard case .value(let length) = outcome else { return outcome }
                try task.memory.store(UInt32(truncatingIfNeeded: length), at: place.advanced(by: 56))
            } catch {
                task.awaited = nil
                if received > 0 { return .value(received) }
                throw error
            }
            received += 1
        }
        return .value(received)
    }
}

/// One message on its way from the host.
struct Receiving {
    let task: Task
    let fd: Int32
    let state: SocketWait
    let header: MessageHeader
    let flags: UInt32
    /// Where recvfrom(2) wants the address's length.
    let nameLength: UserAddress

    private static let peek: UInt32 = 0x2
    private static let controlTruncated: UInt32 = 0x8
    private static let waitForAll: UInt32 = 0x100
    private static let closeOnExec: UInt32 = 0x4000_0000
    /// MSG_OOB, MSG_PEEK, MSG_TRUNC: what the host has to know. It never waits.
    private static let hostFlags: UInt32 = 0x1 | 0x2 | 0x20
    /// What is copied at once; more than a datagram can be.
    private static let limit = 4 << 20

    init(
        _ task: Task, _ fd: Int32, _ state: SocketWait, _ header: MessageHeader, flags: UInt32,
        nameLength: UserAddress = UserAddress(0)
    ) {
        self.task = task
        self.fd = fd
        self.state = state
        self.header = header
        self.flags = flags
        self.nameLength = nameLength
    }

    private var socket: UnixSocket { state.file.socket }
    private var sockets: any HostSockets { task.kernel.platform.sockets }

    func run() throws(Refusal) -> Outcome {
        let host = try task.kernel.borrow(fd, of: task)
        do throws(Refusal) {
            while true {
                if state.done > 0, try isOfAnother(host) { break }
                let delivery = try receive(host, limit: header.total - state.done, flags & Self.hostFlags)
                if try take(delivery, host) { return .value(Int64(state.done)) }
            }
        } catch {
            // What came before the failure is the call's result (unix_stream_read_generic).
            guard error.errno == .EAGAIN else {
                if state.done > 0 { return .value(Int64(state.done)) }
                throw error
            }
            do throws(Refusal) {
                return try SocketArguments.wait(
                    task, state, host, events: SocketArguments.readable, isSending: false,
                    nonblocking: flags & Sending.dontWait != 0)
            } catch {
                if state.done == 0 { throw error }
            }
        }
        return .value(Int64(state.done))
    }

    private func receive(_ host: HostFile, limit: Int, _ flags: UInt32) throws(Refusal) -> HostDelivery {
        do throws(Errno) {
            return try sockets.receive(
                host, limit: max(0, min(limit, Self.limit)), flags: Int32(bitPattern: flags))
        } catch { throw Refusal(error) }
    }

    /// Bytes of several senders are not put together where the receiver is told who sent them (unix_skb_scm_eq).
    private func isOfAnother(_ host: HostFile) throws(Refusal) -> Bool {
        guard socket.remembersSenders, let known = state.sender else { return false }
        let next = try receive(host, limit: 1, Self.peek)
        if next.data.isEmpty { return false }
        let cargo = next.token == 0 ? nil : socket.cargo(next.token, keeping: true)
        let sender = sender(next, cargo)
        return sender.pid !== known.pid || sender.uid != known.uid || sender.gid != known.gid
    }

    /// Hands a message out, or the next piece of a stream; false when more of that is to be waited for.
    private func take(_ delivery: HostDelivery, _ host: HostFile) throws(Refusal) -> Bool {
        let isFirst = state.done == 0
        let cargo = delivery.token == 0 ? nil : socket.cargo(delivery.token, keeping: flags & Self.peek != 0)
        try header.scatter(delivery.data, from: state.done, to: task)
        if isFirst {
            state.sender = sender(delivery, cargo)
            state.control = ControlWriter(capacity: header.controlLength)
        }
        writeControl(delivery, cargo, isFirst: isFirst)
        if isFirst { try storeName(delivery) }
        if let place = header.place {
            try task.memory.store(state.control.bytes, at: header.control)
            var shown = UInt32(bitPattern: delivery.flags) & ~Self.controlTruncated | flags & Self.closeOnExec
            if state.control.isTruncated { shown |= Self.controlTruncated }
            try task.memory.store(UInt64(state.control.bytes.count), at: place.advanced(by: 40))
            try task.memory.store(shown, at: place.advanced(by: 48))
        }
        state.done += isFirst ? delivery.result : delivery.data.count
        // A piece with files is the last.
        guard socket.kind == .stream, flags & Self.peek == 0, !delivery.data.isEmpty, cargo?.files.isEmpty ?? true
        else { return true }
        return state.done >= target(host)
    }

    /// How many bytes end the wait for more (sock_rcvlowat).
    private func target(_ host: HostFile) -> Int {
        if flags & Self.waitForAll != 0 || state.done >= header.total { return header.total }
        return min(sockets.lowWater(host), header.total)
    }

    /// scm_recv_unix(): credentials first, then files, then the sender's pidfd.
    private func writeControl(_ delivery: HostDelivery, _ cargo: MessageCargo?, isFirst: Bool) {
        if isFirst, let timestamp = delivery.timestamp { state.control.put(timestamp.type, timestamp.payload) }
        if isFirst, socket.passesCredentials {
            state.control.put(
                ControlMessage.credentials,
                sender(delivery, cargo).bytes(for: task, absent: task.kernel.initialUserNamespace.overflow.uid))
        }
        if let cargo, !cargo.files.isEmpty {
            state.control.put(cargo, delivery.files, closeOnExec: flags & Self.closeOnExec != 0, in: task)
        }
        if isFirst, socket.passesProcessFiles { state.control.put(sender(delivery, cargo), in: task) }
    }

    private func sender(_ delivery: HostDelivery, _ cargo: MessageCargo?) -> SocketCredentials {
        if let cargo { return cargo.credentials }
        if delivery.senderPID == 0 { return .nobody }
        // What the sentry itself sent without a mark is a later piece of a stream.
        return delivery.sender as? SocketCredentials ?? socket.lastSender ?? .nobody
    }

    private func storeName(_ delivery: HostDelivery) throws(Refusal) {
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
