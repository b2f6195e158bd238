import Credentials
import Kernel
import LinuxABI

/// What a thread tells the kernel about itself: where to clear its number, its robust futexes, its handling of
/// SIGCHLD, its timers, its personality.
enum ThreadCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .set_tid_address: { task, a throws(Refusal) in
            task.clearChildTID = UserAddress(a.a0)
            return .value(Int64(task.tid))
        },
        .get_robust_list: { task, a throws(Refusal) in
            let other = try ProcessNumberCalls.target(Arguments.int(a.a0), task)
            if let refusal = task.mayAccess(other, .readByRealCredentials) { throw refusal }
            try task.memory.store(robustListSize, at: UserAddress(a.a2))
            try task.memory.store(task.kernel.platform.robustListHead(of: other).rawValue, at: UserAddress(a.a1))
            return .success
        },
        .rt_sigaction: setAction,
        .alarm: markTimers, .setitimer: markTimers,
        .personality: { task, a throws(Refusal) in
            let old = task.personality
            if Arguments.unsigned(a.a0) != .max { task.personality = Arguments.unsigned(a.a0) }
            return .value(Int64(old))
        },
    ]

    /// sizeof(struct robust_list_head).
    private static let robustListSize: UInt64 = 24

    private static let markTimers: Handler = { task, _ throws(Refusal) in
        task.group.hasTimers = true
        return .continueOnHost
    }

    /// The host keeps the handler; the model needs to know who ignores SIGCHLD and with which flags (sigaction(2)). Who
    /// changes the structure before the host reads it too deceives only itself: they decide about its own children.
    private static let setAction: Handler = { task, a throws(Refusal) in
        guard Arguments.int(a.a0) == Signal.chld.rawValue, a.a1 != 0, a.a3 == 8,
            let bytes = try? task.memory.bytes(UserAddress(a.a1), count: 32)
        else { return .continueOnHost }
        let handler: UInt64 = LittleEndian.load(bytes, 0)
        let flags: UInt64 = LittleEndian.load(bytes, 8)
        task.group.ignoresChildSignal = handler == 1
        // SA_NOCLDSTOP and SA_NOCLDWAIT.
        task.group.ignoresChildStops = flags & 1 != 0
        task.group.autoReapsChildren = flags & 2 != 0 || handler == 1
        return .continueOnHost
    }
}
