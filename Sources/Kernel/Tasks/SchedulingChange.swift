import Credentials
import LinuxABI

extension Task {
    /// __sched_setscheduler(): validity, then permission.
    package func schedule(_ other: Task, as wanted: Scheduling, nice: Int32?) throws(Refusal) {
        switch wanted.policy {
        case 1, 2: guard (1...99).contains(wanted.priority) else { throw Refusal(.EINVAL) }
        case 0, 3, 5: guard wanted.priority == 0 else { throw Refusal(.EINVAL) }
        case 6:
            guard wanted.priority == 0, wanted.hasValidDeadline else { throw Refusal(.EINVAL) }
        default: throw Refusal(.EINVAL)
        }
        if needsPrivilege(wanted, nice: nice, other) {
            try require(.sysNice, over: kernel.initialUserNamespace, .policyNeedsNice)
        } else if let refusal = maySchedule(other) {
            throw refusal
        }
        other.scheduling = wanted
        if let nice { other.nice = nice }
        kernel.generation &+= 1
    }

    /// user_check_sched_setscheduler(), but for the owner's test.
    private func needsPrivilege(_ wanted: Scheduling, nice: Int32?, _ other: Task) -> Bool {
        let old = other.scheduling
        let niceLimit = other.group.limits[13].soft
        if let nice, nice < other.nice, UInt64(clamping: 20 - nice) > niceLimit { return true }
        if wanted.isRealtime {
            let limit = other.group.limits[14].soft
            if wanted.policy != old.policy, limit == 0 { return true }
            if wanted.priority > old.priority, UInt64(clamping: wanted.priority) > limit { return true }
        }
        if wanted.policy == 6 { return true }
        // Leaving SCHED_IDLE counts as a rise from nice 20.
        if old.policy == 5, wanted.policy != 5, UInt64(clamping: 20 - other.nice) > niceLimit { return true }
        return old.resetsOnFork && !wanted.resetsOnFork
    }
}

extension Scheduling {
    /// __checkparam_dl(): 1 µs ≤ runtime ≤ deadline ≤ period, and the period, which is the deadline when not given,
    /// between sched_deadline_period_min_us and sched_deadline_period_max_us.
    fileprivate var hasValidDeadline: Bool {
        let period = period == 0 ? deadline : period
        return runtime >= 1024 && runtime <= deadline && deadline <= period
            && (100_000...4_194_304_000_000).contains(period)
    }
}
