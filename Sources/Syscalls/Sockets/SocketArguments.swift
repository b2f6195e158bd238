import Credentials
import Kernel
import LinuxABI

/// What the socket calls share: finding the socket, copying addresses.
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
}
