import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI

// The host refuses to make a file larger than `DiskSpace.fileSizeLimit` by EFBIG and SIGXFSZ. To the guest this is a full
// file system, where it is one; else its call is made again with a bound that suits its file.
extension Tracer {
    /// Whether SIGXFSZ, sent by the host for the thread's own call, came of the sentry's bound; then all is done.
    func fileSizeRefused(_ thread: HostThread, _ info: chost_siginfo) -> Bool {
        let resource = ResourceLimit.fileSize
        let own = thread.task.group.limits[resource].soft
        guard info.code == SignalInfo.userCode, info.pid == thread.tgid,
            let present = platform.hostLimit(resource, of: thread), present < own,
            // Without the sentry, the host's own hard limit would be the bound.
            present < platform.hostFileSizeLimit
        else { return false }
        guard case .running = thread.state, var registers = registers(of: thread),
            registers.rax == UInt64(bitPattern: -Int64(EFBIG))
        else {
            // It was blocked until now, and the call has its result.
            resume(thread)
            return true
        }
        let (end, bound, isFileSystemFull) = bound(of: registers, thread)
        if end > UInt64(Int64.max) {
            // No file can be that large: the result is what it is (generic_write_checks()).
        } else if end <= min(bound, own), registers.orig_rax < 512 {
            // The keeper may have raised the limit meanwhile.
            if bound > present {
                // The kernel compares it as a signed number, so that a larger one would be below every offset.
                platform.setSoftLimit(resource, min(bound, own, UInt64(Int64.max)), thread)
                platform.keeper.noteException()
            }
            // The call is entered again.
            registers.rax = registers.orig_rax
            registers.rip &-= 2
            registers.orig_rax = .max
        } else {
            if !isFileSystemFull { platform.files.disk.tellReached() }
            registers.rax = UInt64(bitPattern: -Int64(ENOSPC))
        }
        resume(thread, with: registers)
        return true
    }

    /// How large the file that the thread's call writes to has to be at least, and may become; and whether it is its file
    /// system's own limit that counts.
    private func bound(
        of registers: user_regs_struct, _ thread: HostThread
    ) -> (end: UInt64, bound: UInt64, isFileSystemFull: Bool) {
        let arguments = registers.arguments
        var fd = arguments.a0
        var start: UInt64?
        var length: UInt64 = 1
        // What the call may write, as far as it can be told from registers.
        var wanted: UInt64 = 1 << 20
        switch SyscallNumber(rawValue: UInt16(truncatingIfNeeded: registers.orig_rax)) {
        case .write: wanted = arguments.a2
        case .pwrite64: (start, wanted) = (arguments.a3, arguments.a2)
        case .pwritev: start = arguments.a3
        case .pwritev2 where Int64(bitPattern: arguments.a3) >= 0: start = arguments.a3
        case .ftruncate: (start, length) = (0, arguments.a1)
        case .fallocate: (start, length) = (arguments.a2, arguments.a3)
        case .copy_file_range, .splice:
            fd = arguments.a2
            if arguments.a3 != 0 { start = try? thread.task.memory.load(UserAddress(arguments.a3), as: UInt64.self) }
        default: break
        }
        guard let file = try? platform.borrow(Int32(truncatingIfNeeded: fd), of: thread.task),
            let status = fileStatus(file.descriptor)
        else { return (1, 0, false) }
        let size = UInt64(clamping: status.st_size)
        let appends = fcntl(file.descriptor, F_GETFL) & O_APPEND != 0
        let position = appends ? size : start ?? UInt64(clamping: lseek(file.descriptor, 0, SEEK_CUR))
        let (end, isPastAll) = position.addingReportingOverflow(length)
        if isPastAll { return (.max, 0, false) }
        let disk = platform.files.disk
        // Memory files take no disk space, and what the sandbox was handed as a standard stream is not its own. Until the
        // keeper looks the process's other files have the same bound, so it is no larger than the call needs, and a little.
        guard let id = disk.written(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)) else {
            let (bound, overflows) = max(size, end).addingReportingOverflow(min(wanted, 1 << 30) &+ (64 << 10))
            return (end, overflows ? .max : bound, false)
        }
        let isOwn = disk.freeInSpace(of: id).map { $0 <= disk.free } ?? false
        if disk.hasRoom(1, of: id) {
            // A page that is begun is there already.
            let (bound, overflows) = FileSpaces.pages(max(size, position)).addingReportingOverflow(disk.share(of: id))
            return (end, overflows ? .max : bound, isOwn)
        }
        // What is there already can be written anew.
        let isDense = UInt64(clamping: status.st_blocks) &* 512 >= size
        return (end, isDense ? size : 0, isOwn)
    }
}
