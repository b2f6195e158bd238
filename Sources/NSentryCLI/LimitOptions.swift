import ArgumentParser
import Kernel
import SentryHost

/// How much of the machine the sandbox may use (docs/limits.md).
struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Memory of all tasks and memory files together, such as 512M or 2G; half of the machine's when not given. At "
                + "the limit the biggest process is killed.", valueName: "SIZE"),
        transform: LimitOptions.parseMemory)
    var memory: UInt64?

    @Option(
        help: ArgumentHelp(
            "Tasks (threads) at once: 2 to 4194304, 8192 when not given; beyond, clone fails with EAGAIN.",
            valueName: "N"),
        transform: LimitOptions.parseTasks)
    var pids: Int = SandboxLimits().tasks

    @Option(
        help: ArgumentHelp(
            "Open files at once: 16 to 16777216, 65536 when not given; beyond, open fails with ENFILE.",
            valueName: "N"),
        transform: LimitOptions.parseFiles)
    var files: Int = SandboxLimits().files

    @Option(
        help: ArgumentHelp(
            "What files made or changed inside may take on the host, such as 512M or 2G; 4G when not given, or half of what "
                + "is free if that is less. Beyond, writing fails with ENOSPC.", valueName: "SIZE"),
        transform: LimitOptions.parseDisk)
    var disk: UInt64?

    @Option(
        help: ArgumentHelp("CPUs to run on and to see; all that nsentry may use when not given.", valueName: "N"),
        transform: LimitOptions.parseCPUs)
    var cpus: Int?

    @Option(
        help: ArgumentHelp(
            "Seconds by the clock, or such as 5m or 2h; then everything is killed and the exit code is 124. No limit when "
                + "not given.", valueName: "SECONDS"),
        transform: LimitOptions.parseTime)
    var time: UInt64?

    /// Options whose value may be the next word.
    static let valued: Set<String> = ["--memory", "--pids", "--files", "--disk", "--cpus", "--time"]

    func apply(to configuration: inout RunConfiguration) {
        configuration.limits = limits
        configuration.diskLimit = disk
    }

    private var limits: SandboxLimits {
        var limits = SandboxLimits()
        limits.memory = memory
        limits.tasks = pids
        limits.files = files
        limits.cpus = cpus
        limits.time = time
        return limits
    }
}

extension LimitOptions {
    private static let leastDisk: UInt64 = 1 << 20

    static func parseMemory(_ text: String) throws -> UInt64 {
        try parseSize(text, atLeast: SandboxLimits.leastMemory, "16M")
    }

    static func parseDisk(_ text: String) throws -> UInt64 { try parseSize(text, atLeast: leastDisk, "1M") }

    /// Bytes, or a number with a unit: K, M, G or T, as powers of 1024, with B or iB behind it or not.
    private static func parseSize(_ text: String, atLeast least: UInt64, _ shown: String) throws -> UInt64 {
        let units: [(String, UInt64)] = [("", 1), ("K", 1 << 10), ("M", 1 << 20), ("G", 1 << 30), ("T", 1 << 40)]
        guard let (number, unit) = split(text.uppercased()),
            let scale = units.first(where: { [$0.0, $0.0 + "B", $0.0 + "IB"].contains(unit) && unit != "IB" })?.1
        else { throw ValidationError("'\(text)' is no size; give a whole number with K, M, G or T, such as 512M") }
        let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: scale)
        guard !isTooLarge, bytes <= 1 << 60 else {
            throw ValidationError("'\(text)' is more than any machine has; give a smaller size")
        }
        guard bytes >= least else {
            // Who forgets the unit has asked for a few bytes.
            let meant = scale == 1 ? "\(bytes) bytes are" : "'\(text)' is"
            throw ValidationError("\(meant) too little for any program; give \(shown) or more")
        }
        return bytes
    }

    static func parseTasks(_ text: String) throws -> Int { try parse(text, SandboxLimits.taskRange, of: "tasks") }
    static func parseFiles(_ text: String) throws -> Int { try parse(text, SandboxLimits.fileRange, of: "open files") }

    static func parseCPUs(_ text: String) throws -> Int {
        guard let count = Int(text), count >= 1 else {
            throw ValidationError("'\(text)' is no number of CPUs; give a whole number from 1 on")
        }
        return count
    }

    static func parseTime(_ text: String) throws -> UInt64 {
        let units: [(String, UInt64)] = [("", 1), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)]
        guard let (number, unit) = split(text), let scale = units.first(where: { $0.0 == unit })?.1 else {
            throw ValidationError("'\(text)' is no time; give whole seconds, or a number with s, m, h or d, such as 5m")
        }
        let (seconds, isTooLong) = number.multipliedReportingOverflow(by: scale)
        guard !isTooLong, SandboxLimits.timeRange.contains(seconds) else {
            throw ValidationError(
                "'\(text)' is out of range; give 1 second to 365d, or leave the option out for no limit")
        }
        return seconds
    }

    private static func parse(_ text: String, _ range: ClosedRange<Int>, of what: String) throws -> Int {
        guard let count = Int(text), range.contains(count) else {
            throw ValidationError(
                "'\(text)' is no number of \(what); give a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return count
    }

    /// The number at the beginning, and what follows it.
    private static func split(_ text: String) -> (UInt64, String)? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = UInt64(digits) else { return nil }
        return (number, String(text.dropFirst(digits.count)))
    }
}
