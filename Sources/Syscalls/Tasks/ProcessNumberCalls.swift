import Credentials
import Kernel
import LinuxABI

/// getpid(2) and its kin: numbers, process groups, sessions.
enum ProcessNumberCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .getpid: { task, _ throws(Refusal) in .value(Int64(task.tgid)) },
        .gettid: { task, _ throws(Refusal) in .value(Int64(task.tid)) },
        .getppid: { task, _ throws(Refusal) in
            .value(Int64(task.group.parent?.pid.number(in: task.pidNamespace) ?? 0))
        },
        .getpgrp: { task, _ throws(Refusal) in .value(Int64(task.group.processGroup.number(in: task.pidNamespace))) },
        .getpgid: { task, a throws(Refusal) in
            let other = try target(Arguments.int(a.a0), task)
            return .value(Int64(other.group.processGroup.number(in: task.pidNamespace)))
        },
        .getsid: { task, a throws(Refusal) in
            let other = try target(Arguments.int(a.a0), task)
            return .value(Int64(other.group.session.number(in: task.pidNamespace)))
        },
        .setpgid: { task, a throws(Refusal) in
            try task.kernel.setProcessGroup(by: task, of: Arguments.int(a.a0), to: Arguments.int(a.a1))
            return .success
        },
        .setsid: { task, _ throws(Refusal) in
            try task.kernel.startSession(task)
            return .value(Int64(task.tgid))
        },
    ]

    /// The task with `number` in the caller's PID namespace, or the caller for 0; throws ESRCH.
    static func target(_ number: Int32, _ task: Task) throws(Refusal) -> Task {
        if number == 0 { return task }
        guard let other = task.pidNamespace.task(number) else { throw Refusal(.ESRCH) }
        return other
    }
}
