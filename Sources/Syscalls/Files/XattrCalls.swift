import Credentials
import Kernel
import LinuxABI

/// The extended attribute calls (xattr(7)).
enum XattrCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .setxattr: { task, a throws(Refusal) in try set(task, path(a.a0, []), a.a1, Value(a), flags: a.a4) },
        .lsetxattr: { task, a throws(Refusal) in
            try set(task, path(a.a0, .symlinkNofollow), a.a1, Value(a), flags: a.a4)
        },
        .fsetxattr: { task, a throws(Refusal) in try set(task, .open(a.a0), a.a1, Value(a), flags: a.a4) },
        .setxattrat: { task, a throws(Refusal) in
            let argument = try Argument(task, a)
            return try set(task, place(a), a.a3, argument.value, flags: UInt64(argument.flags))
        },
        .getxattr: { task, a throws(Refusal) in try get(task, path(a.a0, []), a.a1, Value(a)) },
        .lgetxattr: { task, a throws(Refusal) in try get(task, path(a.a0, .symlinkNofollow), a.a1, Value(a)) },
        .fgetxattr: { task, a throws(Refusal) in try get(task, .open(a.a0), a.a1, Value(a)) },
        .getxattrat: { task, a throws(Refusal) in
            let argument = try Argument(task, a)
            guard argument.flags == 0 else { throw Refusal(.EINVAL) }
            return try get(task, place(a), a.a3, argument.value)
        },
        .listxattr: { task, a throws(Refusal) in try list(task, path(a.a0, []), a.a1, a.a2) },
        .llistxattr: { task, a throws(Refusal) in try list(task, path(a.a0, .symlinkNofollow), a.a1, a.a2) },
        .flistxattr: { task, a throws(Refusal) in try list(task, .open(a.a0), a.a1, a.a2) },
        .listxattrat: { task, a throws(Refusal) in try list(task, place(a), a.a3, a.a4) },
        .removexattr: { task, a throws(Refusal) in try remove(task, path(a.a0, []), a.a1) },
        .lremovexattr: { task, a throws(Refusal) in try remove(task, path(a.a0, .symlinkNofollow), a.a1) },
        .fremovexattr: { task, a throws(Refusal) in try remove(task, .open(a.a0), a.a1) },
        .removexattrat: { task, a throws(Refusal) in try remove(task, place(a), a.a3) },
    ]

    /// XATTR_SIZE_MAX and XATTR_LIST_MAX.
    private static let maximumSize: UInt64 = 65536

    // MARK: Decoding

    /// The file whose attributes are meant. It is looked up after everything else was copied and checked
    /// (path_setxattrat and its kin).
    private enum Place {
        case open(UInt64)
        case path(dirfd: UInt64, UInt64, AtFlags)

        func resolve(_ task: Task) throws(Refusal) -> Path {
            switch self {
            case .open(let fd): return try task.openFile(fd).path
            case .path(let dirfd, let address, let flags):
                // Without a path the fd itself is meant, which then cannot be one of O_PATH.
                if flags.contains(.emptyPath), Arguments.int(dirfd) >= 0 {
                    let path = address == 0 ? [] : try task.path(address)
                    if path.isEmpty { return try task.openFile(dirfd).path }
                }
                return try task.resolve(dirfd, address, flags)
            }
        }
    }

    private static func path(_ address: UInt64, _ flags: AtFlags) -> Place {
        .path(dirfd: workingDirectoryFD, address, flags)
    }

    /// What the calls with a dirfd, a path and flags name.
    private static func place(_ a: Arguments) throws(Refusal) -> Place {
        let flags = AtFlags(rawValue: Arguments.unsigned(a.a2))
        guard flags.isSubset(of: [.symlinkNofollow, .emptyPath]) else { throw Refusal(.EINVAL) }
        return .path(dirfd: a.a0, a.a1, flags)
    }

    /// Where a value is, or is to go.
    private struct Value {
        let address: UInt64
        let size: UInt64
        init(_ a: Arguments) { (address, size) = (a.a2, a.a3) }
        init(address: UInt64, size: UInt32) { (self.address, self.size) = (address, UInt64(size)) }
    }

    /// struct xattr_args.
    private struct Argument {
        let value: Value
        let flags: UInt32

        init(_ task: Task, _ a: Arguments) throws(Refusal) {
            let bytes = try task.memory.growingStructure(UserAddress(a.a4), size: a.a5, known: 16, minimum: 16)
            value = Value(address: LittleEndian.load(bytes, 0), size: LittleEndian.load(bytes, 8))
            flags = LittleEndian.load(bytes, 12)
        }
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

    // MARK: Calls

    private static func set(
        _ task: Task, _ place: Place, _ nameAddress: UInt64, _ value: Value, flags: UInt64
    ) throws(Refusal) -> Outcome {
        let flags = Arguments.int(flags)
        // XATTR_CREATE 1, XATTR_REPLACE 2.
        guard flags & ~3 == 0 else { throw Refusal(.EINVAL) }
        let name = try name(task, nameAddress)
        guard value.size <= maximumSize else { throw Refusal(.E2BIG) }
        let bytes = try task.memory.bytes(UserAddress(value.address), count: Int(value.size))
        let path = try place.resolve(task)
        try path.checkWritable()
        try path.setAttribute(name, bytes, creates: flags & 2 == 0, replaces: flags & 1 == 0, for: task)
        return .success
    }

    private static func get(
        _ task: Task, _ place: Place, _ nameAddress: UInt64, _ room: Value
    ) throws(Refusal) -> Outcome {
        let name = try name(task, nameAddress)
        return try hand(task, try place.resolve(task).attribute(name, for: task), room.address, room.size)
    }

    private static func list(
        _ task: Task, _ place: Place, _ address: UInt64, _ size: UInt64
    ) throws(Refusal) -> Outcome {
        var text: [UInt8] = []
        for name in try place.resolve(task).attributeNames(for: task) {
            text.append(contentsOf: name.bytes)
            text.append(0)
        }
        return try hand(task, text, address, size)
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

    private static func remove(_ task: Task, _ place: Place, _ nameAddress: UInt64) throws(Refusal) -> Outcome {
        let name = try name(task, nameAddress)
        let path = try place.resolve(task)
        try path.checkWritable()
        try path.removeAttribute(name, for: task)
        return .success
    }
}
