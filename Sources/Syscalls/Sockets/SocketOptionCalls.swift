import Credentials
import Kernel
import LinuxABI

/// getsockopt(2) and setsockopt(2): who stands behind a socket is the model's; buffers and timeouts are the host's.
enum SocketOptionCalls {
    static let handlers: [SyscallNumber: Handler] = [.getsockopt: get, .setsockopt: set]

    private static let passCredentials: Int32 = 16
    private static let peerCredentials: Int32 = 17
    private static let peerName: Int32 = 28
    private static let peerGroups: Int32 = 59
    private static let passPIDFD: Int32 = 76
    private static let peerPIDFD: Int32 = 77
    private static let mark: Int32 = 36
    /// SO_SNDBUFFORCE, SO_RCVBUFFORCE, SO_MARK.
    private static let privileged: Set<Int32> = [32, 33, mark]

    /// Options that only describe how the host's socket moves bytes, by number (asm-generic/socket.h).
    private static let settable: Set<Int32> = [
        2, 5, 6, 7, 8, 9, 10, 12, 13, 15, 18, 19, 20, 21, 29, 35, 42, 63, 64, 66, 67,
    ]
    /// SO_TYPE, SO_ERROR, SO_ACCEPTCONN, SO_PROTOCOL, SO_DOMAIN besides.
    private static let gettable: Set<Int32> = settable.union([3, 4, 30, 38, 39])

    private static func get(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let socket = try SocketArguments.socket(Arguments.int(a.a0), of: task).socket
        guard Arguments.int(a.a1) == ControlMessage.socketLevel else { throw Refusal(.EOPNOTSUPP) }
        let option = Arguments.int(a.a2)
        // The number is in a register, and what comes back names nobody.
        if gettable.contains(option) { return .continueOnHost }
        let place = UserAddress(a.a3), lengthPlace = UserAddress(a.a4)
        let length = try task.memory.load(lengthPlace, as: Int32.self)
        guard length >= 0 else { throw Refusal(.EINVAL) }
        let value: [UInt8]
        switch option {
        case passCredentials: value = flag(socket.passesCredentials)
        case passPIDFD: value = flag(socket.passesProcessFiles)
        case peerCredentials: value = socket.peerCredentials.bytes(for: task, absent: .max)
        case peerName:
            guard let peer = socket.peer else { throw Refusal(.ENOTCONN) }
            value = peer.name.address
            guard value.count >= Int(length) else { throw Refusal(.EINVAL) }
        case peerGroups: value = try groups(socket, length, lengthPlace, task)
        case peerPIDFD: value = try pidfd(socket, task)
        default: throw Refusal(.socketOptionAbsent)
        }
        let count = min(Int(length), value.count)
        try task.memory.store(Array(value.prefix(count)), at: place)
        try task.memory.store(Int32(truncatingIfNeeded: count), at: lengthPlace)
        return .success
    }

    private static func flag(_ value: Bool) -> [UInt8] { [value ? 1 : 0, 0, 0, 0] }

    private static func groups(
        _ socket: UnixSocket, _ length: Int32, _ lengthPlace: UserAddress, _ task: Task
    ) throws(Refusal) -> [UInt8] {
        let peer = socket.peerCredentials
        guard peer.pid != nil else { throw Refusal(.ENODATA) }
        let bytes = LittleEndian.bytes(peer.groups.map { task.userNamespace.gidOrOverflow($0).rawValue })
        if Int(length) < bytes.count {
            try task.memory.store(Int32(truncatingIfNeeded: bytes.count), at: lengthPlace)
            throw Refusal(.ERANGE)
        }
        return bytes
    }

    private static func pidfd(_ socket: UnixSocket, _ task: Task) throws(Refusal) -> [UInt8] {
        guard let pid = socket.peerCredentials.pid else { throw Refusal(.ENODATA) }
        let file = try task.kernel.makeProcessFile(of: pid, for: task)
        let fd = try task.install(file, closeOnExec: true)
        return LittleEndian.bytes(fd)
    }

    private static func set(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let fd = Arguments.int(a.a0)
        let socket = try SocketArguments.socket(fd, of: task).socket
        guard Arguments.int(a.a1) == ControlMessage.socketLevel else { throw Refusal(.EOPNOTSUPP) }
        let option = Arguments.int(a.a2)
        if settable.contains(option) { return .continueOnHost }
        guard Arguments.int(a.a4) >= 4 else { throw Refusal(.EINVAL) }
        let value = try task.memory.load(UserAddress(a.a3), as: Int32.self) != 0
        if privileged.contains(option) {
            guard let owner = socket.net.owner,
                task.credentials.has(.netAdmin, over: owner)
                    || (option == mark && task.credentials.has(.netRaw, over: owner))
            else { throw Refusal(.socketOptionNeedsAdmin) }
        }
        guard option == passCredentials || option == passPIDFD else { throw Refusal(.socketOptionAbsent) }
        let host = try task.kernel.borrow(fd, of: task)
        let other = option == passCredentials ? socket.passesProcessFiles : socket.passesCredentials
        // Either way the host has to say who sent what.
        do throws(Errno) {
            try task.kernel.platform.sockets.setPassesCredentials(host, value || other)
        } catch { throw Refusal(error) }
        if option == passCredentials { socket.passesCredentials = value } else { socket.passesProcessFiles = value }
        return .success
    }
}
