import Credentials
import LinuxABI

/// /proc/locks: every lock of whom the reader can see (proc_locks(5)).
enum LockFiles {
    /// locks_show()
    @Sendable static func locks(_ reader: ProcReader) throws(Refusal) -> [UInt8] {
        var text = TextBuffer()
        var number = 0
        for lock in reader.kernel.locks.records {
            // A request has the number of what it waits for.
            if !lock.isWaiting || number == 0 { number += 1 }
            if holder(lock, reader) != 0 { show(lock, number: number, &text, reader) }
        }
        return text.bytes
    }

    /// lock_get_status()
    static func show(_ lock: LockTable.Record, number: Int, _ text: inout TextBuffer, _ reader: ProcReader) {
        text.append(number)
        text.append(lock.isWaiting ? ": -> " : ": ")
        switch lock.family {
        case .flock: text.append("FLOCK  ADVISORY  ")
        case .record where lock.owner.isDescription: text.append("OFDLCK ADVISORY  ")
        case .record: text.append("POSIX  ADVISORY  ")
        }
        text.append(lock.kind == .exclusive ? "WRITE " : "READ ")
        text.append(holder(lock, reader))
        text.space()
        let device = lock.inode.fileSystem.device
        text.hex(UInt64(device.major), width: 2)
        text.append(":")
        text.hex(UInt64(device.minor), width: 2)
        text.append(":")
        text.append(lock.inode.number)
        text.space()
        text.append(UInt64(lock.range.lowerBound))
        text.space()
        if lock.range.upperBound == .max { text.append("EOF") } else { text.append(UInt64(lock.range.upperBound)) }
        text.newline()
    }

    /// locks_translate_pid()
    private static func holder(_ lock: LockTable.Record, _ reader: ProcReader) -> Int32 {
        if lock.family == .record, lock.owner.isDescription { return -1 }
        return (lock.holder as? PID).map { reader.number($0) } ?? 0
    }
}
