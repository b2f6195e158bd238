import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

// unshare: the model does all of it but for the fd table, of which the host must make a copy too. It does so by a
// close_range(2) that closes nothing, which takes no namespaces and which no filter minds.
extension Tracer {
    func startUnshare(_ thread: HostThread, _ registers: user_regs_struct) throws(Refusal) {
        if let result = try unshareInModel(thread) {
            var changed = registers
            changed.orig_rax = .max
            changed.rax = UInt64(bitPattern: result)
            _ = chost_trace_set_registers(thread.tid, &changed)
            resume(thread.tid)
        } else {
            thread.stage = .unsharing(registers)
            unshareFiles(thread, registers)
        }
    }

    /// An unshare that trapped (`SeccompProgram.linux(behindFilter:)`): the task makes a pseudo call instead, where that
    /// is needed, whose stop `unshareFiles` turns into the host call.
    func retryUnshare(_ thread: HostThread, _ registers: user_regs_struct) {
        var changed = registers
        do throws(Refusal) {
            if let result = try unshareInModel(thread) {
                changed.rax = UInt64(bitPattern: result)
            } else {
                thread.stage = .unsharing(registers)
                changed.rax = UInt64(CHOST_CALL_UNSHARE_FILES)
                changed.orig_rax = .max
                changed.rip &-= 2
            }
        } catch {
            sentry.tracing?.record(thread.task, thread.call, thread.arguments, error)
            changed.rax = UInt64(bitPattern: Int64(-error.errno.rawValue))
        }
        _ = chost_trace_set_registers(thread.tid, &changed)
        resume(thread.tid)
    }

    /// The call's result; nil when the host's part is left to do.
    private func unshareInModel(_ thread: HostThread) throws(Refusal) -> Int64? {
        let outcome = try sentry.dispatcher.call(thread.call, thread.arguments, of: thread.task)
        sentry.tracing?.record(thread.task, thread.call, thread.arguments, outcome)
        guard case .value(let value) = outcome else { return nil }
        return value
    }

    /// Makes the call at which the thread is stopped the host's.
    func unshareFiles(_ thread: HostThread, _ registers: user_regs_struct) {
        var changed = registers
        changed.orig_rax = UInt64(SyscallNumber.close_range.rawValue)
        changed.rdi = UInt64(UInt32.max)
        changed.rsi = UInt64(UInt32.max)
        changed.rdx = Self.closeRangeUnshare
        _ = chost_trace_set_registers(thread.tid, &changed)
        resumeToCallEnd(thread.tid)
    }

    /// CLOSE_RANGE_UNSHARE.
    private static let closeRangeUnshare: UInt64 = 2

    /// close_range(2) with CLOSE_RANGE_UNSHARE. First the table becomes the task's own, and the call is made again; then
    /// the flag is left out, and the call is answered as one without it.
    func startCloseRange(_ thread: HostThread, _ registers: user_regs_struct) {
        let isValid =
            registers.rdx & 0xffff_ffff & ~6 == 0
            && UInt32(truncatingIfNeeded: registers.rdi)
                <= UInt32(truncatingIfNeeded: registers.rsi)
        if isValid, thread.task.files.users > 1 {
            thread.task.unshareFiles()
            thread.stage = .unsharing(registers, isRepeated: true)
            unshareFiles(thread, registers)
            return
        }
        thread.stage = .closing(registers)
        var changed = registers
        changed.rdx &= ~Self.closeRangeUnshare
        _ = chost_trace_set_registers(thread.tid, &changed)
        resumeToCallEnd(thread.tid)
    }

    /// Programs count on their argument registers across a call.
    func finishUnshare(_ thread: HostThread, _ original: user_regs_struct, isRepeated: Bool) {
        thread.stage = .running
        var registers = user_regs_struct()
        if chost_trace_get_registers(thread.tid, &registers) == 0 {
            registers.rdi = original.rdi
            registers.rsi = original.rsi
            registers.rdx = original.rdx
            if isRepeated {
                registers.rax = original.orig_rax
                registers.rip &-= 2
            }
            _ = chost_trace_set_registers(thread.tid, &registers)
        }
        resume(thread.tid)
    }
}
