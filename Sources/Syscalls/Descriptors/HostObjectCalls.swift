import Credentials
import Kernel
import LinuxABI

/// Calls that make a file without a name: pipe(2), eventfd(2), epoll_create(2), timerfd_create(2), memfd_create(2),
/// signalfd(2). The sentry makes the host object and installs it; its bytes move natively.
enum HostObjectCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .pipe: { task, a throws(Refusal) in try makePipe(task, UserAddress(a.a0), []) },
        .pipe2: { task, a throws(Refusal) in
            try makePipe(task, UserAddress(a.a0), OpenFlags(rawValue: Arguments.unsigned(a.a1)))
        },
        .eventfd: { task, a throws(Refusal) in try makeEvent(task, a.a0, 0) },
        .eventfd2: { task, a throws(Refusal) in try makeEvent(task, a.a0, Arguments.unsigned(a.a1)) },
        .epoll_create: { task, a throws(Refusal) in
            guard Arguments.int(a.a0) > 0 else { throw Refusal(.EINVAL) }
            return try make(task, .epoll, "eventpoll", [])
        },
        .epoll_create1: { task, a throws(Refusal) in
            let flags = OpenFlags(rawValue: Arguments.unsigned(a.a0))
            guard flags.subtracting(.closeOnExec).isEmpty else { throw Refusal(.EINVAL) }
            return try make(task, .epoll, "eventpoll", flags)
        },
        .timerfd_create: makeTimer, .memfd_create: makeMemory,
        .signalfd: { task, a throws(Refusal) in try makeSignal(task, a, 0) },
        .signalfd4: { task, a throws(Refusal) in try makeSignal(task, a, Arguments.unsigned(a.a3)) },
    ]

    private static func hostObject(_ task: Task, _ object: HostObject) throws(Refusal) -> [HostFile] {
        do throws(Errno) {
            return try task.kernel.platform.makeHostObject(object)
        } catch {
            throw Refusal(error)
        }
    }

    private static func makePipe(_ task: Task, _ address: UserAddress, _ flags: OpenFlags) throws(Refusal) -> Outcome {
        guard flags.subtracting([.closeOnExec, .nonblock, .direct]).isEmpty else { throw Refusal(.EINVAL) }
        let kept = flags.intersection([.nonblock, .direct])
        try task.kernel.checkFileRoom(2)
        let (pages, isSmall) = try task.kernel.takePipe()
        let ends = try hostObject(task, .pipe(flags: Int32(bitPattern: kept.rawValue)))
        guard ends.count == 2 else { throw Refusal(.EIO) }
        if isSmall { task.kernel.makeSmall(ends[0]) }
        let system = task.kernel.anonymousFiles, credentials = task.credentials
        let inode = system.makeInode(.pipe, for: credentials)
        inode.pipePages = pages
        let closeOnExec = flags.contains(.closeOnExec)
        let read = try task.install(
            system.open(inode, flags: kept, for: credentials, backing: .owned(ends[0])), closeOnExec: closeOnExec)
        do throws(Refusal) {
            let write = try task.install(
                system.open(inode, flags: kept.union(.writeOnly), for: credentials, backing: .owned(ends[1])),
                closeOnExec: closeOnExec)
            do throws(Refusal) {
                try task.memory.store(SIMD2<Int32>(read, write), at: address)
                return .success
            } catch {
                task.discard(write)
                throw error
            }
        } catch {
            task.discard(read)
            throw error
        }
    }

    /// One description that is neither read-only nor write-only, with `name` in /proc/[pid]/fd.
    private static func make(
        _ task: Task, _ object: HostObject, _ name: String, _ flags: OpenFlags
    ) throws(Refusal) -> Outcome {
        let system = task.kernel.anonymousFiles
        try task.kernel.checkFileRoom()
        guard let host = try hostObject(task, object).first else { throw Refusal(.EIO) }
        let inode = system.makeInode(.special(name), for: task.credentials)
        let file = system.open(
            inode, flags: flags.subtracting(.closeOnExec).union(.readWrite), for: task.credentials,
            backing: .owned(host))
        return try task.answer(installing: file, closeOnExec: flags.contains(.closeOnExec))
    }

    private static func makeEvent(_ task: Task, _ initial: UInt64, _ flags: UInt32) throws(Refusal) -> Outcome {
        // EFD_SEMAPHORE is 1.
        let semaphore = flags & 1
        let rest = OpenFlags(rawValue: flags & ~1)
        guard rest.subtracting([.closeOnExec, .nonblock]).isEmpty else { throw Refusal(.EINVAL) }
        let host = Int32(bitPattern: semaphore | rest.intersection(.nonblock).rawValue)
        return try make(task, .eventfd(initial: Arguments.unsigned(initial), flags: host), "eventfd", rest)
    }

    @Sendable private static func makeTimer(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let flags = OpenFlags(rawValue: Arguments.unsigned(a.a1))
        guard flags.subtracting([.closeOnExec, .nonblock]).isEmpty else { throw Refusal(.EINVAL) }
        let host = Int32(bitPattern: flags.intersection(.nonblock).rawValue)
        var clock = Arguments.int(a.a0)
        if let ordinary = ordinaryClocks[clock] {
            guard task.hasGlobally(.wakeAlarm) else { throw Refusal(.alarmClockNotPermitted) }
            clock = ordinary
        }
        return try make(task, .timerfd(clock: clock, flags: host), "timerfd", flags)
    }

    /// CLOCK_REALTIME_ALARM and CLOCK_BOOTTIME_ALARM, and what tells the same time without waking the machine.
    private static let ordinaryClocks: [Int32: Int32] = [8: 0, 9: 7]

    private static func makeSignal(_ task: Task, _ a: Arguments, _ flags: UInt32) throws(Refusal) -> Outcome {
        guard a.a2 == 8 else { throw Refusal(.EINVAL) }
        let flags = OpenFlags(rawValue: flags)
        guard flags.subtracting([.closeOnExec, .nonblock]).isEmpty else { throw Refusal(.EINVAL) }
        let mask = try task.memory.load(UserAddress(a.a1), as: UInt64.self)
        let fd = Arguments.int(a.a0)
        if fd != -1 {
            let file = try task.files.file(fd)
            guard file.showsSignals else { throw Refusal(.EINVAL) }
            // Its own thread's call, by which those of its process that wait to read hear of it (do_signalfd4).
            let number = UInt64(UInt32(bitPattern: fd))
            let call = HostCallSequence.Step.call(
                .signalfd4, Arguments(number, 0, 8, 0), structures: [(1, LittleEndian.bytes(mask))])
            return .callHost(HostCallSequence([call]) { $0.map { _ in Int64(fd) } })
        }
        let host = Int32(bitPattern: flags.intersection(.nonblock).rawValue)
        return try make(task, .signalfd(mask: mask, flags: host), "signalfd", flags)
    }

    private static let memoryCloseOnExec: UInt32 = 1
    private static let memorySealsExecution: UInt32 = 8
    /// MFD_ALLOW_SEALING, MFD_NOEXEC_SEAL, MFD_EXEC; huge pages are refused.
    private static let memoryFlags: UInt32 = 0x1 | 0x2 | 0x8 | 0x10
    private static let memoryNameLimit = 249

    @Sendable private static func makeMemory(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        var flags = Arguments.unsigned(a.a1)
        guard flags & ~memoryFlags == 0, flags & 0x18 != 0x18 else { throw Refusal(.EINVAL) }
        // check_sysctl_memfd_noexec()
        let scope = task.pidNamespace.memoryFileScope
        if flags & 0x18 == 0, scope >= 1 { flags |= memorySealsExecution }
        if flags & memorySealsExecution == 0, scope >= 2 { throw Refusal(.memoryFileMustNotExecute) }
        let name: [UInt8]
        do throws(Refusal) {
            name = try task.memory.string(UserAddress(a.a0), limit: memoryNameLimit + 1).compact
        } catch {
            throw error.errno == .ENAMETOOLONG ? Refusal(.EINVAL) : error
        }
        try task.kernel.checkFileRoom()
        guard let host = try hostObject(task, .memfd(name: name, flags: flags & ~memoryCloseOnExec)).first else {
            throw Refusal(.EIO)
        }
        let system = task.kernel.anonymousFiles
        let inode = system.makeInode(
            .memory(name), for: task.credentials, sealsExecution: flags & memorySealsExecution != 0)
        let file = system.open(
            inode, flags: [.readWrite, .largefile], for: task.credentials, backing: .owned(host))
        return try task.answer(installing: file, closeOnExec: flags & memoryCloseOnExec != 0)
    }
}
