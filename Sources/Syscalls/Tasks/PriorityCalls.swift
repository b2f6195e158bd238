import Credentials
import Kernel
import LinuxABI

/// getpriority(2), setpriority(2), ioprio_get(2) and ioprio_set(2).
enum PriorityCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .getpriority: { task, a throws(Refusal) in
            let targets = try select(task, Int(Arguments.int(a.a0)), Arguments.int(a.a1), first: 0)
            // The call returns 20 − nice, so that no answer is an error.
            guard let best = targets.map({ 20 - $0.nice }).max() else { throw Refusal(.ESRCH) }
            return .value(Int64(best))
        },
        .setpriority: { task, a throws(Refusal) in
            let nice = min(max(Arguments.int(a.a2), -20), 19)
            let targets = try select(task, Int(Arguments.int(a.a0)), Arguments.int(a.a1), first: 0)
            guard !targets.isEmpty else { throw Refusal(.ESRCH) }
            var failure: Refusal?
            for target in targets {
                if let refusal = task.mayRenice(target, to: nice) {
                    failure = refusal
                } else {
                    target.nice = nice
                }
            }
            task.kernel.generation &+= 1
            if let failure { throw failure }
            return .success
        },
        .ioprio_get: { task, a throws(Refusal) in
            let which = Int(Arguments.int(a.a0))
            let targets = try select(task, which, Arguments.int(a.a1), first: 1)
            guard !targets.isEmpty else { throw Refusal(.ESRCH) }
            // One process shows what was set; of several the most urgent, by nice value where none was set.
            if which == 1 { return .value(Int64(targets[0].ioPriority)) }
            let best = targets.map { $0.ioPriority == 0 ? 2 << 13 | ($0.nice + 20) / 5 : $0.ioPriority }.min()
            return .value(Int64(best ?? 0))
        },
        .ioprio_set: { task, a throws(Refusal) in
            let value = Arguments.int(a.a2)
            try checkIOPriority(value, task)
            let targets = try select(task, Int(Arguments.int(a.a0)), Arguments.int(a.a1), first: 1)
            guard !targets.isEmpty else { throw Refusal(.ESRCH) }
            let own = task.credentials
            for target in targets {
                let uid = target.credentials.uid
                guard uid == own.euid || uid == own.uid || own.has(.sysNice, over: task.kernel.initialUserNamespace)
                else { throw Refusal(.ioPriorityOfOtherTask) }
                guard task.hasCapabilities(of: target) else { throw Refusal(.priorityMoreCapabilities) }
                target.ioPriority = value
            }
            return .success
        },
    ]

    /// ioprio_check_cap(): class in the upper bits, level in the lower 13.
    private static func checkIOPriority(_ value: Int32, _ task: Task) throws(Refusal) {
        let initial = task.kernel.initialUserNamespace
        let level = value & 7
        switch value >> 13 {
        case 0: guard value & 0x1fff == 0 else { throw Refusal(.EINVAL) }
        case 1:
            guard task.credentials.has(.sysAdmin, over: initial) || task.credentials.has(.sysNice, over: initial)
            else { throw Refusal(.ioPriorityRealtime) }
            guard level < 8 else { throw Refusal(.EINVAL) }
        case 2, 3: break
        default: throw Refusal(.EINVAL)
        }
    }

    /// The tasks that a PRIO_* or IOPRIO_WHO_* selector and number mean; `first` is the selector for one process.
    private static func select(_ task: Task, _ which: Int, _ who: Int32, first: Int) throws(Refusal) -> [Task] {
        switch which &- first {
        case 0:
            let target = who == 0 ? task : task.pidNamespace.task(who)
            return target.map { [$0] } ?? []
        case 1:
            let group = who == 0 ? task.group.processGroup : task.pidNamespace.pid(who)
            return group.map { $0.groupMembers.flatMap { $0.threads } } ?? []
        case 2:
            let own = task.credentials.uid
            guard let uid = who == 0 ? own : task.userNamespace.kuid(UID(UInt32(bitPattern: who))) else { return [] }
            return task.pidNamespace.numbers.values.compactMap(\.task).filter { $0.credentials.uid == uid }
        default: throw Refusal(.EINVAL)
        }
    }
}
