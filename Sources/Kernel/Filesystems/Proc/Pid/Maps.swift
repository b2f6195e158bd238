import Credentials
import LinuxABI

/// /proc/[pid]/maps and smaps (proc_pid_maps(5)), from the host's map of the task with guest paths in it.
enum PidMaps {
    @Sendable static func text(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        task.namespaces == nil ? [] : reader.kernel.platform.memoryMap(of: task)
    }

    /// proc_maps_open(): refused to strangers; a zombie's map is merely empty.
    @Sendable static func check(_ task: Task, _ flags: OpenFlags, _ caller: any Caller) throws(Refusal) {
        if !task.isExiting { try PidCheck.requireMemory(of: task, .readByFSCredentials, caller) }
    }

    /// Each area with its size; how much of it is resident is not known here.
    @Sendable static func detailed(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        let map = try text(task, reader)
        var detailed = TextBuffer(capacity: map.count * 4)
        var start = map.startIndex
        while start < map.endIndex {
            let end = map[start...].firstIndex(of: 0x0a) ?? map.endIndex
            let line = map[start..<end]
            start = min(end + 1, map.endIndex)
            detailed.append(line)
            detailed.append("\nSize:           ")
            detailed.append(size(line) / 1024, width: 8)
            detailed.append(" kB\nKernelPageSize:        4 kB\nMMUPageSize:           4 kB\n")
            detailed.append("Rss:                   0 kB\nPss:                   0 kB\n")
        }
        return detailed.bytes
    }

    private static func size(_ line: ArraySlice<UInt8>) -> UInt64 {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var isHigh = false
        for byte in line {
            let digit: UInt64
            switch byte {
            case 0x30...0x39: digit = UInt64(byte - 0x30)
            case 0x61...0x66: digit = UInt64(byte - 0x57)
            case 0x2d where !isHigh:
                isHigh = true
                continue
            default: return high > low ? high - low : 0
            }
            if isHigh { high = high << 4 | digit } else { low = low << 4 | digit }
        }
        return 0
    }
}
