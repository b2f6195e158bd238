import Credentials
import Kernel
import LinuxABI

/// read(2) and its kin of a file-system context, which never reach the host: the tracer asks at the stop of the call.
package enum FileSystemSetupReads {
    /// What the call returns; nil for calls that are not about reading.
    package static func answer(_ call: SystemCall, _ file: FSContextFile, _ task: Task) -> Int64? {
        do throws(Refusal) {
            let number = SyscallNumber(rawValue: UInt16(truncatingIfNeeded: call.number))
            return try read(number, call.arguments, file, task)
        } catch {
            return -Int64(error.errno.rawValue)
        }
    }

    private static func read(
        _ number: SyscallNumber?, _ a: Arguments, _ file: FSContextFile, _ task: Task
    ) throws(Refusal) -> Int64? {
        switch number {
        case .read:
            return try read(file, UserAddress(a.a1), count: a.a2, task)
        case .readv:
            return try vectors(file, a, task)
        case .pread64, .preadv, .lseek:
            throw Refusal(.ESPIPE)
        case .preadv2:
            if a.a3 != .max { throw Refusal(.ESPIPE) }
            return try vectors(file, a, task)
        default:
            return nil
        }
    }

    private static func read(
        _ file: FSContextFile, _ address: UserAddress, count: UInt64, _ task: Task
    ) throws(Refusal) -> Int64 {
        let message = try file.setup.takeMessage(room: Int(clamping: count))
        try task.memory.store(message, at: address)
        return Int64(message.count)
    }

    /// Each vector is a read of its own, up to the first that is not filled (do_loop_readv_writev).
    private static func vectors(_ file: FSContextFile, _ a: Arguments, _ task: Task) throws(Refusal) -> Int64 {
        guard a.a2 <= 1024 else { throw Refusal(.EINVAL) }
        var total: Int64 = 0
        for index in 0..<Int(a.a2) {
            do throws(Refusal) {
                let vector = try task.memory.load(
                    UserAddress(a.a1).advanced(by: index * 16), as: SIMD2<UInt64>.self)
                let count = try read(file, UserAddress(vector.x), count: vector.y, task)
                total += count
                if UInt64(count) != vector.y { break }
            } catch {
                if total > 0 { return total }
                throw error
            }
        }
        return total
    }
}
