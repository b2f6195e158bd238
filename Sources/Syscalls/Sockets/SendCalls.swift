import Credentials
import Kernel
import LinuxABI

/// sendto(2) with an address, sendmsg(2) and sendmmsg(2). Plain data is sent natively.
enum SendCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .sendto: { task, a throws(Refusal) in
            let fd = Arguments.int(a.a0)
            let file = try SocketArguments.socket(fd, of: task)
            let header = MessageHeader(buffer: UserAddress(a.a1), count: a.a2)
            let name = try SocketArguments.address(UserAddress(a.a4), Arguments.int(a.a5), of: task)
            return try Sending(task, fd, file, header, name, flags: Arguments.unsigned(a.a3), call: a.a1).run()
        },
        .sendmsg: { task, a throws(Refusal) in
            let fd = Arguments.int(a.a0)
            let file = try SocketArguments.socket(fd, of: task)
            let header = try MessageHeader(UserAddress(a.a1), of: task)
            // Nothing but data: the host sends it, and waits as long as it takes. A stream ignores addresses, so that it
            // does not matter whether the header changes; but the fd must be this socket still, which only a table of
            // the caller's own guarantees.
            if header.controlLength == 0, file.socket.kind != .datagram, task.files.users == 1,
                file.socket.progress[ObjectIdentifier(task)] == nil
            {
                return .continueOnHost
            }
            return try send(task, fd, file, header, Arguments.unsigned(a.a2))
        },
        .sendmmsg: sendSeveral,
    ]

    private static func send(
        _ task: Task, _ fd: Int32, _ file: SocketFile, _ header: MessageHeader, _ flags: UInt32,
        nonblocking: Bool = false
    ) throws(Refusal) -> Outcome {
        let name = try SocketArguments.address(header.name, header.nameLength, of: task)
        let call = header.place?.rawValue ?? 0
        return try Sending(
            task, fd, file, header, name, flags: flags | (nonblocking ? Sending.dontWait : 0), call: call
        ).run()
    }

    private static func sendSeveral(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let fd = Arguments.int(a.a0)
        let file = try SocketArguments.socket(fd, of: task)
        let count = min(Arguments.unsigned(a.a2), 1024)
        var sent: Int64 = 0
        while sent < Int64(count) {
            let place = UserAddress(a.a1).advanced(by: Int(sent) * 64)
            do throws(Refusal) {
                let header = try MessageHeader(place, of: task)
                let outcome = try send(task, fd, file, header, Arguments.unsigned(a.a3), nonblocking: sent > 0)
                guard case .value(let length) = outcome else { return outcome }
                try task.memory.store(UInt32(truncatingIfNeeded: length), at: place.advanced(by: 56))
            } catch {
                // What failed shows at the next call; what went well is told now.
                if sent > 0 { return .value(sent) }
                throw error
            }
            sent += 1
        }
        return .value(sent)
    }
}

/// One message on its way to the host.
struct Sending {
    let task: Task
    let fd: Int32
    let file: SocketFile
    let header: MessageHeader
    let name: [UInt8]
    let flags: UInt32
    /// Tells a call that goes on from another one of the same thread.
    let call: UInt64

    static let dontWait: UInt32 = 0x40
    private static let noSignal: UInt32 = 0x4000
    /// MSG_OOB, MSG_EOR, MSG_MORE: what the host has to know.
    private static let hostFlags: UInt32 = 0x1 | 0x80 | 0x8000
    /// What is copied at once.
    private static let chunk = 256 << 10
    /// More than any socket's send buffer.
    private static let messageLimit = 4 << 20
    /// How long to wait before a full receiver is tried again, in nanoseconds.
    private static let retry: UInt64 = 2_000_000

    init(
        _ task: Task, _ fd: Int32, _ file: SocketFile, _ header: MessageHeader, _ name: [UInt8], flags: UInt32,
        call: UInt64
    ) {
        self.task = task
        self.fd = fd
        self.file = file
        self.header = header
        self.name = name
        self.flags = flags
        self.call = call
    }

    private var socket: UnixSocket { file.socket }
    private var sockets: any HostSockets { task.kernel.platform.sockets }

    func run() throws(Refusal) -> Outcome {
        let attachments = try Attachments(header, of: task)
        let host = try task.kernel.borrow(fd, of: task)
        switch socket.kind {
        case .stream:
            // unix_stream_sendmsg()
            if !name.isEmpty { throw Refusal(socket.isConnected ? .EISCONN : .EOPNOTSUPP) }
            return try sendStream(attachments, host)
        case .sequenced:
            guard socket.isConnected else { throw Refusal(.ENOTCONN) }
            return try sendMessage(attachments, host, to: nil)
        case .datagram:
            return try sendMessage(attachments, host, to: name.isEmpty ? nil : try receiver(host))
        }
    }

    /// unix_dgram_sendmsg(): whom the address names.
    private func receiver(_ host: HostFile) throws(Refusal) -> UnixSocket {
        guard let name = try SocketName(address: name) else { throw Refusal(.EINVAL) }
        if socket.remembersSenders, socket.name == .unnamed { try task.kernel.autobind(socket, host) }
        let found = try task.kernel.findSocket(name, for: socket, by: task)
        try task.kernel.checkMaySend(socket, to: found)
        return found
    }

