import LinuxABI

extension SyscallTable {
    /// Scheduling; whatever names a task is the sentry's.
    static let schedulingEntries: [SyscallEntry] = [
        .native(.sched_yield, []),
        .native(.getcpu, [.pointer, .pointer, .pointer]),
        .native(.sched_get_priority_max, [.choice(.schedPolicy)]),
        .native(.sched_get_priority_min, [.choice(.schedPolicy)]),
        .emulated(
            .sched_setaffinity, [.pid, .size, .structure(.cpuset)], note: "Remembered; placement is the sentry's."),
        .emulated(.sched_getaffinity, [.pid, .size, .structure(.cpuset)]),
        .emulated(.sched_setparam, [.pid, .structure(.sched_param)], note: "Remembered, not applied."),
        .emulated(.sched_getparam, [.pid, .structure(.sched_param)]),
        .emulated(
            .sched_setscheduler, [.pid, .choice(.schedPolicy), .structure(.sched_param)],
            note: "Remembered, not applied."),
        .emulated(.sched_getscheduler, [.pid]),
        .emulated(.sched_setattr, [.pid, .structure(.sched_attr), .hex], note: "Remembered, not applied."),
        .emulated(.sched_getattr, [.pid, .structure(.sched_attr), .unsigned, .hex]),
        .emulated(.sched_rr_get_interval, [.pid, .pointer]),
        .emulated(.getpriority, [.choice(.priority), .pid]),
        .emulated(.setpriority, [.choice(.priority), .pid, .int], note: "Remembered, not applied."),
        .emulated(.ioprio_get, [.int, .pid]),
        .emulated(.ioprio_set, [.int, .pid, .int], note: "Remembered, not applied."),
    ]
}
