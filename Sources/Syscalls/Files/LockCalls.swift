import Credentials
import Kernel
import LinuxABI

/// flock(2), and the locks of fcntl(2).
enum LockCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .flock: { (task, a) throws(Refusal) in try flock(task, Arguments.int(a.a0), Arguments.unsigned(a.a1)) }
    ]

    // MARK: flock(2)

    private static func flock(_ task: Task, _ fd: Int32, _ command: UInt32) throws(Refusal) -> Outcome {
        // LOCK_MAND, which never did anything.
        if command & 32 != 0 { return .success }
        let kind: LockKind?
        switch command & ~4 {  // LOCK_NB
        case 1: kind = .shared  // LOCK_SH
        case 2: kind = .exclusive  // LOCK_EX
        case 8: kind = nil  // LOCK_UN
        default: throw Refusal(.EINVAL)
        }
        let file = try task.files.file(fd)
        guard !file.flags.contains(.path), kind == nil || isReadable(file) || isWritable(file) else {
            throw Refusal(.EBADF)
        }
        let request = QueuedLock(.flock, file, owner: LockOwner(file), kind: kind, holder: task.group.pid)
        return try start(task, fd, request, waits: command & 4 == 0)
    }

    /// The access mode 3 permits neither (OPEN_FMODE).
    private static func isReadable(_ file: OpenFile) -> Bool { file.flags.reads && file.flags.rawValue & 3 != 3 }
    private static func isWritable(_ file: OpenFile) -> Bool { file.flags.writes && file.flags.rawValue & 3 != 3 }

    // MARK: fcntl_locking(2)

    /// fcntl_setlk(): F_SETLK and F_OFD_SETLK, and with W the forms that wait.
    static func set(
        _ task: Task, _ fd: Int32, _ file: OpenFile, _ command: Int32, _ address: UserAddress
    ) throws(Refusal) -> Outcome {
        let lock = try task.memory.load(address, as: RecordLock.self)
        let range = try range(of: lock, task, fd, file)
        let kind = try kind(of: lock)
        // check_fmode_for_setlk()
        if kind == .shared, !isReadable(file) { throw Refusal(.EBADF) }
        if kind == .exclusive, !isWritable(file) { throw Refusal(.EBADF) }
        let isOfDescription = command >= 37  // F_OFD_SETLK
        if isOfDescription, lock.holder != 0 { throw Refusal(.EINVAL) }
        let request = QueuedLock(
            .record, file, owner: isOfDescription ? LockOwner(file) : LockOwner(task.files), kind: kind, range: range,
            holder: task.group.pid)
        return try start(task, fd, request, waits: command == 7 || command == 38)  // F_SETLKW, F_OFD_SETLKW
    }

    /// fcntl_getlk(): F_GETLK and F_OFD_GETLK.
    static func test(
        _ task: Task, _ fd: Int32, _ file: OpenFile, _ command: Int32, _ address: UserAddress
    ) throws(Refusal) -> Outcome {
        var lock = try task.memory.load(address, as: RecordLock.self)
        let isOfDescription = command == 36  // F_OFD_GETLK
        // With F_UNLCK a description asks for its own locks.
        guard isOfDescription || lock.type == 0 || lock.type == 1 else { throw Refusal(.EINVAL) }
        let range = try range(of: lock, task, fd, file)
        let kind = try kind(of: lock)
        if isOfDescription, lock.holder != 0 { throw Refusal(.EINVAL) }
        let owner = isOfDescription ? LockOwner(file) : LockOwner(task.files)
        if let found = file.inode.locks?.test(kind, range, of: owner) {
            let there = found.piece.range
            lock.type = found.piece.kind == .shared ? 0 : 1
            lock.whence = 0
            lock.start = there.lowerBound
            lock.length = there.upperBound == .max ? 0 : there.upperBound - there.lowerBound + 1
            // locks_translate_pid(): 0 for a holder that the caller cannot see.
            let holder = found.piece.holder as? PID
            lock.holder = found.owner.isDescription ? -1 : holder?.number(in: task.pidNamespace) ?? 0
        } else {
            lock.type = 2  // F_UNLCK
        }
        try task.memory.store(lock, at: address)
        return .success
    }

    private static func kind(of lock: RecordLock) throws(Refusal) -> LockKind? {
        switch lock.type {
        case 0: .shared  // F_RDLCK
        case 1: .exclusive  // F_WRLCK
        case 2: nil  // F_UNLCK
        default: throw Refusal(.EINVAL)
        }
    }

    /// flock64_to_posix_lock(): the bytes that a lock covers, counted from the file's start.
    private static func range(
        of lock: RecordLock, _ task: Task, _ fd: Int32, _ file: OpenFile
    ) throws(Refusal) -> ClosedRange<Int64> {
        let base: Int64
        switch lock.whence {
        case 0: base = 0  // SEEK_SET
        case 1: base = position(task, fd, file)  // SEEK_CUR
        case 2: base = try size(task, fd, file)  // SEEK_END
        default: throw Refusal(.EINVAL)
        }
        let (start, startOverflows) = base.addingReportingOverflow(lock.start)
        if startOverflows { throw Refusal(.EOVERFLOW) }
        if start < 0 { throw Refusal(.EINVAL) }
        if lock.length == 0 { return start...Int64.max }
        if lock.length > 0 {
            let (end, overflows) = start.addingReportingOverflow(lock.length - 1)
            if overflows { throw Refusal(.EOVERFLOW) }
            return start...end
        }
        // POSIX.1-2001: the bytes before the start.
        let (first, overflows) = start.addingReportingOverflow(lock.length)
        guard !overflows, first >= 0 else { throw Refusal(.EINVAL) }
        return first...(start - 1)
    }

    private static func position(_ task: Task, _ fd: Int32, _ file: OpenFile) -> Int64 {
        if let directory = file as? DirectoryFile { return directory.position }
        let platform = task.kernel.platform
        switch file.backing {
        case .text: return max(0, platform.textPosition(of: file))
        case .owned, .installed: return platform.position(of: fd, in: task)
        case .directory, .path, .inert: return 0
        }
    }

    private static func size(_ task: Task, _ fd: Int32, _ file: OpenFile) throws(Refusal) -> Int64 {
        return max(0, try file.attributes(for: task).size)
    }

    // MARK: Waiting

    private static func start(
        _ task: Task, _ fd: Int32, _ request: QueuedLock, waits: Bool
    ) throws(Refusal) -> Outcome {
        task.kernel.generation &+= 1
        if try task.kernel.locks.request(request, waits: waits) { return .success }
        return .wait(LockWait(request, fd, of: task.files))
    }
}

/// A call that waits for a lock.
private final class LockWait: WaitingCall {
    private let request: QueuedLock
    private let fd: Int32
    private let table: FDTable

    init(_ request: QueuedLock, _ fd: Int32, of table: FDTable) {
        self.request = request
        self.fd = fd
        self.table = table
    }

    var queue: WaitQueue { request.queue }
    var interruption: Result<Int64, Errno> { .failure(.ERESTARTSYS) }
    func abandon() { request.cancel() }

    func resume(_ task: Task, _ wakeup: Wakeup) throws(Refusal) -> Outcome {
        guard let result = request.result else { return .wait(self) }
        if case .failure(let errno) = result { throw Refusal(errno) }
        // fcntl_setlk(): who has closed the fd meanwhile would never release the lock.
        if !request.owner.isDescription, table[fd] !== request.file {
            request.file.inode.locks?.releaseRecords(of: table)
            throw Refusal(.EBADF)
        }
        return .success
    }
}
