import Kernel
import LinuxABI

/// Sockets without a host: they can be named, connected and accepted, but carry nothing, or only seem to.
final class FakeSockets: HostSockets {
    private var connections = 0
    /// Takes a part of what is sent, and gives a part of what is asked for, from time to time nothing.
    var seemsToCarry = false
    private var turns = 0
    /// How many bytes all streams together take before they are full, and what there is to receive; nil for neither.
    var room: Int?
    var incoming: [UInt8] = []

    func bind(_ socket: HostFile, as number: UInt64) throws(Errno) {}
    func unbind(_ number: UInt64) {}
    func listen(_ socket: HostFile, backlog: Int32) throws(Errno) {}
    func shutdown(_ socket: HostFile, how: Int32) throws(Errno) {}
    func connect(_ socket: HostFile, to number: UInt64?) throws(Errno) { connections += 1 }
    func accept(_ socket: HostFile, nonblocking: Bool) throws(Errno) -> HostFile {
        guard connections > 0 else { throw .EAGAIN }
        connections -= 1
        return HostFile(descriptor: -1) { _ in }
    }
    func send(_ socket: HostFile, _ message: HostMessage) throws(Errno) -> HostSent {
        if let room {
            guard room > 0 else { throw .EAGAIN }
            let count = min(room, message.data.count)
            self.room = room - count
            return HostSent(count: count, token: 0)
        }
        guard seemsToCarry else { throw .ENOSYS }
        turns &+= 1
        if turns % 3 == 0 { throw .EAGAIN }
        return HostSent(
            count: message.data.count - message.data.count / 3, token: message.isMarked ? UInt64(turns) : 0)
    }
    func receive(_ socket: HostFile, limit: Int, flags: Int32) throws(Errno) -> HostDelivery {
        if room != nil {
            if incoming.isEmpty { throw .EAGAIN }
            let data = Array(incoming.prefix(limit))
            if flags & 2 == 0 { incoming.removeFirst(data.count) }
            return HostDelivery(
                data: data, result: data.count, flags: 0, files: [], token: 0, sender: nil, senderPID: 0,
                isFromSentry: false, senderNumber: nil, timestamp: nil)
        }
        guard seemsToCarry else { throw .ENOSYS }
        turns &+= 1
        if turns % 3 == 0 { throw .EAGAIN }
        let data = [UInt8](repeating: 7, count: min(limit, 100))
        return HostDelivery(
            data: data, result: flags & 0x20 != 0 ? 200 : data.count, flags: 0, files: [],
            token: turns % 2 == 0 ? UInt64(turns) : 0, sender: nil, senderPID: Int32(turns % 2), isFromSentry: true,
            senderNumber: nil,
            timestamp: nil)
    }
    func setPassesCredentials(_ socket: HostFile, _ value: Bool) throws(Errno) {}
    func isNonblocking(_ socket: HostFile) -> Bool { false }
    func timeout(_ socket: HostFile, sending: Bool) -> UInt64? { nil }
    func takeError(_ socket: HostFile) -> Errno? { nil }
    func lowWater(_ socket: HostFile) -> Int { 1 }
    func whenReady(_ socket: HostFile, _ number: UInt64, events: UInt32, _ body: @escaping () -> Void) {}
}
