import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

/// At which kind of stop a thread is that has entered a call. The filter looks at the call after either of them.
enum CallStop {
    /// SECCOMP_RET_TRACE.
    case filter
    /// PTRACE_SYSCALL.
    case entry
}

// Calls at their stop: what they are, what they are replaced by, and how they end.
extension Tracer {
    /// A call that the tracer answers or replaces. What is in the registers now is the call: nobody can change it before the
    /// host has carried it out.
    func callStopped(_ thread: HostThread, _ registers: user_regs_struct, at stop: CallStop) {
        // The loader makes no such call. A program begins in its place when it must not yet.
        guard thread.loading == nil else { return destroy(thread) }
        thread.call = UInt32(truncatingIfNeeded: registers.orig_rax)
        thread.arguments = registers.arguments
        do throws(Refusal) {
            switch SyscallNumber(rawValue: UInt16(truncatingIfNeeded: registers.orig_rax)) {
            case .execve, .execveat: try startExec(thread, registers, at: stop)
            case .clone, .clone3, .fork, .vfork: try startClone(thread, registers)
            case .unshare: try startUnshare(thread, registers, at: stop)
            case .close_range: startCloseRange(thread, registers)
            case .rt_sigtimedwait: awaitSignal(thread, registers)
            case .clock_nanosleep, .timer_settime, .timerfd_settime, .futex, .futex_waitv, .futex_wait:
                shiftTime(thread, registers)
            default:
                guard stop == .entry else { throw Refusal(.ENOSYS) }
                answerAtStop(thread, registers)
            }
        } catch {
            sentry.tracing?.record(thread.task, thread.call, thread.arguments, error)
            answer(thread, registers, -Int64(error.errno.rawValue), at: stop)
        }
    }

    /// Ends the call with `value` instead of making it.
    func answer(_ thread: HostThread, _ registers: user_regs_struct, _ value: Int64, at stop: CallStop) {
        switch stop {
        case .filter:
            var changed = registers.returning(value)
            // The filter is not asked about a call that is skipped here.
            changed.orig_rax = .max
            thread.state = .running
            resume(thread, with: changed)
        case .entry:
            // A skipped call would be shown to the filters, another one's among them.
            permit(thread, HostCall(number: .getpid, arguments: Arguments(), saved: registers, end: .value(value)))
        }
    }

    /// Has the thread make `call` in the place of its own. Only at a stop of a call.
    func permit(_ thread: HostThread, _ call: HostCall) {
        thread.state = .hostCall(call)
        resume(thread, with: call.entry)
    }

    /// Has the thread make its own call, of whose end the tracer wants to know.
    func watch(_ thread: HostThread, _ registers: user_regs_struct, _ end: HostCall.End) {
        let number = SyscallNumber(rawValue: UInt16(truncatingIfNeeded: registers.orig_rax)) ?? .restart_syscall
        thread.state = .hostCall(
            HostCall(number: number, arguments: registers.arguments, saved: registers, end: end))
        resume(thread)
    }

    func hostCallEnded(_ thread: HostThread, _ call: HostCall, _ registers: user_regs_struct) {
        thread.state = .running
        guard call.isOwn || call.holds(registers) else {
            thread.state = .hostCall(call)
            return destroy(thread)
        }
        // With its own registers back a call that is to be restarted is the program's own.
        let ended = call.saved.returning(Int64(bitPattern: registers.rax))
        switch call.end {
        case .result: resume(thread, with: ended)
        case .value(let value): resumeInProgram(thread, call.saved.returning(value))
        case .unsharedFiles(let former):
            sentry.endSplit(of: former)
            resumeInProgram(thread, ended)
        case .clone(let pending): finishClone(thread, pending, ended)
        case .exec(let pending): failExec(thread, pending, ended)
        case .awaitedSignal(let address): signalCame(thread, address, registers)
        case .signalRecords: finishRead(thread, call.saved, registers)
        }
    }

    // MARK: Behind another filter

    /// A call that traps because another filter would refuse it (`SeccompProgram.linux(behindFilter:)`). It has not
    /// happened. The thread enters it again, and what it then stops with is the call: what is in memory or in these registers
    /// decides nothing.
    func reenter(_ thread: HostThread, _ registers: user_regs_struct) {
        var changed = registers
        changed.rip &-= 2
        changed.orig_rax = .max
        thread.state = .reentering(blocked: chost_trace_blocked(thread.tid))
        _ = chost_trace_block(thread.tid, .max)
        resume(thread, with: changed)
    }

    /// It has entered a call again: the same, or another one if somebody changed its code, which the filter then judges.
    func reentered(_ thread: HostThread, _ registers: user_regs_struct) {
        if SeccompProgram.traps(UInt32(truncatingIfNeeded: registers.orig_rax), registers.rdi) {
            callStopped(thread, registers, at: .entry)
        } else {
            resume(thread)
        }
    }

    /// Answers a call at a stop, where nothing can be installed and the host's own call is not to be had.
    private func answerAtStop(_ thread: HostThread, _ registers: user_regs_struct) {
        let task = thread.task
        do throws(Refusal) {
            let outcome = try sentry.dispatcher.call(thread.call, thread.arguments, of: task)
            sentry.tracing?.record(task, thread.call, thread.arguments, outcome)
            // What would go on natively is what the other filter refuses.
            switch outcome {
            case .value(let value): answer(thread, registers, value, at: .entry)
            // The call does not return, as the caller is being killed (reboot).
            case .park: answer(thread, registers, 0, at: .entry)
            case .continueOnHost: throw Refusal(.ENOMEM)
            case .callHost(let calls):
                _ = calls.finish(.failure(.ENOMEM))
                throw Refusal(.ENOMEM)
            }
        } catch {
            sentry.tracing?.record(task, thread.call, thread.arguments, error)
            answer(thread, registers, -Int64(error.errno.rawValue), at: .entry)
        }
    }
}
