import Credentials
import Kernel
import LinuxABI

/// Making, naming and connecting sockets: socket(2), socketpair(2), bind(2), listen(2), connect(2), accept(2).
enum SocketCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .socket: make, .socketpair: makePair, .bind: bind, .listen: listen, .connect: connect, .shutdown: shutdown,
        .accept: { task, a throws(Refusal) in try accept(task, a, flags: 0) },
        .accept4: { task, a throws(Refusal) in try accept(task, a, flags: Arguments.unsigned(a.a3)) },
        .getsockname: { task, a throws(Refusal) in
            let socket = try SocketArguments.socket(Arguments.int(a.a0), of: task).socket
            try store(socket.name, a, task)
            return .success
        },
        .getpeername: { task, a throws(Refusal) in
            let socket = try SocketArguments.socket(Arguments.int(a.a0), of: task).socket
            guard let peer = socket.peer else { throw Refusal(.ENOTCONN) }
            try store(peer.name, a, task)
            return .success
        },
    ]

    private static func store(_ name: SocketName, _ a: Arguments, _ task: Task) throws(Refusal) {
        try SocketArguments.store(name.address, at: UserAddress(a.a1), length: UserAddress(a.a2), of: task)
    }

    // MARK: Making

    /// SOCK_CLOEXEC and SOCK_NONBLOCK, which are the flags of open(2).
    private static func flags(_ type: UInt32) throws(Refusal) -> OpenFlags {
        let flags = OpenFlags(rawValue: type)
        guard flags.subtracting([.closeOnExec, .nonblock]).isEmpty else { throw Refusal(.EINVAL) }
        return flags
    }

    /// AF_MAX and SOCK_MAX.
    private static let familyCount: Int32 = 46
    private static let typeCount: UInt32 = 11

    /// __sock_create() and unix_create().
    private static func kind(_ family: Int32, _ type: UInt32, _ number: Int32) throws(Refusal) -> UnixSocket.Kind {
        guard (0..<familyCount).contains(family) else { throw Refusal(.EAFNOSUPPORT) }
        guard type < typeCount else { throw Refusal(.EINVAL) }
        guard family == 1 else { throw Refusal(.socketFamilyAbsent) }
        guard number == 0 || number == 1 else { throw Refusal(.EPROTONOSUPPORT) }
        // SOCK_RAW is taken for SOCK_DGRAM.
        guard let kind = UnixSocket.Kind(rawValue: type == 3 ? 2 : Int32(type)) else { throw Refusal(.ESOCKTNOSUPPORT) }
        return kind
    }

    private static func hostObject(_ task: Task, _ object: HostObject) throws(Refusal) -> [HostFile] {
        do throws(Errno) {
            return try task.kernel.platform.makeHostObject(object)
        } catch {
            throw Refusal(error)
        }
    }

    private static func make(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let type = Arguments.unsigned(a.a1)
        let flags = try flags(type & ~0xf)
        let kind = try kind(Arguments.int(a.a0), type & 0xf, Arguments.int(a.a2))
        let kept = flags.intersection(.nonblock)
        try task.kernel.checkFileRoom()
        let hosts = try hostObject(task, .socket(type: kind.rawValue | Int32(bitPattern: kept.rawValue)))
        guard let host = hosts.first else { throw Refusal(.EIO) }
        let kernel = task.kernel
        let socket = kernel.sockets.makeSocket(kind, net: try task.ownNamespaces().net)
        let file = kernel.sockets.open(socket, host: host, flags: kept, credentials: task.credentials)
        return try task.answer(installing: file, closeOnExec: flags.contains(.closeOnExec))
    }

    /// __sys_socketpair(): the numbers are written before anything is made.
    private static func makePair(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let type = Arguments.unsigned(a.a1)
        let flags = try flags(type & ~0xf)
        let first = try task.files.lowestFree(limit: task.openFileLimit)
        let second = try task.files.lowestFree(from: first &+ 1, limit: task.openFileLimit)
        try task.memory.store(SIMD2<Int32>(first, second), at: UserAddress(a.a3))
        let kind = try kind(Arguments.int(a.a0), type & 0xf, Arguments.int(a.a2))
        let kept = flags.intersection(.nonblock)
        try task.kernel.checkFileRoom(2)
        let hosts = try hostObject(task, .socketPair(type: kind.rawValue | Int32(bitPattern: kept.rawValue)))
        let files = try task.kernel.makeSocketPair(kind, flags: kept, hosts, by: task)
        for (file, fd) in zip(files, [first, second]) {
            try task.install(file, at: fd, closeOnExec: flags.contains(.closeOnExec))
        }
        return .success
    }

    // MARK: Naming and connecting

    private static func bind(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let fd = Arguments.int(a.a0)
        let file = try SocketArguments.socket(fd, of: task)
        let address = try SocketArguments.address(UserAddress(a.a1), Arguments.int(a.a2), of: task)
        let name = try SocketName(address: address)
        try task.kernel.bind(file, to: name, try task.kernel.borrow(fd, of: task), by: task)
        return .success
    }

    private static func listen(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let fd = Arguments.int(a.a0)
        let file = try SocketArguments.socket(fd, of: task)
        try task.kernel.listen(
            file.socket, backlog: Arguments.int(a.a1), try task.kernel.borrow(fd, of: task), by: task)
        return .success
    }

    /// Not native: what stands for a pidfd on the host is a socket too, which nobody but the sentry may shut down.
    private static func shutdown(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let fd = Arguments.int(a.a0)
        let socket = try SocketArguments.socket(fd, of: task).socket
        let how = Arguments.int(a.a1)
        guard (0...2).contains(how) else { throw Refusal(.EINVAL) }
        let host = try task.kernel.borrow(fd, of: task)
        do throws(Errno) {
            try task.kernel.platform.sockets.shutdown(host, how: how)
        } catch {
            throw Refusal(error)
        }
        if how != 1 { socket.isShutForReading = true }  // SHUT_WR
        // The state changes for who waits at either end.
        task.kernel.wake(socket.readiness)
        if let peer = socket.peer { task.kernel.wake(peer.readiness) }
        return .success
    }

    private static func connect(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let fd = Arguments.int(a.a0), kernel = task.kernel
        let file = try SocketArguments.socket(fd, of: task)
        let socket = file.socket
        let address = try SocketArguments.address(UserAddress(a.a1), Arguments.int(a.a2), of: task)
        if socket.kind == .datagram {
            guard address.count >= 2 else { throw Refusal(.EINVAL) }
            // AF_UNSPEC dissolves the connection.
            var name: SocketName?
            if address[0] != 0 || address[1] != 0 {
                guard let given = try SocketName(address: address) else { throw Refusal(.EINVAL) }
                name = given
            }
            try kernel.connectDatagram(socket, to: name, try kernel.borrow(fd, of: task), by: task)
            return .success
        }
        guard let name = try SocketName(address: address) else { throw Refusal(.EINVAL) }
        return try Connecting(file, try kernel.borrow(fd, of: task), to: name).run(task)
    }

    private static func accept(_ task: Task, _ a: Arguments, flags: UInt32) throws(Refusal) -> Outcome {
        let flags = try self.flags(flags)
        let fd = Arguments.int(a.a0)
        let file = try SocketArguments.socket(fd, of: task)
        _ = try task.files.lowestFree(limit: task.openFileLimit)
        guard file.socket.kind != .datagram else { throw Refusal(.EOPNOTSUPP) }
        guard file.socket.isListening else { throw Refusal(.EINVAL) }
        return try Accepting(
            file, try task.kernel.borrow(fd, of: task), name: UserAddress(a.a1), length: UserAddress(a.a2),
            flags: flags
        ).run(task)
    }
}

