import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

/// The thread that traces all tasks: their births, execs, deaths and signals.
///
/// ptrace requests are only valid from the thread that attached, so everything that stops or resumes a task is here;
/// the listener asks for it through `HostPlatform.interruptions`.
final class Tracer {
    let sentry: Sentry
    var platform: HostPlatform { sentry.platform }
    var kernel: Kernel { sentry.kernel }
    /// Children that reported their first stop before their parent's event named them.
    var earlyStops: Set<pid_t> = []
    private var exitStatus: Int32?

    init(_ sentry: Sentry) { self.sentry = sentry }

    private static let eventFork: Int32 = 1
    private static let eventVfork: Int32 = 2
    private static let eventClone: Int32 = 3
    private static let eventExec: Int32 = 4
    private static let eventExit: Int32 = 6
    private static let eventSeccomp: Int32 = 7
    private static let eventStop: Int32 = 128
    /// PTRACE_EVENTMSG_SYSCALL_ENTRY.
    private static let callEntry: Int64 = 1

    /// Serves until the first process has ended; returns its wait status.
    func run() -> Int32 {
        while exitStatus == nil {
            var status: Int32 = 0
            var usage = chost_usage()
            while true {
                let tid = chost_wait_any(&status, &usage)
                if tid <= 0 { break }
                let change = status, used = usage
                sentry.locked { handle(tid, change, used) }
                if exitStatus != nil { break }
            }
            guard exitStatus == nil else { break }
            sentry.locked { runInterruptions() }
            var ready = chost_readiness()
            let signal = chost_signals_wait(platform.needsPolling ? 10 : -1, &ready)
            switch signal {
            case SIGCHLD, SIGUSR1, 0: if platform.needsPolling { sentry.locked { platform.pollTimers() } }
            case SIGALRM: break
            case Int32(CHOST_SIGNAL_READY):
                let ready = ready
                sentry.locked { platform.becameReady(fd: ready.fd, code: ready.code, band: ready.band) }
            case let signal where signal > 0: sentry.locked { forward(signal) }
            default: break
            }
        }
        return exitStatus ?? 0
    }

    private func handle(_ tid: pid_t, _ status: Int32, _ usage: chost_usage) {
        if status & 0xff != 0x7f {
            ended(tid, status, usage)
            return
        }
        let signal = (status >> 8) & 0xff
        switch status >> 16 {
        case Self.eventSeccomp: tracedCall(tid)
        case Self.eventFork, Self.eventVfork, Self.eventClone: born(parent: tid)
        case Self.eventExec: executed(tid)
        case Self.eventExit: exiting(tid)
        case Self.eventStop: stopped(tid, signal)
        case 0 where signal == SIGTRAP | 0x80: callEnded(tid)
        case 0: deliver(tid, signal)
        default: resume(tid)
        }
    }

    func resume(_ tid: pid_t, signal: Int32 = 0) {
        let thread = platform.thread(tid)
        var follows = thread?.task.files.showsSignals ?? false
        thread?.followsCalls = follows
        // A stop by SIGSTOP may come between the calls that change memory.
        if case .changingMemory = thread?.stage { follows = true }
        platform.deferred.append(.resume(tid, request: follows ? 1 : 0, signal: signal))
    }
    func resumeToCallEnd(_ tid: pid_t) { platform.deferred.append(.resume(tid, request: 1, signal: 0)) }

    // MARK: Calls that the filter sends here

    func tracedCall(_ tid: pid_t) {
        var registers = user_regs_struct()
        guard let thread = platform.thread(tid), chost_trace_get_registers(tid, &registers) == 0 else {
            resume(tid)
            return
        }
        thread.call = UInt32(truncatingIfNeeded: registers.orig_rax)
        thread.arguments = Arguments(
            registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8, registers.r9)
        if thread.call == UInt32(CHOST_CALL_CLEARED), case .clearing(let start, let blocked) = thread.stage {
            begin(thread, start, blocked: blocked)
            return
        }
        do throws(Refusal) {
            switch SyscallNumber(rawValue: UInt16(truncatingIfNeeded: registers.orig_rax)) {
            case .execve, .execveat: try startExec(thread, registers)
            case .clone, .clone3, .fork, .vfork: try startClone(thread, registers)
            case .unshare: try startUnshare(thread, registers)
            case .close_range: startCloseRange(thread, registers)
            case .rt_sigtimedwait: awaitSignal(thread)
            case .clock_gettime: answerClock(thread, registers)
            case .clock_nanosleep, .timer_settime, .timerfd_settime, .futex, .futex_waitv, .futex_wait:
                shiftTime(thread, registers)
            default:
                guard case .unsharing = thread.stage else { throw Refusal(.ENOSYS) }
                unshareFiles(thread, registers)
            }
        } catch {
            sentry.tracing?.record(thread.task, thread.call, thread.arguments, error)
            skip(tid, registers, result: -Int64(error.errno.rawValue))
        }
        platform.settle()
    }

