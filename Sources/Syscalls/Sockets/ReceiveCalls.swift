import Credentials
import Kernel
import LinuxABI

/// recvfrom(2) with an address, recvmsg(2) and recvmmsg(2). Plain data is received natively.
enum ReceiveCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .recvfrom: { task, a throws(Refusal) in
            let fd = Arguments.int(a.a0)
            let file = try SocketArguments.socket(fd, of: task)
            // Between unnamed ends no address comes back.
            if file.socket.kind != .datagram, file.socket.peer?.name ?? .unnamed == .unnamed { return .continueOnHost }
            var header = MessageHeader(buffer: UserAddress(a.a1), count: a.a2)
            header.name = UserAddress(a.a4)
            return try Receiving(task, fd, file, header, flags: Arguments.unsigned(a.a3), nameLength: UserAddress(a.a5))
                .run()
        },
        .recvmsg: { task, a throws(Refusal) in
            let fd = Arguments.int(a.a0)
            let file = try SocketArguments.socket(fd, of: task)
            let header = try MessageHeader(UserAddress(a.a1), of: task)
            // Without room for control messages only bytes come; a mark would show as a cut one. A header that changes now harms nobody: what a message
            // carries was given by another task of the sandbox.
            if header.controlLength == 0, header.name.isNull, !file.socket.expectsCargo { return .continueOnHost }
            return try Receiving(task, fd, file, header, flags: Arguments.unsigned(a.a2)).run()
        },
        .recvmmsg: receiveSeveral,
    ]

    private static func receiveSeveral(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let fd = Arguments.int(a.a0)
        let file = try SocketArguments.socket(fd, of: task)
        let count = min(Arguments.unsigned(a.a2), 1024)
        var received: Int64 = 0
        while received < Int64(count) {
            let place = UserAddress(a.a1).advanced(by: Int(received) * 64)
            do throws(Refusal) {
                let header = try MessageHeader(place, of: task)
                // Only the first one is waited for.
                let flags = Arguments.unsigned(a.a3) & ~Receiving.waitForOne | (received > 0 ? Sending.dontWait : 0)
                let outcome = try Receiving(task, fd, file, header, flags: flags).run()
                guard case .value(let length) = outcome else { return outcome }
                try task.memory.store(UInt32(truncatingIfNeeded: length), at: place.advanced(by: 56))
            } catch {
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
    let file: SocketFile
    let header: MessageHeader
    let flags: UInt32
    /// Where recvfrom(2) wants the address's length.
    let nameLength: UserAddress

    static let waitForOne: UInt32 = 0x10000
    private static let peek: UInt32 = 0x2
    private static let controlTruncated: UInt32 = 0x8
    private static let closeOnExec: UInt32 = 0x4000_0000
    /// MSG_OOB, MSG_PEEK, MSG_TRUNC, MSG_WAITALL: what the host has to know.
    private static let hostFlags: UInt32 = 0x1 | 0x2 | 0x20 | 0x100
    private static let limit = 1 << 20

    init(
        _ task: Task, _ fd: Int32, _ file: SocketFile, _ header: MessageHeader, flags: UInt32,
        nameLength: UserAddress = UserAddress(0)
    ) {
        self.task = task
        self.fd = fd
        self.file = file
        self.header = header
        self.flags = flags
        self.nameLength = nameLength
    }

    func run() throws(Refusal) -> Outcome {
        let host = try task.kernel.borrow(fd, of: task)
        let delivery: HostDelivery
        do throws(Errno) {
            delivery = try task.kernel.platform.sockets.receive(
                host, limit: min(header.total, Self.limit), flags: Int32(bitPattern: flags & Self.hostFlags))
        } catch {
            guard error == .EAGAIN else { throw Refusal(error) }
            return try SocketArguments.wait(
                task, file.socket, host, events: SocketArguments.readable, isSending: false,
                nonblocking: flags & Sending.dontWait != 0)
        }
        try header.scatter(delivery.data, to: task)
        let control = writeControl(delivery)
        try storeName(delivery)
        if let place = header.place {
            try task.memory.store(control.bytes, at: header.control)
            var shown = UInt32(bitPattern: delivery.flags) & ~Self.controlTruncated | flags & Self.closeOnExec
            if control.isTruncated { shown |= Self.controlTruncated }
            try task.memory.store(UInt64(control.bytes.count), at: place.advanced(by: 40))
            try task.memory.store(shown, at: place.advanced(by: 48))
        }
        return .value(Int64(delivery.result))
    }

    /// scm_recv_unix(): credentials first, then files, then the sender's pidfd.
    private func writeControl(_ delivery: HostDelivery) -> ControlWriter {
        let socket = file.socket
        var writer = ControlWriter(capacity: header.controlLength)
        let cargo = delivery.token == 0 ? nil : socket.cargo(delivery.token, keeping: flags & Self.peek != 0)
        if let timestamp = delivery.timestamp { writer.put(timestamp.type, timestamp.payload) }
        if socket.passesCredentials {
            writer.put(
                ControlMessage.credentials,
                sender(delivery, cargo).bytes(for: task, absent: task.kernel.initialUserNamespace.overflow.uid))
        }
        if let cargo, !cargo.files.isEmpty {
            writer.put(cargo, delivery.files, closeOnExec: flags & Self.closeOnExec != 0, in: task)
        }
        if socket.passesProcessFiles { writer.put(sender(delivery, cargo), in: task) }
        return writer
    }

    private func sender(_ delivery: HostDelivery, _ cargo: MessageCargo?) -> SocketCredentials {
        if let cargo { return cargo.credentials }
        if delivery.senderPID == 0 { return .nobody }
        // What the sentry itself sent without a mark is a later piece of a stream.
        return delivery.sender as? SocketCredentials ?? file.socket.lastSender ?? .nobody
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