/// connect(2) to a listener, whose queue it waits for if it is full: accept(2) makes room.
private final class Connecting: SocketWait {
    private let name: SocketName

    init(_ file: SocketFile, _ host: HostFile, to name: SocketName) {
        self.name = name
        super.init(file, host, isSending: true)
    }

    override func run(_ task: Task) throws(Refusal) -> Outcome {
        guard let full = try task.kernel.connectStream(socket, to: name, host, by: task) else { return .success }
        return try wait(task, on: full.room)
    }
}

/// accept4(2); while it waits it has its fd already.
private final class Accepting: SocketWait {
    private let name: UserAddress
    private let length: UserAddress
    private let flags: OpenFlags
    private var number: ReservedNumber?

    init(_ file: SocketFile, _ host: HostFile, name: UserAddress, length: UserAddress, flags: OpenFlags) {
        self.name = name
        self.length = length
        self.flags = flags
        super.init(file, host, isSending: false)
    }

    override func run(_ task: Task) throws(Refusal) -> Outcome {
        try task.kernel.checkFileRoom()
        let accepted: SocketFile
        do throws(Refusal) {
            accepted = try task.kernel.accept(socket, host, nonblocking: flags.contains(.nonblock), by: task)
        } catch {
            guard error.errno == .EAGAIN else { throw error }
            let outcome = try wait(task, for: Self.readable)
            // unix_accept(): nobody comes any more.
            if socket.isShutForReading { throw Refusal(.EINVAL) }
            if number == nil { number = try task.files.reserve(limit: task.openFileLimit) }
            return outcome
        }
        if !name.isNull {
            let peer = accepted.socket.peer?.name ?? .unnamed
            try SocketArguments.store(peer.address, at: name, length: length, of: task)
        }
        let closeOnExec = flags.contains(.closeOnExec)
        guard let number else { return try task.answer(installing: accepted, closeOnExec: closeOnExec) }
        return try task.answer(installing: accepted, at: number.fd, closeOnExec: closeOnExec)
    }
}
