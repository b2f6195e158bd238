import Credentials
import Kernel
import LinuxABI

/// sendto(2) with an address, sendmsg(2) and sendmmsg(2). Nothing of them runs on the host: whether files or an address
/// go with a message lies in memory that others can change. Plain data is sent natively.
enum SendCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .sendto: { task, a throws(Refusal) in
            let fd = Arguments.int(a.a0)
            let state = try SocketWait.take(task, fd)
            let file = try SocketArguments.socket(fd, of: task)
            let header = MessageHeader(buffer: UserAddress(a.a1), count: a.a2)
            let name = try SocketArguments.address(UserAddress(a.a4), Arguments.int(a.a5), of: task)
            return try Sending(
                task, fd, state ?? SocketWait(file, header), header, name, flags: Arguments.unsigned(a.a3)
            ).run()
        },
        .sendmsg: { task, a throws(Refusal) in
            let fd = Arguments.int(a.a0)
            let state = try SocketWait.take(task, fd)
            let file = try SocketArguments.socket(fd, of: task)
            return try send(task, fd, state, file, UserAddress(a.a1), Arguments.unsigned(a.a2))
        },
        .sendmmsg: sendSeveral,
    ]

    private static func send(
        _ task: Task, _ fd: Int32, _ known: SocketWait?, _ file: SocketFile, _ place: UserAddress, _ flags: UInt32,
        messages: Int64? = nil
    ) throws(Refusal) -> Outcome {
        let header: MessageHeader
        if let copied = known?.header { header = copied } else { header = try MessageHeader(place, of: task) }
        let name = try SocketArguments.address(header.name, header.nameLength, of: task)
        let state = known ?? SocketWait(file, header)
        state.messages = messages
        return try Sending(task, fd, state, header, name, flags: flags).run()
    }

    private static func sendSeveral(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let fd = Arguments.int(a.a0)
        let known = try SocketWait.take(task, fd)
        let file = try SocketArguments.socket(fd, of: task)
        let count = min(Arguments.unsigned(a.a2), 1024)
        var sent = known?.messages ?? 0
        while sent < Int64(count) {
            let place = UserAddress(a.a1).advanced(by: Int(sent) * 64)
            do throws(Refusal) {
                let state = sent == known?.messages ? known : nil
                let outcome = try send(task, fd, state, file, place, Arguments.unsigned(a.a3), messages: sent)
                if case .park = outcome, let waiting = task.awaited as? SocketWait, waiting.done > 0 {
                    try task.memory.store(UInt32(truncatingIfNeeded: waiting.done), at: place.advanced(by: 56))
                }
                guard case .value(let length) = outcome else { return outcome }
                try task.memory.store(UInt32(truncatingIfNeeded: length), at: place.advanced(by: 56))
            } catch {
                // What failed shows at the next call; what went well is told now.
                task.awaited = nil
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
    let state: SocketWait
    let header: MessageHeader
    let name: [UInt8]
    let flags: UInt32

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
        _ task: Task, _ fd: Int32, _ state: SocketWait, _ header: MessageHeader, _ name: [UInt8], flags: UInt32
    ) {
        self.task = task
        self.fd = fd
        self.state = state
        self.header = header
        self.name = name
        self.flags = flags
    }

    private var socket: UnixSocket { state.file.socket }
    private var sockets: any HostSockets { task.kernel.platform.sockets }

    func run() throws(Refusal) -> Outcome {
        // Of a message that is sent in part the rest goes without files.
        let attachments =
            state.done > 0 ? Attachments(credentials: state.credentials) : try Attachments(header, of: task)
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
            if error == .EPIPE, socket.kind == .stream, state.done == 0, flags & Self.noSignal == 0 { raisePipe() }
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
                    task, state, host, events: SocketArguments.writable, isSending: true,
                    nonblocking: flags & Self.dontWait != 0)
            }
            // Nothing tells when the queue of a receiver that is no peer has room.
            return try SocketArguments.park(
                task, state, on: socket.readiness, host, isSending: true, nonblocking: flags & Self.dontWait != 0,
                retry: Self.retry)
        }
    }

    /// Sends until all is sent; what was sent before the call had to wait is remembered, for it is dispatched again.
    private func sendStream(_ attachments: Attachments, _ host: HostFile) throws(Refusal) -> Outcome {
        if header.total == 0 { return .value(Int64(try send([], nil, host, to: nil))) }
        state.credentials = attachments.credentials
        while state.done < header.total {
            do throws(Refusal) {
                let end = min(header.total, state.done + Self.chunk)
                let piece = try header.gather(state.done..<end, from: task)
                var attached = attachments
                // Files go with the first byte.
                if state.done > 0 { attached.files = [] }
                let cargo = try cargo(attached, for: socket.peer)
                state.done += try send(piece, cargo, host, to: nil)
                state.progressed()
            } catch {
                do throws(Refusal) {
                    guard error.errno == .EAGAIN else { throw error }
                    return try SocketArguments.wait(
                        task, state, host, events: SocketArguments.writable, isSending: true,
                        nonblocking: flags & Self.dontWait != 0)
                } catch {
                    if state.done > 0 { break }
                    throw error
                }
            }
        }
        return .value(Int64(state.done))
    }
}
