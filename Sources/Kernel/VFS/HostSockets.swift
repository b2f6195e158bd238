import LinuxABI

/// The host's AF_UNIX sockets behind the sandbox's own. Names on the host are numbers of the kernel's choice; nothing
/// here waits: what would have to fails with EAGAIN.
package protocol HostSockets: AnyObject {
    /// Makes `socket` reachable under `number`; once for each socket.
    func bind(_ socket: HostFile, as number: UInt64) throws(Errno)
    /// Forgets a number; whoever is connected stays so.
    func unbind(_ number: UInt64)
    func listen(_ socket: HostFile, backlog: Int32) throws(Errno)
    /// shutdown(2); `how` is SHUT_RD, SHUT_WR or SHUT_RDWR.
    func shutdown(_ socket: HostFile, how: Int32) throws(Errno)
    /// Connects to `number`, or dissolves a datagram socket's connection when it is nil.
    func connect(_ socket: HostFile, to number: UInt64?) throws(Errno)
    func accept(_ socket: HostFile, nonblocking: Bool) throws(Errno) -> HostFile
    /// Sends what fits of a stream or a whole message.
    func send(_ socket: HostFile, _ message: HostMessage) throws(Errno) -> HostSent
    func receive(_ socket: HostFile, limit: Int, flags: Int32) throws(Errno) -> HostDelivery
    /// SO_PASSCRED, so that what tasks send themselves says who sent it.
    func setPassesCredentials(_ socket: HostFile, _ value: Bool) throws(Errno)
    /// O_NONBLOCK of the description.
    func isNonblocking(_ socket: HostFile) -> Bool
    /// SO_RCVTIMEO or SO_SNDTIMEO in nanoseconds; nil for none.
    func timeout(_ socket: HostFile, sending: Bool) -> UInt64?
    /// SO_ERROR, which is thereby taken; nil for none.
    func takeError(_ socket: HostFile) -> Errno?
    /// SO_RCVLOWAT.
    func lowWater(_ socket: HostFile) -> Int
    /// Calls `body` once, under the kernel's lock, when one of `events` (poll(2)) is there. Does not keep the socket open.
    func whenReady(_ socket: HostFile, _ number: UInt64, events: UInt32, _ body: @escaping () -> Void)
}

/// A message to the host.
package struct HostMessage {
    package var data: [UInt8]
    /// The receiver's number; nil sends to the peer.
    package var receiver: UInt64?
    package var files: [HostFile] = []
    /// Marks the message by a token, so that the kernel finds what travels with it.
    package var isMarked = false
    package var flags: Int32
    package init(data: [UInt8], receiver: UInt64?, flags: Int32) {
        self.data = data
        self.receiver = receiver
        self.flags = flags
    }
}

package struct HostSent {
    package let count: Int
    /// 0 when the message was not marked.
    package let token: UInt64
    package init(count: Int, token: UInt64) {
        self.count = count
        self.token = token
    }
}

/// A message from the host.
package struct HostDelivery {
    package let data: [UInt8]
    /// recvmsg's result; more than `data` holds when the caller asked for the true length of a cut message.
    package let result: Int
    /// MSG_* of the message.
    package let flags: Int32
    package let files: [HostFile]
    /// 0 for a message that the kernel did not mark.
    package let token: UInt64
    /// Who sent it (`SocketCredentials`), where the receiver asked for credentials and the host saw the sender.
    package let sender: AnyObject?
    /// The host's number of the sender; 0 where nobody asked for credentials when the message was sent.
    package let senderPID: Int32
    /// Whether the sentry sent it for a task, as it does with what is larger than a message or carries files.
    package let isFromSentry: Bool
    /// The number to which the sending socket is bound.
    package let senderNumber: UInt64?
    /// A timestamp's control message: type and payload.
    package let timestamp: (type: Int32, payload: [UInt8])?
    package init(
        data: [UInt8], result: Int, flags: Int32, files: [HostFile], token: UInt64, sender: AnyObject?,
        senderPID: Int32, isFromSentry: Bool, senderNumber: UInt64?, timestamp: (type: Int32, payload: [UInt8])?
    ) {
        self.data = data
        self.result = result
        self.flags = flags
        self.files = files
        self.token = token
        self.sender = sender
        self.senderPID = senderPID
        self.isFromSentry = isFromSentry
        self.senderNumber = senderNumber
        self.timestamp = timestamp
    }
}
