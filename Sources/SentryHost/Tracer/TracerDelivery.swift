import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

// Signals at their delivery, and stops by signals.
extension Tracer {
    func deliver(_ thread: HostThread, _ signal: Int32) {
        switch thread.state {
        // All signals that can be are blocked there. So any other one is forced, and tells that the thread is not where it
        // should be.
        case .chain, .reentering: return signal == SIGSTOP ? resume(thread, signal: signal) : destroy(thread)
        case .running, .starting, .hostCall: break
        }
        var info = chost_siginfo()
        guard unsafe chost_trace_get_siginfo(thread.tid, &info) == 0 else { return resume(thread, signal: signal) }
        if signal == SIGSYS, let registers = trappedCall(thread, info) { return reenter(thread, registers) }
        if signal == SIGXFSZ, fileSizeRefused(thread, info) { return }
        // The hard limit comes first where both are reached; it is the sentry's to enforce (check_process_timers).
        if signal == SIGXCPU, info.code == SignalInfo.kernelCode, platform.processorTimeLeft(thread) == 0 {
            return destroy(thread)
        }
        kernel.signalTaken(Signal(rawValue: signal), by: thread.task)
        let virtual = SignalEnvelope.open(info, for: thread.task)
        if virtual != nil || !info.isFault, isDroppedByInit(thread, signal) { return resume(thread) }
        if [SIGTSTP, SIGTTIN, SIGTTOU].contains(signal), let substitute = stopSubstitute(thread, signal) {
            return resume(thread, signal: substitute)
        }
        restartUnseenCall(thread)
        if let virtual {
            var replacement = virtual
            _ = unsafe chost_trace_set_siginfo(thread.tid, &replacement)
        }
        resume(thread, signal: signal)
    }

    /// The registers of a call that our filter trapped, as another filter would have refused it. The mark could be another
    /// filter's too; then the thread only enters the call twice.
    private func trappedCall(_ thread: HostThread, _ info: chost_siginfo) -> user_regs_struct? {
        guard platform.isBehindFilter, info.code > 0, info.error == Int32(FilterAction.trapMark),
            let registers = registers(of: thread),
            SeccompProgram.traps(UInt32(truncatingIfNeeded: registers.rax), registers.rdi)
        else { return nil }
        return registers
    }

    /// What an init blocked, or its timers and pipes sent, finds no handler when it comes (get_signal, SIGNAL_UNKILLABLE).
    private func isDroppedByInit(_ thread: HostThread, _ signal: Int32) -> Bool {
        guard signal != SIGKILL, signal != SIGSTOP else { return false }
        return thread.task.isNamespaceInit
            && SignalState(tid: thread.tid).caught & Signal(rawValue: signal).bit == 0
    }

    /// On the host every task is in an orphaned process group, as its session is not the sentry's, and the host discards
    /// a terminal's stop signals there. Where the model's group is not orphaned, SIGSTOP does what they would.
    private func stopSubstitute(_ thread: HostThread, _ signal: Int32) -> Int32? {
        guard SignalState(tid: thread.tid).caught & Signal(rawValue: signal).bit == 0,
            !kernel.isOrphaned(thread.task.group.processGroup)
        else { return nil }
        thread.substitutedStop = signal
        return SIGSTOP
    }

    /// PTRACE_EVENT_STOP: a group stop, its end, a new thread's first stop, or an interruption.
    func stopped(_ thread: HostThread, _ signal: Int32) {
        if case .starting = thread.state { return letGo(thread) }
        switch signal {
        case SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU:
            thread.isListening = true
            defer { platform.settle() }
            kernel.stopped(thread.task.group, by: Signal(rawValue: thread.substitutedStop ?? signal))
            thread.substitutedStop = nil
            platform.deferred.append(.resume(thread.tid, request: 2, signal: 0))
        default:
            if thread.isListening {
                thread.isListening = false
                kernel.continued(thread.task.group)
                platform.settle()
            }
            guard case .running = thread.state, let registers = registers(of: thread) else { return resume(thread) }
            comesToProgram(thread, registers)
        }
    }

    /// A signal may end a call before the listener received it. Nothing has happened then, and most such calls cannot fail
    /// with EINTR: they are made again after the handler, as if the signal had come just before them.
    private func restartUnseenCall(_ thread: HostThread) {
        guard var registers = registers(of: thread),
            Int64(bitPattern: registers.rax) == Int64(-LinuxABI.Errno.ERESTARTSYS.rawValue)
        else { return }
        let number = UInt32(truncatingIfNeeded: registers.orig_rax)
        let arguments = registers.arguments
        guard number >= 512 || SyscallTable.disposition(number).isNotified(arguments),
            !(thread.callMayRestart && thread.call == number && thread.arguments == arguments)
        else { return }
        registers.rax = UInt64(bitPattern: Int64(-LinuxABI.Errno.ERESTARTNOINTR.rawValue))
        _ = unsafe chost_trace_set_registers(thread.tid, &registers)
    }
}

extension chost_siginfo {
    /// Whether the host's kernel forces the signal on a task for what it did itself, which ends even an init
    /// (force_sig_info_to_task).
    fileprivate var isFault: Bool {
        code > 0 && [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS].contains(signal)
    }
}
