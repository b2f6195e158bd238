import Credentials
import Kernel
import LinuxABI

/// sendto(2) with an address, sendmsg(2) and sendmmsg(2). Nothing of them runs on the host: whether files or an address
/// go with a message lies in memory that others can change. Plain data is sent natively.
enum SendCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .sendto: { task, a throws(Refusal) in
            let fd = Arguments.int(a.a0)
            let file = try SocketArguments.socket(fd, of: task)
            let header = MessageHeader(buffer: UserAddress(a.a1), count: a.a2)
            let name = try SocketArguments.address(UserAddress(a.a4), Arguments.int(a.a5), of: task)
            return try Sending(
                task, file, try task.kernel.borrow(fd, of: task), header, name, flags: Arguments.unsigned(a.a3)
            ).run(task)
        },
        .sendmsg: { task, a throws(Refusal) in
            let fd = Arguments.int(a.a0)
            let file = try SocketArguments.socket(fd, of: task)
            return try Sending(
                task, file, try task.kernel.borrow(fd, of: task), at: UserAddress(a.a1), flags: Arguments.unsigned(a.a2)
            ).run(task)
        },
        .sendmmsg: { task, a throws(Refusal) in
            let fd = Arguments.int(a.a0)
            let file = try SocketArguments.socket(fd, of: task)
            return try SendingSeveral(
                file, try task.kernel.borrow(fd, of: task), at: UserAddress(a.a1), count: Arguments.unsigned(a.a2),
                flags: Arguments.unsigned(a.a3)
            ).run(task)
        },
    ]
}

private final class SendingSeveral: MessageSeries {
    override func begin(_ task: Task, at place: UserAddress, after done: Int64) throws(Refusal) -> MessageTransfer {
        try Sending(task, file, host, at: place, flags: flags)
    }
}

/// One message on its way to the host.
final class Sending: MessageTransfer {
    private let name: [UInt8]
    /// What goes with the message; of one that is sent in part the rest goes without files.
    private let attachments: Attachments
    /// A message that has to go as a whole, and whom it is for, once both are known.
    private var message: (data: [UInt8], target: UnixSocket?)?

    private static let noSignal: UInt32 = 0x4000
    /// MSG_OOB, MSG_EOR, MSG_MORE: what the host has to know.
    private static let hostFlags: UInt32 = 0x1 | 0x80 | 0x8000
    /// What is copied at once.
    private static let chunk = 256 << 10
    /// What is sent in one turn; between turns others are answered.
    private static let turn = 4 << 20
    /// More than any socket's send buffer.
    private static let messageLimit = 4 << 20
    /// How long to wait before a full receiver is tried again, in nanoseconds.
    private static let retry: UInt64 = 2_000_000

    init(
        _ task: Task, _ file: SocketFile, _ host: HostFile, _ header: MessageHeader, _ name: [UInt8], flags: UInt32
    ) throws(Refusal) {
        self.name = name
        attachments = try Attachments(header, of: task)
        super.init(file, host, header, flags: flags, isSending: true)
    }

    /// The message whose header is at `place`.
    convenience init(
        _ task: Task, _ file: SocketFile, _ host: HostFile, at place: UserAddress, flags: UInt32
    ) throws(Refusal) {
        let header = try MessageHeader(place, of: task)
        let name = try SocketArguments.address(header.name, header.nameLength, of: task)
        try self.init(task, file, host, header, name, flags: flags)
    }

    override var heldFiles: [OpenFile] { [file] + attachments.files.map(\.file) }

    override func run(_ task: Task) throws(Refusal) -> Outcome {
        if socket.kind == .stream {
            // unix_stream_sendmsg()
            if !name.isEmpty { throw Refusal(socket.isConnected ? .EISCONN : .EOPNOTSUPP) }
            return try sendStream(task)
        }
        if let message { return try sendMessage(message.data, to: message.target, task) }
        var target: UnixSocket?
        if socket.kind == .sequenced {
            guard socket.isConnected else { throw Refusal(.ENOTCONN) }
        } else if !name.isEmpty {
            target = try receiver(task)
        }
        guard header.total <= Self.messageLimit else { throw Refusal(.EMSGSIZE) }
        let data = try header.gather(0..<header.total, from: task)
        message = (data, target)
        return try sendMessage(data, to: target, task)
    }

