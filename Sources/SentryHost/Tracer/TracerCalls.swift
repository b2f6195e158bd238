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
        thread.task.keepCopies()
        start(thread, registers, at: stop)
    }

    private func start(_ thread: HostThread, _ registers: user_regs_struct, at stop: CallStop) {
        do throws(Refusal) {
            switch SyscallNumber(rawValue: UInt16(truncatingIfNeeded: registers.orig_rax)) {
            case .execve, .execveat: try startExec(thread, registers, at: stop)
            case .clone, .clone3, .fork, .vfork: try startClone(thread, registers)
            case .unshare: startUnshare(thread, registers, at: stop)
            case .close_range: startCloseRange(thread, registers)
            case .rt_sigtimedwait: awaitSignal(thread, registers)
            case .clock_nanosleep, .timer_settime, .timerfd_settime, .futex, .futex_waitv, .futex_wait:
                shiftTime(thread, registers)
            default:
                guard stop == .entry else { throw Refusal(.ENOSYS) }
                answerAtStop(thread, registers)
            }
            thread.task.endCall()
        } catch {
            if error.errno == .waitsForHost, let needed = thread.task.hostAnswers?.takeNeeded() {
                return startAgain(thread, registers, at: stop, after: needed)
            }
            thread.task.endCall()
            sentry.tracing?.record(thread.task, thread.call, thread.arguments, error)
            answer(thread, registers, -Int64(error.errno.rawValue), at: stop)
        }
    }

    /// The call cannot go on before a worker has asked the host something; meanwhile its thread stays stopped.
    private func startAgain(
        _ thread: HostThread, _ registers: user_regs_struct, at stop: CallStop, after inquiry: HostInquiry
    ) {
        let task = thread.task
        task.isInHostWork = true
        sentry.ask(inquiry.perform) { [self] in
            inquiry.conclude()
            task.isInHostWork = false
            // Only the tracer's own thread can let it go on.
            platform.addTracerWork { [self] in
                if !task.isExiting, platform.thread(thread.tid) === thread { start(thread, registers, at: stop) }
            }
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
        let host = StopHost(sentry)
        switch host.run(thread.systemCall, of: thread.task) {
        case .value(let value): answer(thread, registers, value, at: .entry)
        case .failure(let errno): answer(thread, registers, -Int64(errno.rawValue), at: .entry)
        // What would go on natively is what the other filter refuses.
        case .continueOnHost: answer(thread, registers, -Int64(LinuxABI.Errno.ENOMEM.rawValue), at: .entry)
        // The call does not return, as the caller is being killed (reboot).
        case .later: answer(thread, registers, 0, at: .entry)
        }
    }
}

/// Runs calls at a stop of the tracer, where none can wait.
private final class StopHost: CallHost {
    private let sentry: Sentry
    private var work: HostWork?

    init(_ sentry: Sentry) { self.sentry = sentry }

    func run(_ call: SystemCall, of task: Task) -> CallEnd {
        let runner = CallRunner(sentry.dispatcher, on: self)
        var end = runner.begin(call, of: task)
        while let next = work {
            work = nil
            next.perform()
            next.finish()
            task.isInHostWork = false
            end = runner.goOn(next, call, of: task)
        }
        return end
    }

    func waits(_ task: Task) { sentry.kernel.unpark(task) }
    func make(_ calls: HostCallSequence, for task: Task) -> CallEnd {
        _ = calls.finish(.failure(.ENOMEM))
        return .failure(.ENOMEM)
    }
    func start(_ work: HostWork, for task: Task) { self.work = work }
    func record(_ outcome: Outcome, of call: SystemCall, by task: Task) { sentry.record(outcome, of: call, by: task) }
    func record(_ refusal: Refusal, of call: SystemCall, by task: Task) { sentry.record(refusal, of: call, by: task) }
}
