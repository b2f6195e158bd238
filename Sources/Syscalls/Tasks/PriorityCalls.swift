import Credentials
import Kernel
import LinuxABI

/// getpriority(2), setpriority(2), ioprio_get(2) and ioprio_set(2).
enum PriorityCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .getpriority: { task, a throws(Refusal) in
            let targets = task.selected(try selector(a), Arguments.int(a.a1))
            // The call returns 20 − nice, so that no answer is an error.
            guard let best = targets.map({ 20 - $0.nice }).max() else { throw Refusal(.ESRCH) }
            return .value(Int64(best))
        },
        .setpriority: { task, a throws(Refusal) in
            let nice = min(max(Arguments.int(a.a2), -20), 19)
            try task.setNice(nice, of: task.selected(try selector(a), Arguments.int(a.a1)))
            return .success
        },
        .ioprio_get: { task, a throws(Refusal) in
            let selector = try selector(a, first: 1)
            let targets = task.selected(selector, Arguments.int(a.a1))
            guard let first = targets.first else { throw Refusal(.ESRCH) }
            // One process shows what was set; of several the most urgent, by nice value where none was set.
            if selector == .task { return .value(Int64(first.ioPriority)) }
            let best = targets.map { $0.ioPriority == 0 ? 2 << 13 | ($0.nice + 20) / 5 : $0.ioPriority }.min()
            return .value(Int64(best ?? 0))
        },
        .ioprio_set: { task, a throws(Refusal) in
            let value = Arguments.int(a.a2)
            try task.checkIOPriority(value)
            try task.setIOPriority(value, of: task.selected(try selector(a, first: 1), Arguments.int(a.a1)))
            return .success
        },
    ]

    /// `first` is the number that means one process.
    private static func selector(_ a: Arguments, first: Int = 0) throws(Refusal) -> PrioritySelector {
        guard let selector = PrioritySelector(rawValue: Int(Arguments.int(a.a0)) - first) else {
            throw Refusal(.EINVAL)
        }
        return selector
    }
}
