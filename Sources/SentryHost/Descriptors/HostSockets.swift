import CHostLinux
import Glibc
import Kernel
import LinuxABI

/// Sockets on the host. Their names lie in the sandbox's private directory, which nobody else may search, so nothing
/// outside can reach them.
final class UnixSockets: HostSockets {
    private let directory: Int32
    /// Who asked to hear of which events, by the socket's number.
    private var watched: [UInt64: Watch] = [:]
    private var readiness: Int32 = -1
    private var slot: Int32 = -1
    /// Processes that have gone since some socket asked for credentials.
    private var departed: [(pid: pid_t, credentials: SocketCredentials)] = []
    private var asksForCredentials = false
    private static let departedLimit = 128
    /// Whose lock guards what a ready socket wakes.
    weak var sentry: Sentry?

    private struct Watch {
        var events: UInt32
        let body: () -> Void
    }

    init(directory: Int32) { self.directory = directory }

    // MARK: Names and connections

    /// Reaches into the directory without its path's length, which an address could not hold.
    private func path(_ number: UInt64) -> String { "/proc/self/fd/\(directory)/s\(number)" }
    /// The number in a path of ours.
    private func number(in path: String) -> UInt64? {
        let start = "/proc/self/fd/\(directory)/s"
        return path.hasPrefix(start) ? UInt64(path.dropFirst(start.utf8.count)) : nil
    }

    func bind(_ socket: HostFile, as number: UInt64) throws(LinuxABI.Errno) {
        _ = try check(unsafe chost_unix_bind(socket.descriptor, path(number)))
    }
    func unbind(_ number: UInt64) { unsafe unlinkat(directory, "s\(number)", 0) }
    func listen(_ socket: HostFile, backlog: Int32) throws(LinuxABI.Errno) {
        if Glibc.listen(socket.descriptor, backlog) < 0 { throw LinuxABI.Errno(rawValue: errno) }
    }
    func shutdown(_ socket: HostFile, how: Int32) throws(LinuxABI.Errno) {
        if Glibc.shutdown(socket.descriptor, how) < 0 { throw LinuxABI.Errno(rawValue: errno) }
    }
    func connect(_ socket: HostFile, to number: UInt64?) throws(LinuxABI.Errno) {
        if let number {
            _ = try check(unsafe chost_unix_connect(socket.descriptor, path(number)))
        } else {
            _ = try check(chost_unix_connect(socket.descriptor, nil))
        }
    }
    func accept(_ socket: HostFile, nonblocking: Bool) throws(LinuxABI.Errno) -> HostFile {
        HostFile(owning: try check(chost_unix_accept(socket.descriptor, getpid(), nonblocking ? 1 : 0)))
    }

    // MARK: Messages

    func send(_ socket: HostFile, _ message: HostMessage) throws(LinuxABI.Errno) -> HostSent {
        var token: UInt64 = 0
        var files = message.files
        // The token is last, so that a message with too many files fails.
        if message.isMarked { files.append(HostFile(owning: try check(unsafe chost_token(&token)))) }
        let descriptors = files.map(\.descriptor)
        let target = message.receiver.map { path($0) }
        let sent = withExtendedLifetime(files) {
            unsafe message.data.withUnsafeBytes { data in
                unsafe descriptors.withUnsafeBufferPointer { list in
                    unsafe chost_unix_send(
                        socket.descriptor, data.baseAddress, data.count, target, list.baseAddress,
                        Int32(truncatingIfNeeded: list.count), message.flags)
                }
            }
        }
        guard sent >= 0 else { throw LinuxABI.Errno(rawValue: Int32(truncatingIfNeeded: -sent)) }
        return HostSent(count: sent, token: token)
    }