    /// The cargo for `receiver`, and the host files among it; nil when the bytes say all.
    private func cargo(
        _ attachments: Attachments, for receiver: UnixSocket?
    ) throws(Refusal) -> (MessageCargo, [HostFile])? {
        guard let receiver else { return nil }
        let showsSender = receiver.remembersSenders || socket.remembersSenders
        guard showsSender || !attachments.files.isEmpty || attachments.credentials != nil else { return nil }
        if !attachments.files.isEmpty, task.kernel.sockets.isCrowded { task.kernel.collectSockets() }
        var hosts: [HostFile] = []
        var files: [(OpenFile, Bool)] = []
        for (file, fd) in attachments.files {
            // What stands behind other files is made anew for whoever installs them.
            var isCarried = false
            if case .installed = file.backing {
                isCarried = true
                hosts.append(try task.kernel.borrow(fd, of: task))
            }
            files.append((file, isCarried))
        }
        let isKnown = showsSender || attachments.credentials != nil
        let credentials =
            attachments.credentials ?? (isKnown ? SocketCredentials(senderOf: task) : SocketCredentials.nobody)
        return (try MessageCargo(files: files, credentials: credentials, from: task), hosts)
    }

    private func send(
        _ data: [UInt8], _ cargo: (MessageCargo, [HostFile])?, _ host: HostFile, to target: UnixSocket?
    ) throws(Refusal) -> Int {
        var message = HostMessage(
            data: data, receiver: target?.number, flags: Int32(bitPattern: flags & Self.hostFlags))
        if let cargo {
            message.files = cargo.1
            message.isMarked = true
        }
        do throws(Errno) {
            let sent = try sockets.send(host, message)
            // An empty piece of a stream is no message, and carries nothing.
            if let cargo, sent.count > 0 || socket.kind != .stream {
                (target ?? socket.peer)?.add(cargo.0, token: sent.token)
            }
            return sent.count
        } catch {
            if error == .EPIPE, socket.kind == .stream, flags & Self.noSignal == 0 { raisePipe() }
            throw Refusal(error)
        }
    }

    private func raisePipe() {
        let info = SignalInfo(
            .pipe, code: SignalInfo.userCode, pid: task.tgid,
            uid: task.userNamespace.uidOrOverflow(task.credentials.uid).rawValue)
        task.kernel.platform.deliver(info, to: task, wholeGroup: false)
    }

    private func sendMessage(
        _ attachments: Attachments, _ host: HostFile, to target: UnixSocket?
    ) throws(Refusal) -> Outcome {
        guard header.total <= Self.messageLimit else { throw Refusal(.EMSGSIZE) }
        let data = try header.gather(0..<header.total, from: task)
        do throws(Refusal) {
            let cargo = try cargo(attachments, for: target ?? socket.peer)
            return .value(Int64(try send(data, cargo, host, to: target)))
        } catch {
            guard error.errno == .EAGAIN else { throw error }
            if target == nil {
                return try SocketArguments.wait(
                    task, socket, host, events: SocketArguments.writable, isSending: true,
                    nonblocking: flags & Self.dontWait != 0)
            }
            // Nothing tells when the queue of a receiver that is no peer has room.
            if flags & Self.dontWait != 0 || sockets.isNonblocking(host) { throw error }
            let now = task.kernel.platform.monotonicNow
            return .park(socket.readiness, restart: .ERESTARTSYS, deadline: now &+ Self.retry)
        }
    }

    /// Sends until all is sent; what was sent before the call had to wait is remembered, for it is dispatched again.
    private func sendStream(_ attachments: Attachments, _ host: HostFile) throws(Refusal) -> Outcome {
        let key = ObjectIdentifier(task)
        var done = 0
        if let progress = socket.progress.removeValue(forKey: key), progress.task === task, progress.call == call {
            done = min(progress.count, header.total)
        }
        if header.total == 0 { return .value(Int64(try send([], nil, host, to: nil))) }
        while done < header.total {
            do throws(Refusal) {
                let piece = try header.gather(done..<min(header.total, done + Self.chunk), from: task)
                var attached = attachments
                // Files go with the first byte.
                if done > 0 { attached.files = [] }
                let cargo = try cargo(attached, for: socket.peer)
                done += try send(piece, cargo, host, to: nil)
            } catch {
                guard error.errno == .EAGAIN else {
                    if done > 0 { break }
                    throw error
                }
                do throws(Refusal) {
                    let outcome = try SocketArguments.wait(
                        task, socket, host, events: SocketArguments.writable, isSending: true,
                        nonblocking: flags & Self.dontWait != 0)
                    if done > 0 { socket.progress[key] = SendProgress(task, call: call, count: done) }
                    return outcome
                } catch {
                    if done > 0 { break }
                    throw error
                }
            }
        }
        return .value(Int64(done))
    }
}
