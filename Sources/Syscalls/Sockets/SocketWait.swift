import Credentials
import Kernel
import LinuxABI

/// How far a call on a socket has come that waits, and is dispatched again when it may go on.
final class SocketWait: PartialResult {
    /// What the fd meant when the call began. Another thread may give the number to another file meanwhile.
    let file: SocketFile
    /// As it was copied when the call began; nil for calls without one.
    let header: MessageHeader?
    /// Bytes of the present message that are sent or received already.
    var done = 0
    /// Whole messages (sendmmsg, recvmmsg).
    var messages: Int64?
    /// Whose bytes were received so far; nothing of another sender is added to them.
    var sender: SocketCredentials?
    /// The control messages handed out so far.
    var control = ControlWriter(capacity: 0)
    /// What sendmsg(2) attached to a message of which a part is sent.
    var credentials: SocketCredentials?
    private var hasDeadline = false
    private(set) var deadline: UInt64?

    init(_ file: SocketFile, _ header: MessageHeader? = nil) {
        self.file = file
        self.header = header
    }

    /// What the call returns when a signal ends it: the part that is done, if any.
    var partialResult: Int64? {
        if let messages {
            let count = messages + (done > 0 ? 1 : 0)
            return count > 0 ? count : nil
        }
        return done > 0 ? Int64(done) : nil
    }

    /// The state of `task`'s call, if it waited before. Throws EBADF where its fd is another file by now.
    static func take(_ task: Task, _ fd: Int32) throws(Refusal) -> SocketWait? {
        guard let wait = task.awaited as? SocketWait else { return nil }
        task.awaited = nil
        guard task.files[fd] === wait.file else { throw Refusal(.EBADF) }
        return wait
    }

    /// Begins to count SO_RCVTIMEO or SO_SNDTIMEO anew: each piece of a stream is waited for as long.
    func progressed() { hasDeadline = false }

    /// When the wait ends, by the socket's timeout at its beginning.
    func begin(_ timeout: UInt64?, now: UInt64) {
        if hasDeadline { return }
        hasDeadline = true
        deadline = timeout.map { now.addingReportingOverflow(min($0, UInt64(Int64.max))).partialValue }
    }
}
