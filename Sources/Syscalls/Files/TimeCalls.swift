import Credentials
import Kernel
import LinuxABI

/// Setting file times: utimensat(2) and its ancestors.
enum FileTimeCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .utime: { (task, a) throws(Refusal) in
            let path = try task.path(a.a0)
            var times: Times = (.now, .now)
            if a.a1 != 0 {
                let raw = try task.memory.load(UserAddress(a.a1), as: Timespec.self)
                // struct utimbuf: two times in seconds.
                times = (.at(Timestamp(seconds: raw.seconds)), .at(Timestamp(seconds: raw.fraction)))
            }
            return try set(task, try task.lookup(path), times)
        },
        .utimes: { (task, a) throws(Refusal) in try timevals(task, workingDirectoryFD, a.a0, a.a1) },
        .futimesat: { (task, a) throws(Refusal) in try timevals(task, a.a0, a.a1, a.a2) },
        .utimensat: { (task, a) throws(Refusal) in try utimensat(task, a) },
    ]

    private typealias Times = (accessed: Path.TimeChange, modified: Path.TimeChange)

    private static func set(_ task: Task, _ path: Path, _ times: Times) throws(Refusal) -> Outcome {
        try path.changeTimes(times.accessed, times.modified, for: task)
        return .success
    }

    private static func pair(_ task: Task, _ address: UInt64) throws(Refusal) -> (Timespec, Timespec) {
        let first = UserAddress(address)
        return (
            try task.memory.load(first), try task.memory.load(first.advanced(by: MemoryLayout<Timespec>.size))
        )
    }

    private static func timevals(
        _ task: Task, _ dirfd: UInt64, _ pathAddress: UInt64, _ address: UInt64
    ) throws(Refusal) -> Outcome {
        var times: Times = (.now, .now)
        if address != 0 {
            let (accessed, modified) = try pair(task, address)
            times = (try time(microseconds: accessed), try time(microseconds: modified))
        }
        // futimesat(2): a null path is the fd itself.
        let path =
            pathAddress == 0 && Arguments.int(dirfd) >= 0
            ? try task.openFile(dirfd).path : try task.resolve(dirfd, pathAddress, [])
        return try set(task, path, times)
    }

    private static func time(microseconds value: Timespec) throws(Refusal) -> Path.TimeChange {
        guard (0..<1_000_000).contains(value.fraction) else { throw Refusal(.EINVAL) }
        return .at(Timestamp(seconds: value.seconds, nanoseconds: UInt32(value.fraction) * 1000))
    }

    private static func time(nanoseconds value: Timespec) throws(Refusal) -> Path.TimeChange {
        if value.fraction == 0x3fff_ffff { return .now }
        if value.fraction == 0x3fff_fffe { return .omit }
        guard (0..<1_000_000_000).contains(value.fraction) else { throw Refusal(.EINVAL) }
        return .at(Timestamp(seconds: value.seconds, nanoseconds: UInt32(value.fraction)))
    }

    private static func utimensat(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        var times: Times = (.now, .now)
        if a.a2 != 0 {
            let (accessed, modified) = try pair(task, a.a2)
            // Nothing to do, and nothing is looked at (do_utimes).
            if accessed.fraction == 0x3fff_fffe, modified.fraction == 0x3fff_fffe { return .success }
            times = (try time(nanoseconds: accessed), try time(nanoseconds: modified))
        }
        let flags = AtFlags(rawValue: Arguments.unsigned(a.a3))
        if a.a1 == 0, Arguments.int(a.a0) != AtFlags.workingDirectory {
            // futimens(3).
            guard flags.isEmpty else { throw Refusal(.EINVAL) }
            return try set(task, try task.openFile(a.a0).path, times)
        }
        guard flags.isSubset(of: [.symlinkNofollow, .emptyPath]) else { throw Refusal(.EINVAL) }
        return try set(task, try task.resolve(a.a0, a.a1, flags), times)
    }
}
