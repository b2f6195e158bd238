import Credentials
import Kernel
import LinuxABI

/// A call on a socket that may have to wait: the description that its fd meant when it began, and for how long.
class SocketWait: WaitingCall {
    let file: SocketFile
    /// The host's description behind `file`; kept, so that the socket stays open as long as the call.
    let host: HostFile
    /// MSG_DONTWAIT.
    private let mayNotWait: Bool
    /// Whether SO_SNDTIMEO counts, not SO_RCVTIMEO.
    private let isSending: Bool
    private(set) var queue: WaitQueue
    private(set) var deadline: UInt64?
    /// When its time is over; `deadline` may come before, to try again.
    private var end: UInt64?
    /// Whether it has waited.
    private(set) var hasBegun = false
    private var timeoutCounts = false

    init(_ file: SocketFile, _ host: HostFile, isSending: Bool, mayNotWait: Bool = false) {
        self.file = file
        self.host = host
        self.isSending = isSending
        self.mayNotWait = mayNotWait
        queue = file.socket.readiness
    }

    var socket: UnixSocket { file.socket }
    var heldFiles: [OpenFile] { [file] }

    /// What the call does, each time from where it has come to.
    func run(_ task: Task) throws(Refusal) -> Outcome { throw Refusal(.EINVAL) }

    /// What the call returns when a signal ends it: the part that is done, if any.
    var partialResult: Int64? { nil }

    final func resume(_ task: Task, _ wakeup: Wakeup) throws(Refusal) -> Outcome { try run(task) }

    final var interruption: Result<Int64, Errno> {
        if let partialResult { return .success(partialResult) }
        // sock_intr_errno(): a call with a timeout is not restarted after a signal.
        return .failure(end == nil ? .ERESTARTSYS : .EINTR)
    }

    /// Ends an attempt that would block: EAGAIN for who does not want to wait or has waited long enough, else waits until
    /// the host's socket has one of `events`.
    final func wait(_ task: Task, for events: UInt32) throws(Refusal) -> Outcome {
        let outcome = try wait(task, on: socket.readiness)
        let kernel = task.kernel, socket = socket
        kernel.platform.sockets.whenReady(host, socket.number, events: events) { [weak kernel, weak socket] in
            if let kernel, let socket { kernel.wake(socket.readiness) }
        }
        return outcome
    }

    /// The same for what no event of the host tells; with `retry`, in nanoseconds, it is tried again and again.
    final func wait(_ task: Task, on queue: WaitQueue, retry: UInt64? = nil) throws(Refusal) -> Outcome {
        let sockets = task.kernel.platform.sockets
        let now = task.kernel.platform.monotonicNow
        if !hasBegun {
            // O_NONBLOCK counts as it is when the waiting begins.
            if mayNotWait || sockets.isNonblocking(host) { throw Refusal(.EAGAIN) }
            hasBegun = true
        }
        if !timeoutCounts {
            timeoutCounts = true
            end = sockets.timeout(host, sending: isSending).map {
                now.addingReportingOverflow(min($0, UInt64(Int64.max))).partialValue
            }
        }
        if let end, end <= now { throw Refusal(.EAGAIN) }
        self.queue = queue
        deadline = retry.map { min(now &+ $0, end ?? .max) } ?? end
        return .wait(self)
    }

    /// Counts the timeout anew: each piece of a stream is waited for as long (sock_alloc_send_pskb).
    final func progressed() { timeoutCounts = false }

    /// EPOLLIN, EPOLLRDHUP; EPOLLOUT.
    static let readable: UInt32 = 0x2001
    static let writable: UInt32 = 0x4
}

/// sendmmsg(2) and recvmmsg(2): one message after the other.
class MessageSeries: WaitingCall {
    let file: SocketFile
    let host: HostFile
    let flags: UInt32
    private let place: UserAddress
    private let count: Int64
    private var done: Int64 = 0
    private var current: MessageTransfer?

    init(_ file: SocketFile, _ host: HostFile, at place: UserAddress, count: UInt32, flags: UInt32) {
        self.file = file
        self.host = host
        self.place = place
        self.count = Int64(min(count, 1024))
        self.flags = flags
    }

    /// Decodes the message at `place`, the one after `done` others.
    func begin(_ task: Task, at place: UserAddress, after done: Int64) throws(Refusal) -> MessageTransfer {
        throw Refusal(.EINVAL)
    }

    final var queue: WaitQueue { current?.queue ?? file.socket.readiness }
    final var heldFiles: [OpenFile] { [file] + (current?.heldFiles ?? []) }
    final var deadline: UInt64? { current?.deadline }
    final func resume(_ task: Task, _ wakeup: Wakeup) throws(Refusal) -> Outcome { try run(task) }

    final var interruption: Result<Int64, Errno> {
        let ended = done + (current?.partialResult == nil ? 0 : 1)
        if ended > 0 { return .success(ended) }
        return current?.interruption ?? .failure(.EINTR)
    }

    final func run(_ task: Task) throws(Refusal) -> Outcome {
        while done < count {
            let place = place.advanced(by: Int(done) * 64)
            do throws(Refusal) {
                let message: MessageTransfer
                if let current { message = current } else { message = try begin(task, at: place, after: done) }
                current = message
                let outcome = try message.run(task)
                // A long message goes on in its next turn: nothing would wake a call that waits then.
                if case .work = outcome {
                    return .work(HostWork(nextTurn: { [self] (task) throws(Refusal) in try run(task) }))
                }
                guard case .value(let length) = outcome else {
                    if let part = message.partialResult {
                        try task.memory.store(UInt32(truncatingIfNeeded: part), at: place.advanced(by: 56))
                    }
                    return .wait(self)
                }
                try task.memory.store(UInt32(truncatingIfNeeded: length), at: place.advanced(by: 56))
            } catch {
                // What is done is not to be done again: only this message is tried once more.
                if error.errno == .waitsForHost, let needed = task.hostAnswers?.takeNeeded() {
                    return .work(HostWork(needed) { [self] (task) throws(Refusal) in try run(task) })
                }
                // What failed shows at the next call; what went well is told now.
                if done > 0 { return .value(done) }
                throw error
            }
            current = nil
            done += 1
        }
        return .value(done)
    }
}

/// A message on its way, of which a part may be done.
class MessageTransfer: SocketWait {
    let header: MessageHeader
    let flags: UInt32
    /// Bytes that are sent or received already.
    final var done = 0

    init(_ file: SocketFile, _ host: HostFile, _ header: MessageHeader, flags: UInt32, isSending: Bool) {
        self.header = header
        self.flags = flags
        super.init(file, host, isSending: isSending, mayNotWait: flags & Self.dontWait != 0)
    }

    final override var partialResult: Int64? { done > 0 ? Int64(done) : nil }

    /// MSG_DONTWAIT.
    static let dontWait: UInt32 = 0x40
}
