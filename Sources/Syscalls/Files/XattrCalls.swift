import Credentials
import Kernel
import LinuxABI

/// The extended attribute calls (xattr(7)).
enum XattrCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .setxattr: { task, a throws(Refusal) in try set(task, try follow(task, a.a0), a) },
        .lsetxattr: { task, a throws(Refusal) in try set(task, try noFollow(task, a.a0), a) },
        .fsetxattr: { task, a throws(Refusal) in try set(task, try task.openFile(a.a0).path, a) },
        .getxattr: { task, a throws(Refusal) in try get(task, try follow(task, a.a0), a) },
        .lgetxattr: { task, a throws(Refusal) in try get(task, try noFollow(task, a.a0), a) },
        .fgetxattr: { task, a throws(Refusal) in try get(task, try task.openFile(a.a0).path, a) },
        .listxattr: { task, a throws(Refusal) in try list(task, try follow(task, a.a0), a) },
        .llistxattr: { task, a throws(Refusal) in try list(task, try noFollow(task, a.a0), a) },
        .flistxattr: { task, a throws(Refusal) in try list(task, try task.openFile(a.a0).path, a) },
        .removexattr: { task, a throws(Refusal) in try remove(task, try follow(task, a.a0), a.a1) },
        .lremovexattr: { task, a throws(Refusal) in try remove(task, try noFollow(task, a.a0), a.a1) },
        .fremovexattr: { task, a throws(Refusal) in try remove(task, try task.openFile(a.a0).path, a.a1) },
    ]

    /// XATTR_SIZE_MAX and XATTR_LIST_MAX.
    private static let maximumSize: UInt64 = 65536

    private static func follow(_ task: Task, _ address: UInt64) throws(Refusal) -> Path {
        try task.resolve(workingDirectoryFD, address, [])
    }
    private static func noFollow(_ task: Task, _ address: UInt64) throws(Refusal) -> Path {
        try task.resolve(workingDirectoryFD, address, .symlinkNofollow)
    }

    /// An attribute's full name: 1...255 bytes, else ERANGE.
    private static func name(_ task: Task, _ address: UInt64) throws(Refusal) -> Name {
        let bytes: [UInt8]
        do throws(Refusal) {
            bytes = try task.memory.string(UserAddress(address), limit: Name.maximumLength + 1)
        } catch {
            throw error.errno == .ENAMETOOLONG ? Refusal(.ERANGE) : error
        }
        if bytes.isEmpty { throw Refusal(.ERANGE) }
        return Name(bytes)
    }

    private static func set(_ task: Task, _ path: Path, _ a: Arguments) throws(Refusal) -> Outcome {
        let flags = Arguments.int(a.a4)
        // XATTR_CREATE 1, XATTR_REPLACE 2.
        guard flags & ~3 == 0 else { throw Refusal(.EINVAL) }
        let name = try name(task, a.a1)
        guard a.a3 <= maximumSize else { throw Refusal(.E2BIG) }
        let value = try task.memory.bytes(UserAddress(a.a2), count: Int(a.a3))
        try path.checkWritable()
        try path.setAttribute(name, value, creates: flags & 2 == 0, replaces: flags & 1 == 0, for: task)
        return .success
    }

    private static func get(_ task: Task, _ path: Path, _ a: Arguments) throws(Refusal) -> Outcome {
        let value = try path.attribute(try name(task, a.a1), for: task)
        return try hand(task, value, a.a2, a.a3)
    }

    private static func list(_ task: Task, _ path: Path, _ a: Arguments) throws(Refusal) -> Outcome {
        var text: [UInt8] = []
        for name in path.attributeNames(for: task) {
            text.append(contentsOf: name.bytes)
            text.append(0)
        }
        return try hand(task, text, a.a1, a.a2)
    }

    /// Size 0 asks how much there is.
    private static func hand(
        _ task: Task, _ value: [UInt8], _ address: UInt64, _ size: UInt64
    ) throws(Refusal) -> Outcome {
        if size == 0 { return .value(Int64(value.count)) }
        if UInt64(value.count) > size { throw Refusal(.ERANGE) }
        try task.memory.store(value, at: UserAddress(address))
        return .value(Int64(value.count))
    }

    private static func remove(_ task: Task, _ path: Path, _ nameAddress: UInt64) throws(Refusal) -> Outcome {
        let name = try name(task, nameAddress)
        try path.checkWritable()
        try path.removeAttribute(name, for: task)
        return .success
    }
}
