import Glibc
import Kernel

/// What nsentry says on the standard error when a limit ends something.
enum LimitMessages {
    static func memoryReached(_ limit: UInt64, killed name: String) {
        write("nsentry: memory limit of \(size(limit)) reached, killed process \(name); --memory raises it\n")
    }

    static func diskReached(_ limit: UInt64) {
        write("nsentry: disk limit of \(size(limit)) reached; --disk raises it\n")
    }

    static func diskPassed(_ limit: UInt64, killed name: String) {
        write(
            "nsentry: disk limit of \(size(limit)) passed, killed process \(name), which did not stop; --disk raises it\n"
        )
    }

    static func reached(_ limit: CountedLimit, _ limits: SandboxLimits) {
        switch limit {
        case .tasks: write("nsentry: limit of \(limits.tasks) tasks reached; --pids raises it\n")
        case .files: write("nsentry: limit of \(limits.files) open files reached; --files raises it\n")
        }
    }

    static func timeIsOver(_ seconds: UInt64) {
        write("nsentry: time limit of \(seconds) s reached, killed everything; --time raises it\n")
    }

    /// `12 (name)`: the number in the initial PID namespace, and the name without what could play tricks on a terminal.
    static func name(of task: Task) -> String {
        let name = task.group.leader?.comm ?? task.comm
        let shown = name.map { (0x20..<0x7f).contains($0) ? $0 : UInt8(ascii: "?") }
        let number = task.group.pid.number(in: task.kernel.initialPIDNamespace)
        return "\(number) (\(String(decoding: shown, as: UTF8.self)))"
    }

    /// With one decimal, in the unit that suits it.
    static func size(_ bytes: UInt64) -> String {
        var unit = 0
        var tenths = bytes
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var divisor: UInt64 = 1
        while unit + 1 < units.count, bytes / divisor >= 1024 {
            divisor &*= 1024
            unit += 1
        }
        if unit == 0 { return "\(bytes) B" }
        tenths = bytes / divisor &* 10 &+ bytes % divisor &* 10 / divisor
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// One line on standard error, unless somebody would have to wait for it to be read: a guest that has the same pipe may
    /// have filled it, and whoever says this has more to do.
    static func write(_ text: String) {
        var output = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&output, 1, 0) == 1, output.revents & Int16(POLLOUT) != 0 else { return }
        writeBytes(Array(text.utf8), to: STDERR_FILENO)
    }
}
