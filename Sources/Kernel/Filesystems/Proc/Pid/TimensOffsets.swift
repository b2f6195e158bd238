import Credentials
import LinuxABI

/// /proc/[pid]/timens_offsets: the clock offsets of the namespace that the task's children will enter
/// (time_namespaces(7)).
enum PidTimeOffsets {
    private static let maximumSeconds: Int64 = 9_223_372_036
    private static let nanosecondsPerSecond: Int64 = 1_000_000_000

    @Sendable static func text(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        guard let namespace = task.namespaces?.timeForChildren else { return [] }
        var text = TextBuffer(capacity: 64)
        line(&text, "monotonic", namespace.monotonic)
        line(&text, "boottime", namespace.boottime)
        return text.bytes
    }

    private static func line(_ text: inout TextBuffer, _ clock: StaticString, _ offset: TimeNamespace.Offset) {
        text.left(clock, width: 10)
        text.space()
        text.append(offset.seconds, width: 10)
        text.space()
        text.append(offset.nanoseconds, width: 9)
        text.newline()
    }

    private struct Change {
        var isMonotonic = true
        var offset = TimeNamespace.Offset()
    }

    /// timens_offsets_write(): the text first, then the task, then who may.
    @Sendable static func write(_ task: Task, _ write: ProcWrite) throws(Refusal) -> Int {
        guard write.offset == 0, write.bytes.count < 4096 else { throw Refusal(.EINVAL) }
        var changes: [Change] = []
        var position = 0
        let end = write.bytes.firstIndex(of: 0) ?? write.bytes.count
        var taken = write.bytes.count
        repeat {
            let stop = write.bytes[position..<end].firstIndex(of: 0x0a) ?? end
            changes.append(try parse(write.bytes[position..<stop]))
            position = stop + 1
            // Two clocks are all there are; what follows the second line is left unread.
            if changes.count == 2 {
                if position < end { taken = position }
                break
            }
        } while position < end

        guard let namespace = task.namespaces?.timeForChildren else { throw Refusal(.ESRCH) }
        guard let owner = namespace.owner, write.opener.has(.sysTime, over: owner) else {
            throw Refusal(.timeOffsetsNeedSysTime)
        }
        for change in changes { try check(change, task.kernel.platform) }
        if namespace.isFrozen { throw Refusal(.timeOffsetsFrozen) }
        for change in changes {
            if change.isMonotonic { namespace.monotonic = change.offset } else { namespace.boottime = change.offset }
        }
        return taken
    }

    /// proc_timens_set_offset(): the shifted clock must neither be negative nor come near its end.
    private static func check(_ change: Change, _ platform: any Platform) throws(Refusal) {
        guard (-maximumSeconds...maximumSeconds).contains(change.offset.seconds) else {
            throw Refusal(.timeOffsetsRange)
        }
        let now = change.isMonotonic ? platform.monotonicNow : platform.bootNow
        let carried = Int64(now % 1_000_000_000) + change.offset.nanoseconds >= nanosecondsPerSecond ? Int64(1) : 0
        let seconds = Int64(now / 1_000_000_000) + change.offset.seconds + carried
        guard (0...maximumSeconds / 2).contains(seconds) else { throw Refusal(.timeOffsetsRange) }
    }

    /// One line: a clock by name or number, seconds, nanoseconds; what follows is ignored, as by sscanf.
    private static func parse(_ line: ArraySlice<UInt8>) throws(Refusal) -> Change {
        var scanner = NumberScanner(line)
        let clock = scanner.word(limit: 9)
        var change = Change()
        if clock == Array("monotonic".utf8) || clock == [0x31] {
            change.isMonotonic = true
        } else if clock == Array("boottime".utf8) || clock == [0x37] {
            change.isMonotonic = false
        } else {
            throw Refusal(.timeOffsetsSyntax)
        }
        guard let seconds = scanner.integer(), let nanoseconds = scanner.integer(),
            (0..<nanosecondsPerSecond).contains(nanoseconds)
        else { throw Refusal(.timeOffsetsSyntax) }
        change.offset.seconds = seconds
        change.offset.nanoseconds = nanoseconds
        return change
    }
}
