import Credentials
import Kernel
import LinuxABI

/// fcntl(2).
enum FcntlCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .fcntl: { (task, a) throws(Refusal) in try fcntl(task, a) }
    ]

    private static func fcntl(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let fd = Arguments.int(a.a0)
        let file = try task.files.file(fd)
        let command = Arguments.int(a.a1)
        // check_fcntl_cmd: an O_PATH fd can only be duplicated and asked for flags.
        if file.flags.contains(.path), ![0, 1, 2, 3, 1027, 1028, 1030].contains(command) { throw Refusal(.EBADF) }
        switch command {
        case 0, 1030:  // F_DUPFD, F_DUPFD_CLOEXEC
            guard a.a2 < UInt64(task.openFileLimit), let minimum = Int32(exactly: a.a2) else { throw Refusal(.EINVAL) }
            return try task.duplicate(file, from: minimum, closeOnExec: command == 1030)
        case 1:  // F_GETFD
            return .value(task.files.entry(fd)?.closeOnExec == true ? 1 : 0)
        case 2:  // F_SETFD
            return try DescriptorCalls.setCloseOnExec(task, fd, a.a2 & 1 != 0)
        case 3:  // F_GETFL
            return .value(Int64(file.flags.rawValue))
        case 4:  // F_SETFL
            return try setFlags(task, fd, file, OpenFlags(rawValue: Arguments.unsigned(a.a2)))
        case 5, 36: return try LockCalls.test(task, fd, file, command, UserAddress(a.a2))
        case 6, 7, 37, 38: return try LockCalls.set(task, fd, file, command, UserAddress(a.a2))
        case 8:  // F_SETOWN
            defer { watchReadiness(task, fd, file) }
            return try SignalOwnerCalls.set(task, file, Arguments.int(a.a2))
        case 9:  // F_GETOWN
            return .value(Int64(SignalOwnerCalls.get(task, file)))
        case 10:  // F_SETSIG
            guard a.a2 <= 64 else { throw Refusal(.EINVAL) }
            file.signalNumber = Int32(truncatingIfNeeded: a.a2)
            return .success
        case 11: return .value(Int64(file.signalNumber))  // F_GETSIG
        case 15: return try SignalOwnerCalls.setExtended(task, file, UserAddress(a.a2))
        case 16: return try SignalOwnerCalls.getExtended(task, file, UserAddress(a.a2))
        case 17: return try SignalOwnerCalls.getUIDs(task, file, UserAddress(a.a2))
        case 1024:  // F_SETLEASE is never granted
            throw Refusal(.EINVAL)
        case 1025: return .value(2)  // F_GETLEASE: F_UNLCK
        case 1026: throw Refusal(.EINVAL)  // F_NOTIFY
        case 1027:  // F_DUPFD_QUERY
            return .value(try task.files.file(Arguments.int(a.a2)) === file ? 1 : 0)
        case 1028:  // F_CREATED_QUERY
            return .value(file.isNew ? 1 : 0)
        case 1031, 1032:  // F_SETPIPE_SZ, F_GETPIPE_SZ
            guard file.hasHostDescription, file.inode.mode.kind == .fifo else { throw Refusal(.EBADF) }
            if command == 1032 { return .continueOnHost }
            let pages = (file.inode as? AnonymousInode)?.pipePages ?? (file as? FIFOFile)?.pages
            let end = try task.kernel.platform.borrow(fd, of: task)
            return .value(try task.kernel.resizePipe(end, pages, to: Arguments.unsigned(a.a2), by: task))
        case 1033, 1034:  // F_ADD_SEALS, F_GET_SEALS
            // A memory file with a text of /proc is the sentry's to change.
            guard file.hasHostDescription, file.inode.mode.isRegular else { throw Refusal(.EINVAL) }
            if case .text = file.backing { throw Refusal(.EINVAL) }
            return .continueOnHost
        case 1035:  // F_GET_RW_HINT
            try task.memory.store(file.inode.writeHint, at: UserAddress(a.a2))
            return .success
        case 1036:  // F_SET_RW_HINT
            guard file.path.access(for: task).isOwnerOrCapable(of: file.inode) else {
                throw Refusal(.writeHintNotOwner)
            }
            let hint: UInt64 = try task.memory.load(UserAddress(a.a2))
            guard hint <= 5 else { throw Refusal(.EINVAL) }
            file.inode.writeHint = hint
            return .success
        default: throw Refusal(.EINVAL)
        }
    }

    /// O_ASYNC and an owner make a signal, whichever came first.
    static func watchReadiness(_ task: Task, _ fd: Int32, _ file: OpenFile) {
        guard file.flags.contains(.async), file.signalOwner != nil, file.hasHostDescription else { return }
        task.kernel.platform.watchReadiness(of: file, at: fd, in: task)
    }

    private static func setFlags(
        _ task: Task, _ fd: Int32, _ file: OpenFile, _ wanted: OpenFlags
    ) throws(Refusal) -> Outcome {
        if wanted.contains(.noatime), !file.flags.contains(.noatime),
            !file.path.access(for: task).isOwnerOrCapable(of: file.inode)
        {
            throw Refusal(.noatimeNotOwner)
        }
        // On pipes the flag asks for packets (setfl).
        if wanted.contains(.direct), file.inode.mode.kind != .fifo, !file.inode.allowsDirectAccess {
            throw Refusal(.EINVAL)
        }
        let wasAsynchronous = file.flags.contains(.async)
        file.flags = file.flags.subtracting(.settable).union(wanted.intersection(.settable))
        guard file.hasHostDescription else {
            file.flags.subtract(.async)
            return .success
        }
        if wanted.contains(.async), !wasAsynchronous { return setAsynchronous(task, fd, file) }
        // The host's file is not the task's own there: what O_NOATIME asks of its owner the model has decided. And in a
        // shared table the number may mean another file by the time of the host's call.
        if !wanted.contains(.noatime), task.files.users == 1 { return .continueOnHost }
        try task.kernel.platform.setFlags(file.flags.changeable, of: fd, in: task)
        return .success
    }

    /// O_ASYNC has to come by the task's own number, which the host's signal names. Files that cannot signal ignore it, and
    /// which those are the host knows (setfl).
    private static func setAsynchronous(_ task: Task, _ fd: Int32, _ file: OpenFile) -> Outcome {
        let number = UInt64(UInt32(bitPattern: fd))
        let set = Arguments(number, 4, UInt64(file.flags.changeable.rawValue))
        return .callHost(
            HostCallSequence([.call(.fcntl, set), .call(.fcntl, Arguments(number, 3))]) { result in
                let flags = (try? result.get()).map { OpenFlags(rawValue: UInt32(truncatingIfNeeded: $0)) } ?? []
                if !flags.contains(.async) { file.flags.subtract(.async) }
                watchReadiness(task, fd, file)
                return result.map { _ in 0 }
            })
    }
}

extension OpenFlags {
    /// What F_SETFL can change: O_APPEND, O_NONBLOCK, O_ASYNC, O_DIRECT, O_NOATIME.
    static let settable: OpenFlags = [.append, .nonblock, .async, .direct, .noatime]
    /// Those of them that concern the host's file.
    var changeable: OpenFlags { intersection(.settable).subtracting(.noatime) }
}