    /// A call that traps because another filter would refuse it (`SeccompProgram.linux(behindFilter:)`). It has not
    /// happened, and its number is back in rax.
    private func trappedCall(_ tid: pid_t) {
        var registers = user_regs_struct()
        guard let thread = platform.thread(tid), chost_trace_get_registers(tid, &registers) == 0 else {
            resume(tid)
            return
        }
        thread.call = UInt32(truncatingIfNeeded: registers.rax)
        thread.arguments = Arguments(
            registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8, registers.r9)
        switch SyscallNumber(rawValue: UInt16(truncatingIfNeeded: registers.rax)) {
        case .clone, .clone3: retryClone(thread, registers)
        case .unshare: retryUnshare(thread, registers)
        default:
            if let result = sentry.answerAtStop(thread) {
                registers.rax = UInt64(bitPattern: result)
                _ = chost_trace_set_registers(tid, &registers)
                if needsClockFilter(thread) { installClockFilter(thread, registers) } else { resume(tid) }
            }
        }
        platform.settle()
    }

    /// Skips the call and makes it return `result`.
    func skip(_ tid: pid_t, _ registers: user_regs_struct, result: Int64) {
        var changed = registers
        changed.orig_rax = .max
        changed.rax = UInt64(bitPattern: result)
        _ = chost_trace_set_registers(tid, &changed)
        resume(tid)
    }

    func callEnded(_ tid: pid_t) {
        guard let thread = platform.thread(tid) else {
            resume(tid)
            return
        }
        let isEntry = chost_trace_event_message(tid) == Self.callEntry
        if case .installingFilter(let original, isInCall: false) = thread.stage {
            // The stop at the end of the call before it may come first.
            if isEntry { beginInstalling(thread, original) } else { resumeToCallEnd(tid) }
            return
        }
        if case .changingMemory(let original, _) = thread.stage {
            if isEntry { resumeToCallEnd(tid) } else { memoryCallEnded(thread, original) }
            return
        }
        if thread.followsCalls, isEntry {
            callBegins(thread)
            return
        }
        switch thread.stage {
        case .awaitingSignal(let address): signalCame(thread, address)
        case .readingSignals(let original): finishRead(thread, original)
        case .cloning(let pending): finishClone(thread, pending)
        case .executing(let pending): failExec(thread, pending)
        case .enteringProgram: enterTime(thread)
        case .installingFilter(let original, _): finishInstalling(thread, original)
        case .shifting(let original): finishShift(thread, original)
        case .unsharing(let original, let isRepeated): finishUnshare(thread, original, isRepeated: isRepeated)
        case .closing(let original): finishUnshare(thread, original, isRepeated: false)
        case .running, .starting, .clearing, .changingMemory: resume(tid)
        }
    }

    // MARK: Deaths

    private func exiting(_ tid: pid_t) {
        if let thread = platform.thread(tid) {
            RobustList.release(thread.task, hostTID: tid)
            // The host tells a leader's end only after those of all other threads.
            if tid == thread.tgid {
                let status = Int32(truncatingIfNeeded: chost_trace_event_message(tid))
                kernel.leaderExits(thread.task, status: status)
                platform.settle()
            }
        }
        resume(tid)
    }

    private func ended(_ tid: pid_t, _ status: Int32, _ usage: chost_usage) {
        earlyStops.remove(tid)
        guard let thread = platform.forget(tid) else { return }
        thread.finalUsage = HostStatistics(usage)
        kernel.exited(thread.task, status: status)
        thread.task.hostThread = nil
        platform.settle()
        // The first process is seen dead when it has taken the others with it, which may be at another one's end.
        if let status = sentry.initialGroup?.exitStatus { exitStatus = status }
    }