    /// unix_dgram_sendmsg(): whom the address names.
    private func receiver(_ task: Task) throws(Refusal) -> UnixSocket {
        guard let name = try SocketName(address: name) else { throw Refusal(.EINVAL) }
        if socket.remembersSenders, socket.name == .unnamed { try task.kernel.autobind(socket, host) }
        let found = try task.kernel.findSocket(name, for: socket, by: task)
        try task.kernel.checkMaySend(socket, to: found)
        return found
    }

    /// The ancillary for `receiver`, with `files` or what is sent later without them; nil when the bytes say all.
    private func ancillary(
        withFiles: Bool, for receiver: UnixSocket?, _ task: Task
    ) throws(Refusal) -> AncillaryData? {
        guard let receiver else { return nil }
        let showsSender = receiver.remembersSenders || socket.remembersSenders
        let files = withFiles ? attachments.files : []
        guard showsSender || !files.isEmpty || attachments.credentials != nil else { return nil }
        if !files.isEmpty, task.kernel.sockets.isCrowded { task.kernel.collectSockets() }
        let isKnown = showsSender || attachments.credentials != nil
        let credentials =
            attachments.credentials ?? (isKnown ? SocketCredentials(senderOf: task) : SocketCredentials.nobody)
        return try AncillaryData(
            files: files.map { ($0.file, $0.host != nil) }, credentials: credentials, from: task)
    }

    private func send(
        _ data: [UInt8], _ ancillary: AncillaryData?, to target: UnixSocket?, _ task: Task
    ) throws(Refusal) -> Int {
        var message = HostMessage(
            data: data, receiver: target?.number, flags: Int32(bitPattern: flags & Self.hostFlags))
        if let ancillary {
            if !ancillary.files.isEmpty { message.files = attachments.files.compactMap(\.host) }
            message.isMarked = true
        }
        do throws(Errno) {
            let sent = try task.kernel.platform.sockets.send(host, message)
            // An empty piece of a stream is no message, and carries nothing.
            if let ancillary, sent.count > 0 || socket.kind != .stream {
                (target ?? socket.peer)?.add(ancillary, token: sent.token)
            }
            return sent.count
        } catch {
            // sock_alloc_send_pskb(): who has waited is told first of what befell the socket.
            if error == .EPIPE, hasBegun, let befell = task.kernel.platform.sockets.takeError(host) {
                throw Refusal(befell)
            }
            if error == .EPIPE, socket.kind == .stream, done == 0, flags & Self.noSignal == 0 { raisePipe(task) }
            throw Refusal(error)
        }
    }

    private func raisePipe(_ task: Task) {
        let info = SignalInfo(
            .pipe, code: SignalInfo.userCode, pid: task.tgid,
            uid: task.userNamespace.uidOrOverflow(task.credentials.uid).rawValue)
        task.kernel.platform.deliver(info, to: task, wholeGroup: false)
    }

    private func sendMessage(_ data: [UInt8], to target: UnixSocket?, _ task: Task) throws(Refusal) -> Outcome {
        do throws(Refusal) {
            let ancillary = try ancillary(withFiles: true, for: target ?? socket.peer, task)
            return .value(Int64(try send(data, ancillary, to: target, task)))
        } catch {
            guard error.errno == .EAGAIN else { throw error }
            if target == nil { return try wait(task, for: Self.writable) }
            // Nothing tells when the queue of a receiver that is no peer has room.
            return try wait(task, on: socket.readiness, retry: Self.retry)
        }
    }

    /// Sends until all is sent. Each piece is copied from memory when it goes, as the host would.
    private func sendStream(_ task: Task) throws(Refusal) -> Outcome {
        if header.total == 0 { return .value(Int64(try send([], nil, to: nil, task))) }
        let turn = done + Self.turn
        while done < header.total {
            // Whoever receives meanwhile makes room as fast as it is filled.
            if done >= turn { return .work(HostWork(nextTurn: { [self] (task) throws(Refusal) in try run(task) })) }
            do throws(Refusal) {
                let end = min(header.total, done + Self.chunk)
                let piece = try header.gather(done..<end, from: task)
                // Files go with the first byte.
                let ancillary = try ancillary(withFiles: done == 0, for: socket.peer, task)
                done += try send(piece, ancillary, to: nil, task)
                progressed()
            } catch {
                do throws(Refusal) {
                    guard error.errno == .EAGAIN else { throw error }
                    return try wait(task, for: Self.writable)
                } catch {
                    if done > 0 { break }
                    throw error
                }
            }
        }
        return .value(Int64(done))
    }
}
