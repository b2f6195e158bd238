import Credentials
import Kernel
import LinuxABI

/// What the socket calls share: finding the socket, copying addresses, waiting.
enum SocketArguments {
    /// sockfd_lookup_light().
    static func socket(_ fd: Int32, of task: Task) throws(Refusal) -> SocketFile {
        let file = try task.files.file(fd)
        if file.flags.contains(.path) { throw Refusal(.EBADF) }
        guard let socket = file as? SocketFile else { throw Refusal(.ENOTSOCK) }
        return socket
    }

    /// sizeof(struct sockaddr_storage).
    static let addressLimit: Int32 = 128

    /// move_addr_to_kernel().
    static func address(_ pointer: UserAddress, _ length: Int32, of task: Task) throws(Refusal) -> [UInt8] {
        guard (0...addressLimit).contains(length) else { throw Refusal(.EINVAL) }
        return try task.memory.bytes(pointer, count: Int(length))
    }

    /// move_addr_to_user(): as much as the caller's buffer takes, and the true length.
    static func store(
        _ address: [UInt8], at pointer: UserAddress, length: UserAddress, of task: Task
    ) throws(Refusal) {
        let room = try task.memory.load(length, as: Int32.self)
        guard room >= 0 else { throw Refusal(.EINVAL) }
        try task.memory.store(Array(address.prefix(Int(room))), at: pointer)
        try task.memory.store(Int32(truncatingIfNeeded: address.count), at: length)
    }

    /// Ends an attempt that would block: EAGAIN for who does not want to wait or has waited long enough, else parks
    /// until the host's socket has one of `events`.
    static func wait(
        _ task: Task, _ socket: UnixSocket, _ host: HostFile, events: UInt32, isSending: Bool, nonblocking: Bool
    ) throws(Refusal) -> Outcome {
        let sockets = task.kernel.platform.sockets
        if nonblocking || task.deadlinePassed || sockets.isNonblocking(host) { throw Refusal(.EAGAIN) }
        let timeout = sockets.timeout(host, sending: isSending)
        let kernel = task.kernel
        sockets.whenReady(host, socket.number, events: events) { [weak kernel, weak socket] in
            if let kernel, let socket { kernel.wake(socket.readiness) }
        }
        return park(task, on: socket.readiness, timeout: timeout)
    }

    /// sock_intr_errno(): a call with a timeout is not restarted after a signal.
    static func park(_ task: Task, on queue: WaitQueue, timeout: UInt64?) -> Outcome {
        guard let timeout else { return .park(queue, restart: .ERESTARTSYS) }
        let now = task.kernel.platform.monotonicNow
        return .park(queue, restart: .EINTR, deadline: now &+ min(timeout, UInt64(Int64.max)))
    }

    /// EPOLLIN, EPOLLRDHUP; EPOLLOUT.
    static let readable: UInt32 = 0x2001
    static let writable: UInt32 = 0x4
}
