import Credentials
import Kernel
import LinuxABI

/// open(2) and its kin.
enum OpenCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .open: { (task, a) throws(Refusal) in
            try open(task, workingDirectoryFD, a.a0, legacy(a.a1, a.a2))
        },
        .creat: { (task, a) throws(Refusal) in
            let flags = OpenFlags([.create, .writeOnly, .truncate])
            return try open(task, workingDirectoryFD, a.a0, legacy(UInt64(flags.rawValue), a.a1))
        },
        .openat: { (task, a) throws(Refusal) in try open(task, a.a0, a.a1, legacy(a.a2, a.a3)) },
        .openat2: { (task, a) throws(Refusal) in
            try open(task, a.a0, a.a1, try how(task, UserAddress(a.a2), size: a.a3))
        },
    ]

    /// Every flag that open(2) knows; others are ignored there and refused by openat2(2).
    private static let validFlags: UInt32 = 0o37777703 | 0o100
    /// O_PATH keeps these (build_open_flags).
    private static let pathFlags: OpenFlags = [.directory, .nofollow, .path, .closeOnExec]

    /// Flags as open(2) takes them: without those that mean nothing (build_open_how).
    static func effectiveFlags(_ raw: UInt32) -> OpenFlags {
        let flags = OpenFlags(rawValue: raw & validFlags)
        return flags.contains(.path) ? flags.intersection(pathFlags) : flags
    }

    private static func legacy(_ flags: UInt64, _ mode: UInt64) -> OpenRequest {
        let flags = effectiveFlags(Arguments.unsigned(flags))
        let makes = flags.contains(.create) || flags.contains(.tmpfileBit)
        return OpenRequest(flags: flags, mode: makes ? Arguments.unsigned(mode) & 0o7777 : 0)
    }

    /// openat2(2)'s struct open_how, whose every bit is checked.
    private static func how(_ task: Task, _ address: UserAddress, size: UInt64) throws(Refusal) -> OpenRequest {
        let bytes = try task.memory.growingStructure(address, size: size, known: 24, minimum: 24)
        let mode: UInt64 = LittleEndian.load(bytes, 8), how: UInt64 = LittleEndian.load(bytes, 16)
        guard let low = UInt32(exactly: LittleEndian.load(bytes, 0, as: UInt64.self)), low & ~validFlags == 0,
            how & ~0x3f == 0
        else { throw Refusal(.EINVAL) }
        let flags = OpenFlags(rawValue: low)
        if how & 0x18 == 0x18 { throw Refusal(.EINVAL) }
        let makes = flags.contains(.create) || flags.contains(.tmpfileBit)
        if makes ? mode & ~0o7777 != 0 : mode != 0 { throw Refusal(.EINVAL) }
        if flags.contains(.path), !flags.isSubset(of: pathFlags) { throw Refusal(.EINVAL) }
        var resolve: LookupOptions = []
        if how & 0x01 != 0 { resolve.insert(.noMountCrossing) }
        if how & 0x02 != 0 { resolve.insert(.noMagicLinks) }
        if how & 0x04 != 0 { resolve.formUnion([.noSymlinks, .noMagicLinks]) }
        if how & 0x08 != 0 { resolve.insert(.beneath) }
        if how & 0x10 != 0 { resolve.insert(.inRoot) }
        // RESOLVE_CACHED cannot be kept with flags that make or cut.
        if how & 0x20 != 0, makes || flags.contains(.truncate) { throw Refusal(.EAGAIN) }
        return OpenRequest(flags: flags, mode: UInt32(truncatingIfNeeded: mode), resolve: resolve)
    }

    private static func open(
        _ task: Task, _ dirfd: UInt64, _ pathAddress: UInt64, _ request: OpenRequest
    ) throws(Refusal) -> Outcome {
        var request = request
        let flags = request.flags
        // build_open_flags(): O_TMPFILE comes with O_DIRECTORY and for writing; O_CREAT makes no directory.
        if flags.contains(.tmpfileBit) {
            guard flags.contains(.directory), flags.writes, !flags.contains(.create) else { throw Refusal(.EINVAL) }
        } else if flags.contains(.directory), flags.contains(.create) {
            throw Refusal(.EINVAL)
        }
        let path = try task.path(pathAddress)
        let base = try task.base(dirfd, for: path)
        // do_sys_openat2: the fd is taken before the file is looked for.
        _ = try task.files.lowestFree(limit: task.openFileLimit)
        // path_openat: the description before the file.
        try task.kernel.checkFileRoom()
        if !flags.contains(.path) { request.flags.insert(.largefile) }
        let file = try task.open(path, from: base, request)
        file.flags.subtract(.closeOnExec)
        if let fifo = file as? FIFOFile {
            // A FIFO's end is handed out once the other end was opened; until then its opening counts, but not its fd.
            if let queue = fifo.waitQueue {
                let number = try task.files.reserve(limit: task.openFileLimit)
                return .wait(FIFOOpening(fifo, queue, number, closeOnExec: flags.contains(.closeOnExec)))
            }
            try fifo.finishOpening()
        }
        return try task.answer(installing: file, closeOnExec: flags.contains(.closeOnExec))
    }
}

/// open(2) of a FIFO's end, which waits for the other one to be opened (wait_for_partner).
private final class FIFOOpening: WaitingCall {
    private let file: FIFOFile
    let queue: WaitQueue
    private let number: ReservedNumber
    private let closeOnExec: Bool

    init(_ file: FIFOFile, _ queue: WaitQueue, _ number: ReservedNumber, closeOnExec: Bool) {
        self.file = file
        self.queue = queue
        self.number = number
        self.closeOnExec = closeOnExec
    }

    var interruption: Result<Int64, Errno> { .failure(.ERESTARTSYS) }

    func resume(_ task: Task, _ wakeup: Wakeup) throws(Refusal) -> Outcome {
        if file.waitQueue != nil { return .wait(self) }
        try file.finishOpening()
        return try task.answer(installing: file, at: number.fd, closeOnExec: closeOnExec)
    }
}
