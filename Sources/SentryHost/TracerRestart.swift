import CHostLinux
import Kernel
import LinuxABI
import Syscalls

// Calls that a signal ended too early.
extension Tracer {
    /// A signal may end a call before the listener received it. Nothing has happened then, and most such calls cannot fail
    /// with EINTR: they are made again after the handler, as if the signal had come just before them.
    func restartUnseenCall(_ tid: pid_t) {
        var registers = user_regs_struct()
        guard let thread = platform.thread(tid), chost_trace_get_registers(tid, &registers) == 0,
            Int64(bitPattern: registers.rax) == Int64(-LinuxABI.Errno.ERESTARTSYS.rawValue)
        else { return }
        let number = UInt32(truncatingIfNeeded: registers.orig_rax)
        let arguments = Arguments(
            registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8, registers.r9)
        guard number >= 512 || SyscallTable.disposition(number).isNotified(arguments),
            !(thread.callMayRestart && thread.call == number && thread.arguments == arguments)
        else { return }
        registers.rax = UInt64(bitPattern: Int64(-LinuxABI.Errno.ERESTARTNOINTR.rawValue))
        _ = chost_trace_set_registers(tid, &registers)
    }
}
