import Credentials
import Kernel
import LinuxABI

/// stat(2), statx(2) and statfs(2).
enum StatCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .stat: { (task, a) throws(Refusal) in
            try stat(task, try task.resolve(workingDirectoryFD, a.a0, []), a.a1)
        },
        .lstat: { (task, a) throws(Refusal) in
            try stat(task, try task.resolve(workingDirectoryFD, a.a0, .symlinkNofollow), a.a1)
        },
        .fstat: { (task, a) throws(Refusal) in
            try stat(task, try task.files.file(Arguments.int(a.a0)), a.a1)
        },
        .newfstatat: { (task, a) throws(Refusal) in
            let flags = AtFlags(rawValue: Arguments.unsigned(a.a3))
            guard flags.isSubset(of: known) else { throw Refusal(.EINVAL) }
            if let file = try emptyPathFile(task, a.a0, a.a1, flags) { return try stat(task, file, a.a2) }
            return try stat(task, try task.resolve(a.a0, a.a1, flags), a.a2)
        },
        .statx: { (task, a) throws(Refusal) in try statx(task, a) },
        .statfs: { (task, a) throws(Refusal) in
            try statfs(task, try task.resolve(workingDirectoryFD, a.a0, []), a.a1)
        },
        .fstatfs: { (task, a) throws(Refusal) in
            try statfs(task, try task.files.file(Arguments.int(a.a0)).path, a.a1)
        },
    ]

    private static let known: AtFlags = [.symlinkNofollow, .noAutomount, .emptyPath, .statxSyncType]

    /// newfstatat with an empty path and an fd is fstat, which may know more than the path does.
    private static func emptyPathFile(
        _ task: Task, _ dirfd: UInt64, _ path: UInt64, _ flags: AtFlags
    ) throws(Refusal) -> OpenFile? {
        guard flags.contains(.emptyPath), Arguments.int(dirfd) >= 0 else { return nil }
        if path != 0, try task.memory.load(UserAddress(path), as: UInt8.self) != 0 { return nil }
        return try task.files.file(Arguments.int(dirfd))
    }

    private static func stat(_ task: Task, _ path: Path, _ address: UInt64) throws(Refusal) -> Outcome {
        try store(task, try path.inode.attributes(for: task), path.mount, address)
    }

    private static func stat(_ task: Task, _ file: OpenFile, _ address: UInt64) throws(Refusal) -> Outcome {
        try store(task, try file.attributes(for: task), file.path.mount, address)
    }

    private static func store(
        _ task: Task, _ attributes: FileAttributes, _ mount: Mount, _ address: UInt64
    ) throws(Refusal) -> Outcome {
        var record = StatRecord()
        record.device = attributes.device.encoded
        record.inode = attributes.inode
        record.linkCount = UInt64(attributes.linkCount)
        record.mode = attributes.mode.rawValue
        record.uid = task.userNamespace.uidOrOverflow(mount.idMap.vfsuid(of: attributes.uid)).rawValue
        record.gid = task.userNamespace.gidOrOverflow(mount.idMap.vfsgid(of: attributes.gid)).rawValue
        record.rdev = attributes.rdev.encoded
        record.size = attributes.size
        record.blockSize = attributes.blockSize
        record.blocks = attributes.blocks
        record.accessed = timespec(attributes.accessed)
        record.modified = timespec(attributes.modified)
        record.changed = timespec(attributes.changed)
        try task.memory.store(record, at: UserAddress(address))
        return .success
    }

    private static func timespec(_ time: Timestamp) -> Timespec {
        Timespec(seconds: time.seconds, fraction: Int64(time.nanoseconds))
    }

    // MARK: statx

    /// STATX_BASIC_STATS, STATX_MNT_ID and STATX_MNT_ID_UNIQUE.
    private static let basic: UInt32 = 0x7ff
    private static let mountID: UInt32 = 0x1000
    private static let uniqueMountID: UInt32 = 0x4000
    /// STATX_ATTR_MOUNT_ROOT.
    private static let attributeMountRoot: UInt64 = 0x2000

    private static func statx(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let flags = AtFlags(rawValue: Arguments.unsigned(a.a2))
        let mask = Arguments.unsigned(a.a3)
        // do_statx: the reserved bit of the mask, both sync types at once, unknown flags.
        guard mask & 0x8000_0000 == 0, flags.isSubset(of: known), flags.rawValue & 0x6000 != 0x6000 else {
            throw Refusal(.EINVAL)
        }
        let path: Path
        let attributes: FileAttributes
        if let file = try emptyPathFile(task, a.a0, a.a1, flags) {
            path = file.path
            attributes = try file.attributes(for: task)
        } else {
            path = try task.resolve(a.a0, a.a1, flags)
            attributes = try path.inode.attributes(for: task)
        }
        var record = StatxRecord()
        // One of the two numbers is told, whichever was asked for.
        let isUnique = mask & uniqueMountID != 0
        record.mask = basic | (isUnique ? uniqueMountID : mountID)
        record.mountID = isUnique ? path.mount.uniqueID : UInt64(clamping: path.mount.id)
        record.blockSize = UInt32(clamping: attributes.blockSize)
        record.attributesMask = attributeMountRoot
        record.attributes = path.dentry === path.mount.root ? attributeMountRoot : 0
        record.linkCount = attributes.linkCount
        record.uid = task.userNamespace.uidOrOverflow(path.mount.idMap.vfsuid(of: attributes.uid)).rawValue
        record.gid = task.userNamespace.gidOrOverflow(path.mount.idMap.vfsgid(of: attributes.gid)).rawValue
        record.mode = UInt16(truncatingIfNeeded: attributes.mode.rawValue)
        record.inode = attributes.inode
        record.size = UInt64(clamping: attributes.size)
        record.blocks = UInt64(clamping: attributes.blocks)
        record.accessed = time(attributes.accessed)
        record.changed = time(attributes.changed)
        record.modified = time(attributes.modified)
        record.rdevMajor = attributes.rdev.major
        record.rdevMinor = attributes.rdev.minor
        record.deviceMajor = attributes.device.major
        record.deviceMinor = attributes.device.minor
        try task.memory.store(record, at: UserAddress(a.a4))
        return .success
    }

    private static func time(_ timestamp: Timestamp) -> StatxRecord.Time {
        var time = StatxRecord.Time()
        time.seconds = timestamp.seconds
        time.nanoseconds = timestamp.nanoseconds
        return time
    }

    // MARK: statfs

    private static func statfs(_ task: Task, _ path: Path, _ address: UInt64) throws(Refusal) -> Outcome {
        let fileSystem = path.mount.fileSystem
        let statistics = fileSystem.statistics
        var record = StatfsRecord()
        record.type = Int64(fileSystem.magic)
        record.blockSize = statistics.blockSize
        record.fragmentSize = statistics.blockSize
        record.blocks = statistics.blocks
        record.freeBlocks = statistics.freeBlocks
        record.availableBlocks = statistics.freeBlocks
        record.files = statistics.files
        record.freeFiles = statistics.freeFiles
        // calculate_f_flags: ST_VALID and the mount's own.
        var flags: Int64 = 0x20
        flags |= path.mount.flags.statfsBits
        if fileSystem.isReadOnly { flags |= 1 }
        if fileSystem.flags.contains(.synchronous) { flags |= 0x10 }
        if fileSystem.flags.contains(.mandatoryLocks) { flags |= 0x40 }
        record.flags = flags
        try task.memory.store(record, at: UserAddress(address))
        return .success
    }
}
