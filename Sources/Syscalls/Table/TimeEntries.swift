import LinuxABI

extension SyscallTable {
    /// Clocks and timers. In a time namespace with offsets the tracer has a part in those that are native here.
    static let timeEntries: [SyscallEntry] = [
        .native(.nanosleep, [.timespec, .pointer]),
        .native(.clock_nanosleep, [.choice(.clock), .hex, .timespec, .pointer]),
        .native(.clock_gettime, [.choice(.clock), .pointer]),
        .native(.clock_getres, [.choice(.clock), .pointer]),
        .native(.gettimeofday, [.structure(.timeval), .structure(.timezone)]),
        .native(.time, [.pointer]),
        .native(.getitimer, [.choice(.itimer), .structure(.itimerval)]),
        // A timer's signal must end a call in which the task waits for the sentry, so the sentry must know of timers.
        .checked(.setitimer, [.choice(.itimer), .structure(.itimerval), .structure(.itimerval)]),
        .checked(.alarm, [.unsigned]),
        .checked(.timer_create, [.choice(.clock), .structure(.sigevent), .pointer]),
        .native(.timer_settime, [.int, .hex, .structure(.itimerspec), .structure(.itimerspec)]),
        .native(.timer_gettime, [.int, .structure(.itimerspec)]),
        .native(.timer_getoverrun, [.int]),
        .native(.timer_delete, [.int]),
        .refused(.settimeofday, [.structure(.timeval), .structure(.timezone)], .EPERM),
        .refused(.clock_settime, [.choice(.clock), .timespec], .EPERM),
        .refused(.adjtimex, [.structure(.timex)], .EPERM),
        .refused(.clock_adjtime, [.choice(.clock), .structure(.timex)], .EPERM),
    ]
}
