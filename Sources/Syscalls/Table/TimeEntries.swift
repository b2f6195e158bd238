import LinuxABI

extension SyscallTable {
    /// Clocks and timers. In a time namespace with offsets the tracer has a part in those that are native here.
    static let timeEntries: [SyscallEntry] = [
        .native(.nanosleep, [.timespec, .pointer]),
        .native(
            .clock_nanosleep, [.choice(.clock), .hex, .timespec, .pointer], unless: ArgumentTest(anyOf: [namesTask])),
        // Clocks that a time namespace shifts: programs read them from the vDSO.
        .native(
            .clock_gettime, [.choice(.clock), .pointer],
            unless: ArgumentTest(
                anyOf: [namesTask] + [1, 4, 6, 7, 9].map { [.init(0, mask: 0xffff_ffff, .equal, $0)] }),
            continues: false),
        .native(
            .clock_getres, [.choice(.clock), .pointer], unless: ArgumentTest(anyOf: [namesTask]), continues: false),
        .native(.gettimeofday, [.structure(.timeval), .structure(.timezone)]),
        .native(.time, [.pointer]),
        .native(.getitimer, [.choice(.itimer), .structure(.itimerval)]),
        // A timer's signal must end a call in which the task waits for the sentry, so the sentry must know of timers.
        .checked(.setitimer, [.choice(.itimer), .structure(.itimerval), .structure(.itimerval)]),
        .checked(.alarm, [.unsigned]),
        .emulated(.timer_create, [.choice(.clock), .structure(.sigevent), .pointer]),
        .native(.timer_settime, [.int, .hex, .structure(.itimerspec), .structure(.itimerspec)]),
        .native(.timer_gettime, [.int, .structure(.itimerspec)]),
        .native(.timer_getoverrun, [.int]),
        .emulated(.timer_delete, [.int]),
        .refused(.settimeofday, [.structure(.timeval), .structure(.timezone)], .EPERM),
        .refused(.clock_settime, [.choice(.clock), .timespec], .EPERM),
        .refused(.adjtimex, [.structure(.timex)], .EPERM),
        .refused(.clock_adjtime, [.choice(.clock), .structure(.timex)], .EPERM),
    ]

    /// A CPU clock of a task by its number, which the host would take for one of its own: negative, and not of pid 0
    /// (CPUCLOCK_PID).
    private static let namesTask: [ArgumentCondition] = [
        .init(0, mask: 0x8000_0000, .notEqual, 0), .init(0, mask: 0xffff_fff8, .notEqual, 0xffff_fff8),
    ]
}