    // MARK: Signals

    private func deliver(_ tid: pid_t, _ signal: Int32) {
        var info = chost_siginfo()
        guard chost_trace_get_siginfo(tid, &info) == 0 else {
            resume(tid, signal: signal)
            return
        }
        if signal == SIGSYS, info.error == Int32(FilterAction.trapMark), info.code > 0 {
            trappedCall(tid)
            return
        }
        let virtual = platform.thread(tid).flatMap { SignalEnvelope.open(info, for: $0.task) }
        if virtual != nil || !info.isFault, isDroppedByInit(tid, signal) {
            resume(tid)
            return
        }
        if let thread = platform.thread(tid) { postponeInstalling(thread) }
        if [SIGTSTP, SIGTTIN, SIGTTOU].contains(signal), let substitute = stopSubstitute(tid, signal) {
            resume(tid, signal: substitute)
            return
        }
        restartUnseenCall(tid)
        if let virtual {
            var replacement = virtual
            _ = chost_trace_set_siginfo(tid, &replacement)
        }
        resume(tid, signal: signal)
    }

    /// What an init blocked, or its timers and pipes sent, finds no handler when it comes (get_signal, SIGNAL_UNKILLABLE).
    private func isDroppedByInit(_ tid: pid_t, _ signal: Int32) -> Bool {
        guard signal != SIGKILL, signal != SIGSTOP, let task = platform.thread(tid)?.task else { return false }
        return task.isNamespaceInit && SignalState(tid: tid).caught & Signal(rawValue: signal).bit == 0
    }

    /// On the host every task is in an orphaned process group, as its session is not the sentry's, and the host discards
    /// a terminal's stop signals there. Where the model's group is not orphaned, SIGSTOP does what they would.
    private func stopSubstitute(_ tid: pid_t, _ signal: Int32) -> Int32? {
        guard let thread = platform.thread(tid),
            SignalState(tid: tid).caught & Signal(rawValue: signal).bit == 0,
            !kernel.isOrphaned(thread.task.group.processGroup)
        else { return nil }
        thread.substitutedStop = signal
        return SIGSTOP
    }

    private func stopped(_ tid: pid_t, _ signal: Int32) {
        guard let thread = platform.thread(tid) else {
            earlyStops.insert(tid)
            return
        }
        if case .starting = thread.stage {
            letGo(thread)
            return
        }
        switch signal {
        case SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU:
            thread.isListening = true
            defer { platform.settle() }
            kernel.stopped(thread.task.group, by: Signal(rawValue: thread.substitutedStop ?? signal))
            thread.substitutedStop = nil
            platform.deferred.append(.resume(tid, request: 2, signal: 0))
        default:
            if thread.isListening {
                thread.isListening = false
                kernel.continued(thread.task.group)
                platform.settle()
            }
            if thread.memoryChange != nil, case .running = thread.stage {
                startMemoryChange(thread)
            } else if case .running = thread.stage, needsClockFilter(thread) {
                enterTime(thread)
            } else {
                resume(tid)
            }
        }
    }

    /// Interrupts tasks as their call is answered: those whose parked call a signal ends, as without the interruption a
    /// restart code could reach the program as an errno, and those that are to stop at every call from now on.
    private func runInterruptions() {
        while let thread = platform.interruptions.popLast() {
            guard let answer = thread.pendingAnswer else { continue }
            thread.pendingAnswer = nil
            _ = chost_trace_interrupt(thread.tid)
            platform.answer(thread, answer)
        }
    }

    /// A signal to the sentry itself, from the terminal or from whoever runs it.
    private func forward(_ signal: Int32) {
        guard let group = sentry.initialGroup else { return }
        let info = SignalInfo(Signal(rawValue: signal), code: SignalInfo.kernelCode, pid: 0, uid: 0)
        for member in (kernel.terminal.foreground ?? group.processGroup).groupMembers {
            if let task = member.liveThread { platform.deliver(info, to: task, wholeGroup: true) }
        }
        platform.settle()
    }
}

extension chost_siginfo {
    /// Whether the host's kernel forces the signal on a task for what it did itself, which ends even an init
    /// (force_sig_info_to_task).
    fileprivate var isFault: Bool {
        code > 0 && [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS].contains(signal)
    }
}
