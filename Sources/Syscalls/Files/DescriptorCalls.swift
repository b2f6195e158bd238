import Credentials
import Kernel
import LinuxABI

/// dup(2), close(2) and close_range(2).
enum DescriptorCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .close: { (task, a) throws(Refusal) in try close(task, Arguments.int(a.a0)) },
        .close_range: { (task, a) throws(Refusal) in
            try closeRange(task, Arguments.unsigned(a.a0), Arguments.unsigned(a.a1), Arguments.unsigned(a.a2))
        },
        .dup: { (task, a) throws(Refusal) in
            let file = try task.files.file(Arguments.int(a.a0))
            return try task.duplicate(file, closeOnExec: false)
        },
        .dup2: { (task, a) throws(Refusal) in
            let old = Arguments.int(a.a0), new = Arguments.int(a.a1)
            // dup2(2): equal numbers only test the fd.
            if old == new {
                _ = try task.files.file(old)
                return .value(Int64(new))
            }
            return try duplicate(task, old, new, closeOnExec: false)
        },
        .dup3: { (task, a) throws(Refusal) in
            let flags = OpenFlags(rawValue: Arguments.unsigned(a.a2))
            guard flags.isSubset(of: .closeOnExec), Arguments.int(a.a0) != Arguments.int(a.a1) else {
                throw Refusal(.EINVAL)
            }
            return try duplicate(
                task, Arguments.int(a.a0), Arguments.int(a.a1), closeOnExec: flags.contains(.closeOnExec))
        },
    ]

    private static func duplicate(
        _ task: Task, _ old: Int32, _ new: Int32, closeOnExec: Bool
    ) throws(Refusal) -> Outcome {
        // ksys_dup3: a number beyond RLIMIT_NOFILE is EBADF here, before the old fd is looked at.
        guard new >= 0, Int(new) < task.openFileLimit else { throw Refusal(.EBADF) }
        let file = try task.files.file(old)
        // do_dup2(): a call in progress has the number already.
        if task.files.isReserved(new) { throw Refusal(.EBUSY) }
        return try task.duplicate(file, to: new, closeOnExec: closeOnExec)
    }

    /// Sets FD_CLOEXEC. In a table of its own the host's call means the same fd; in a shared one another thread could put a
    /// file there meanwhile, so that the file is put there anew.
    static func setCloseOnExec(_ task: Task, _ fd: Int32, _ value: Bool) throws(Refusal) -> Outcome {
        guard let entry = task.files.entry(fd) else { throw Refusal(.EBADF) }
        if task.files.users == 1 {
            task.files.setCloseOnExec(fd, value)
            return .continueOnHost
        }
        try mark(task, fd, entry, closeOnExec: value)
        return .success
    }

    /// The host closes by its own flags at exec, so it is given the file again, with the flag.
    private static func mark(
        _ task: Task, _ fd: Int32, _ entry: FDTable.Entry, closeOnExec: Bool
    ) throws(Refusal) {
        if entry.closeOnExec == closeOnExec { return }
        try task.kernel.platform.install(entry.file, at: fd, closeOnExec: closeOnExec, in: task)
        task.files.setCloseOnExec(fd, closeOnExec)
    }

    private static func close(_ task: Task, _ fd: Int32) throws(Refusal) -> Outcome {
        guard let file = task.files.remove(fd) else { throw Refusal(.EBADF) }
        file.flush(by: task)
        // In a table of its own the host may close the number, which the model has given up by then; in a shared one another
        // thread could get it meanwhile.
        if task.files.users == 1 { return .continueOnHost }
        task.kernel.platform.uninstall(fd, in: task)
        return .success
    }

    /// CLOSE_RANGE_UNSHARE and CLOSE_RANGE_CLOEXEC.
    private static func closeRange(
        _ task: Task, _ first: UInt32, _ last: UInt32, _ flags: UInt32
    ) throws(Refusal) -> Outcome {
        guard flags & ~0x6 == 0, first <= last else { throw Refusal(.EINVAL) }
        // The host's table is made the task's own before the call comes here.
        if flags & 0x2 != 0 { task.unshareFiles() }
        let end = min(UInt64(last) + 1, UInt64(task.files.slotCount))
        guard UInt64(first) < end else { return .success }
        for number in UInt64(first)..<end {
            let fd = Int32(truncatingIfNeeded: number)
            guard let entry = task.files.entry(fd) else { continue }
            if flags & 0x4 != 0 {
                try mark(task, fd, entry, closeOnExec: true)
            } else {
                task.files.remove(fd)
                entry.file.flush(by: task)
                task.kernel.platform.uninstall(fd, in: task)
            }
        }
        return .success
    }
}
