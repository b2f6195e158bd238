import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

// unshare(2) and close_range(2) with CLOSE_RANGE_UNSHARE: the model does all of it but for the table of descriptors, of which
// the host must make a copy too. It does so by a close_range(2) that closes nothing.
extension Tracer {
    func startUnshare(_ thread: HostThread, _ registers: user_regs_struct, at stop: CallStop) {
        let shared = thread.task.files
        switch sentry.runner.begin(thread.systemCall, of: thread.task) {
        case .value(let value): return answer(thread, registers, value, at: stop)
        case .failure(let errno): return answer(thread, registers, -Int64(errno.rawValue), at: stop)
        case .continueOnHost, .later: break
        }
        // Until the host has split its table too, nobody may install into what is still one (`TableSplits`).
        sentry.beginSplit(of: shared)
        permit(
            thread,
            HostCall(
                number: .close_range, arguments: Self.copyTable, saved: registers, end: .unsharedFiles(from: shared)))
    }

    /// close_range(2) of no number, with CLOSE_RANGE_UNSHARE.
    private static let copyTable = Arguments(UInt64(UInt32.max), UInt64(UInt32.max), 2)

    /// close_range(2) with CLOSE_RANGE_UNSHARE. First the table becomes the task's own; then, in a notification, the call is
    /// answered as one on its own table.
    func startCloseRange(_ thread: HostThread, _ registers: user_regs_struct) {
        let arguments = thread.arguments
        let isValid =
            arguments.a2 & 0xffff_ffff & ~6 == 0
            && UInt32(truncatingIfNeeded: arguments.a0) <= UInt32(truncatingIfNeeded: arguments.a1)
        var own = arguments
        own.a2 &= ~2
        let number = thread.call
        thread.pendingChain = Chain([.notify(.call(number, isValid ? own : arguments))]) { result in
            switch result {
            case .success(let value): Int64(bitPattern: value)
            case .failure(let errno): Int64(-errno.rawValue)
            case nil: 0
            }
        }
        let shared = thread.task.files
        if isValid, shared.users > 1 {
            thread.task.unshareFiles()
            sentry.beginSplit(of: shared)
            permit(
                thread,
                HostCall(
                    number: .close_range, arguments: Self.copyTable, saved: registers,
                    end: .unsharedFiles(from: shared)))
        } else {
            permit(thread, HostCall(number: .getpid, arguments: Arguments(), saved: registers, end: .value(0)))
        }
    }
}
