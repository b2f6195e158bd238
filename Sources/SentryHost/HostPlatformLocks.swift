import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI

// What only the host knows of a descriptor: its position, its locks.
extension HostPlatform {
    func descriptorInformation(_ fd: Int32, of task: Task) -> [UInt8] {
        guard let thread = hostThread(of: task) else { return [] }
        return HostProc.read("/proc/\(thread.tid)/fdinfo/\(fd)")
    }

    /// The caller's own locks are in nobody's way, but the sentry, which asks in its place, sees them too: they are
    /// stepped over, and what is left of the range on both sides is asked for again.
    func conflictingLock(
        with lock: RecordLock, on fd: Int32, of task: Task, ofDescription: Bool
    ) throws(Refusal) -> RecordLock? {
        guard let thread = hostThread(of: task) else { throw Refusal(.EBADF) }
        let file = try borrow(fd, of: task)
        guard var found = try query(lock, file, ofDescription) else { return nil }
        if !ofDescription, found.holder == thread.tgid {
            guard let range = try absoluteRange(of: lock, file) else { return nil }
            var rest = [range]
            var other: RecordLock?
            var questions = 0
            while other == nil, let piece = rest.popLast(), questions < 1000 {
                questions += 1
                var request = lock
                request.whence = 0
                request.start = piece.lowerBound
                request.length = piece.upperBound == .max ? 0 : piece.upperBound - piece.lowerBound
                guard let next = try query(request, file, false) else { continue }
                guard next.holder == thread.tgid else {
                    other = next
                    break
                }
                let end = next.length == 0 ? Int64.max : next.start &+ next.length
                if end < piece.upperBound { rest.append(end..<piece.upperBound) }
                if piece.lowerBound < next.start { rest.append(piece.lowerBound..<next.start) }
            }
            guard let other else { return nil }
            found = other
        }
        // locks_translate_pid(): 0 for a holder that the caller cannot see.
        if found.holder > 0 { found.holder = group(found.holder)?.number(in: task.pidNamespace) ?? 0 }
        return found
    }

    private func group(_ tgid: pid_t) -> PID? { thread(tgid)?.task.group.pid }

    private func query(_ lock: RecordLock, _ file: HostFile, _ ofDescription: Bool) throws(Refusal) -> RecordLock? {
        var answer = lock
        // F_OFD_GETLK is 36.
        let result = withUnsafeMutableBytes(of: &answer) { bytes -> Int32 in
            guard let base = bytes.baseAddress else { return 0 }
            return fcntl(file.descriptor, ofDescription ? 36 : F_GETLK, base)
        }
        guard result == 0 else { throw Refusal(LinuxABI.Errno(rawValue: errno)) }
        return answer.type == F_UNLCK ? nil : answer
    }

    /// The bytes that a lock covers, counted from the file's start.
    private func absoluteRange(of lock: RecordLock, _ file: HostFile) throws(Refusal) -> Range<Int64>? {
        var base: Int64 = 0
        if lock.whence == 1 { base = Int64(lseek(file.descriptor, 0, SEEK_CUR)) }
        if lock.whence == 2 {
            var status = stat()
            guard fstat(file.descriptor, &status) == 0 else { return nil }
            base = Int64(status.st_size)
        }
        let start = base &+ lock.start
        if lock.length == 0 { return start < 0 ? nil : start..<Int64.max }
        let other = start &+ lock.length
        guard start >= 0, other >= 0, start != other else { return nil }
        return min(start, other)..<max(start, other)
    }
}
