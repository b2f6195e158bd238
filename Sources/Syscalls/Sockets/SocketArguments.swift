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
        _ task: Task, _ state: SocketWait, _ host: HostFile, events: UInt32, isSending: Bool, nonblocking: Bool
    ) throws(Refusal) -> Outcome {
        let outcome = try park(
            task, state, on: state.file.socket.readiness, host, isSending: isSending, nonblocking: nonblocking)
        let kernel = task.kernel, socket = state.file.socket
        kernel.platform.sockets.whenReady(host, socket.number, events: events) { [weak kernel, weak socket] in
            if let kernel, let socket { kernel.wake(socket.readiness) }
        }
        return outcome
    }

    /// The same for what no event of the host tells; with `retry`, in nanoseconds, it is tried again and again.
    static func park(
        _ task: Task, _ state: SocketWait, on queue: WaitQueue, _ host: HostFile, isSending: Bool, nonblocking: Bool,
        retry: UInt64? = nil
    ) throws(Refusal) -> Outcome {
        let sockets = task.kernel.platform.sockets
        if nonblocking || sockets.isNonblocking(host) { throw Refusal(.EAGAIN) }
        let now = task.kernel.platform.monotonicNow
        state.begin(sockets.timeout(host, sending: isSending), now: now)
        if let deadline = state.deadline, deadline <= now { throw Refusal(.EAGAIN) }
        task.awaited = state
        // sock_intr_errno(): a call with a timeout is not restarted after a signal.
        let restart = state.deadline == nil ? Errno.ERESTARTSYS : .EINTR
        guard let retry else { return .park(queue, restart: restart, deadline: state.deadline) }
        return .park(queue, restart: restart, deadline: min(now &+ retry, state.deadline ?? .max))
    }

    /// EPOLLIN, EPOLLRDHUP; EPOLLOUT.
    static let readable: UInt32 = 0x2001
    static let writable: UInt32 = 0x4
}