    func receive(_ socket: HostFile, limit: Int, flags: Int32) throws(LinuxABI.Errno) -> HostDelivery {
        var message = chost_unix_message()
        var got = 0
        let data = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            got = unsafe chost_unix_receive(socket.descriptor, buffer.baseAddress, limit, flags, &message)
            // With MSG_TRUNC the result is the message's length, which may be more than fitted.
            count = min(max(got, 0), limit)
        }
        guard got >= 0 else { throw LinuxABI.Errno(rawValue: Int32(truncatingIfNeeded: -got)) }
        var files = unsafe withUnsafeBytes(of: message.files) { raw in
            unsafe raw.bindMemory(to: Int32.self).prefix(Int(message.file_count)).map { HostFile(owning: $0) }
        }
        // Files without a token were sent past the kernel, which knows nothing of them.
        let token = files.last.map { chost_token_number($0.descriptor) } ?? 0
        if token == 0 { files = [] } else { files.removeLast() }
        let name = unsafe withUnsafeBytes(of: message.name) { raw in
            unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
        }
        let timestamp = unsafe withUnsafeBytes(of: message.timestamp) { raw in
            unsafe Array(raw.prefix(Int(message.timestamp_size)))
        }
        return HostDelivery(
            data: data, result: got, flags: message.flags, files: files, token: token,
            sender: message.sender > 0 ? sender(message.sender) : nil,
            senderPID: message.sender, isFromSentry: message.sender == getpid(), senderNumber: number(in: name),
            timestamp: timestamp.isEmpty ? nil : (message.timestamp_type, timestamp))
    }

    /// Whom the host numbers so: a process of the sandbox, perhaps one that is gone.
    private func sender(_ pid: pid_t) -> SocketCredentials? {
        if let task = sentry?.platform.process(ofHost: pid) { return SocketCredentials(senderOf: task) }
        return departed.last { $0.pid == pid }?.credentials
    }

    /// Remembers a process that has gone: what it sent may still be read.
    func remember(_ thread: HostThread) {
        guard asksForCredentials, thread.tid == thread.tgid else { return }
        if departed.count >= Self.departedLimit { departed.removeFirst() }
        departed.append((thread.tgid, SocketCredentials(senderOf: thread.task)))
    }

    // MARK: Options

    func setPassesCredentials(_ socket: HostFile, _ value: Bool) throws(LinuxABI.Errno) {
        asksForCredentials = asksForCredentials || value
        _ = try check(chost_socket_set_option(socket.descriptor, SO_PASSCRED, value ? 1 : 0))
    }
    func isNonblocking(_ socket: HostFile) -> Bool { chost_is_nonblocking(socket.descriptor) != 0 }
    func timeout(_ socket: HostFile, sending: Bool) -> UInt64? {
        let value = chost_socket_timeout(socket.descriptor, sending ? 1 : 0)
        return value == 0 ? nil : value
    }

    func takeError(_ socket: HostFile) -> LinuxABI.Errno? {
        let value = chost_socket_option(socket.descriptor, SO_ERROR)
        return value > 0 ? LinuxABI.Errno(rawValue: value) : nil
    }

    func lowWater(_ socket: HostFile) -> Int { max(1, Int(chost_socket_option(socket.descriptor, SO_RCVLOWAT))) }

    private func check(_ result: Int32) throws(LinuxABI.Errno) -> Int32 {
        guard result >= 0 else { throw LinuxABI.Errno(rawValue: -result) }
        return result
    }

    // MARK: Readiness

    func whenReady(_ socket: HostFile, _ number: UInt64, events: UInt32, _ body: @escaping () -> Void) {
        guard startReadiness() else { return }
        let wanted = events | (watched[number]?.events ?? 0)
        watched[number] = Watch(events: wanted, body: body)
        _ = chost_readiness_watch(readiness, slot, socket.descriptor, wanted, number)
    }

    /// The thread that waits for sockets, made when the first call has to wait for one.
    private func startReadiness() -> Bool {
        if readiness >= 0 { return true }
        guard let sentry else { return false }
        let made = chost_readiness_create()
        guard made >= 0 else { return false }
        slot = fcntl(made, F_DUPFD_CLOEXEC, 0)
        let waiter = Readiness(sentry: sentry, descriptor: made)
        let started = startThread { waiter.run() }
        guard slot >= 0, started == 0 else { return false }
        readiness = made
        return true
    }

    fileprivate func ready(_ number: UInt64) { watched.removeValue(forKey: number)?.body() }

    private final class Readiness: Sendable {
        let sentry: Sentry
        let descriptor: Int32
        init(sentry: Sentry, descriptor: Int32) {
            self.sentry = sentry
            self.descriptor = descriptor
        }

        func run() {
            var keys = [UInt64](repeating: 0, count: 16)
            while true {
                let count = unsafe chost_readiness_wait(descriptor, &keys, 16)
                if count == -EINTR { continue }
                if count < 0 { return }
                let ready = keys.prefix(Int(count)).map { $0 }
                sentry.locked {
                    for number in ready { sentry.platform.unixSockets.ready(number) }
                    sentry.platform.settle()
                }
            }
        }
    }
}

extension HostPlatform {
    var sockets: any HostSockets { unixSockets }

    /// A thread of the process that the host numbers so.
    fileprivate func process(ofHost pid: pid_t) -> Task? {
        (thread(pid) ?? allThreads.first { $0.tgid == pid })?.task
    }
}
