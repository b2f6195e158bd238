import Credentials
import Kernel
import LinuxABI

/// pidfd_open(2), pidfd_send_signal(2) and pidfd_getfd(2).
enum PidfdCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .pidfd_open: open, .pidfd_send_signal: send, .pidfd_getfd: getFile,
    ]

    private static let threadFlag: UInt32 = 0o200

    private static let open: Handler = { task, a throws(Refusal) in
        let flags = Arguments.unsigned(a.a1)
        guard flags & ~(OpenFlags.nonblock.rawValue | threadFlag) == 0 else { throw Refusal(.EINVAL) }
        let number = Arguments.int(a.a0)
        guard number > 0 else { throw Refusal(.EINVAL) }
        guard let other = task.pidNamespace.task(number) else { throw Refusal(.ESRCH) }
        let wantsThread = flags & threadFlag != 0
        guard wantsThread || other.isLeader else { throw Refusal(.pidfdOfThread) }
        let file = try task.kernel.makeProcessFile(
            of: other, thread: wantsThread, flags: OpenFlags(rawValue: flags & OpenFlags.nonblock.rawValue), for: task)
        return try task.answer(installing: file, closeOnExec: true)
    }

    /// The scope that `flags` of pidfd_send_signal choose.
    private enum Scope { case thread, process, processGroup }

    private static let send: Handler = { task, a throws(Refusal) in
        let flags = Arguments.unsigned(a.a3)
        guard flags & ~7 == 0, flags.nonzeroBitCount <= 1 else { throw Refusal(.EINVAL) }
        let fd = Arguments.int(a.a0)
        let pid: PID
        var scope = Scope.process
        switch fd {
        // PIDFD_SELF_THREAD and PIDFD_SELF_THREAD_GROUP.
        case -10000: (pid, scope) = (task.pid, .thread)
        case -10001: pid = task.group.pid
        default:
            switch try task.openFile(a.a0) {
            case let file as PidfdFile:
                pid = file.pid
                if file.refersToThread { scope = .thread }
            case let file:
                // tgid_pidfd_to_pid(): the directory /proc/[pid], but none below task/, stands for its process too.
                guard let directory = file.inode as? PidDirectory, !directory.isThread else { throw Refusal(.EBADF) }
                pid = directory.pid
            }
        }
        // A process that the caller cannot see (access_pidfd_pidns).
        guard task.pidNamespace.isAncestorOrSelf(of: pid.namespace) else { throw Refusal(.pidfdSignalForeignNamespace) }
        switch flags {
        case 1: scope = .thread
        case 2: scope = .process
        case 4: scope = .processGroup
        default: break
        }
        let number = Arguments.int(a.a1)
        let info = a.a2 == 0 ? nil : try QueuedInfo(UserAddress(a.a2), signal: nil, task)
        if let info {
            guard info.writtenSignal == number else { throw Refusal(.EINVAL) }
            try info.checkOrigin(isSelf: task.pid === pid && scope != .processGroup)
        }
        switch scope {
        case .processGroup:
            try SignalCalls.kill(task, group: pid, number, code: info?.code ?? SignalInfo.userCode)
        case .thread, .process:
            guard let other = pid.task else { throw Refusal(.ESRCH) }
            let target: SignalTarget = scope == .thread ? .thread(other) : .process(other.group)
            if let info {
                try info.send(to: target, from: task)
            } else {
                let code = scope == .thread ? SignalInfo.threadCode : SignalInfo.userCode
                try task.kernel.send(try SignalCalls.signal(number), from: task, to: target, code: code)
            }
        }
        return .success
    }

    private static let getFile: Handler = { task, a throws(Refusal) in
        guard Arguments.unsigned(a.a2) == 0 else { throw Refusal(.EINVAL) }
        guard let pidfd = try task.files.file(Arguments.int(a.a0)) as? PidfdFile else { throw Refusal(.EBADF) }
        guard let other = pidfd.pid.task else { throw Refusal(.ESRCH) }
        if let refusal = task.mayAccess(other, .attachByRealCredentials) { throw refusal }
        // __pidfd_fget(): who exits has no table any more.
        if other.isExiting { throw Refusal(.ESRCH) }
        let file = try other.files.file(Arguments.int(a.a1))
        return try task.answer(installing: file, closeOnExec: true)
    }
}
