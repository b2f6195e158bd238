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
    /// Clones whose child has not shown itself, by the cookie that it carries.
    var pendingClones: [UInt64: PendingClone] = [:]
    var nextCookie: UInt64 = 1
    /// New threads that were killed before they showed whose they are, while there are such clones.
    var unknownDeaths: [pid_t: (status: Int32, usage: chost_usage)] = [:]
    private var exitStatus: Int32?
    /// When the sandbox's time is over, by the monotonic clock.
    var end: UInt64?
    private static let longestDeath: UInt64 = 10_000_000_000

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

    /// Serves until the first process has ended, and returns its wait status; nil when the time is over.
    func run() -> Int32? {
        while exitStatus == nil {
            // A child is reaped under the lock: until then nobody else can get its number, and whoever holds the lock may
            // use it.
            while exitStatus == nil, !isOver, sentry.locked({ serveOne() }) {}
            guard exitStatus == nil else { break }
            if isOver { return nil }
            sentry.locked { runInterruptions() }
            var ready = chost_readiness()
            let signal = unsafe chost_signals_wait(longestWait, &ready)
            switch signal {
            case SIGCHLD, Int32(CHOST_SIGNAL_WAKE), 0:
                if platform.needsPolling { sentry.locked { platform.pollTimers() } }
            case Int32(CHOST_SIGNAL_READY):
                let ready = ready
                sentry.locked { platform.becameReady(fd: ready.fd, code: ready.code, band: ready.band) }
            // The queue of those was full, and nobody knows which were lost.
            case SIGIO: sentry.locked { platform.someBecameReady() }
            case let signal where signal > 0:
                let isSent = ready.code <= 0
                sentry.locked { forward(signal, isSent: isSent) }
            default: break
            }
        }
        return exitStatus ?? 0
    }

    private var isOver: Bool { end.map { chost_now_nanoseconds() >= $0 } ?? false }

    /// In milliseconds; −1 for ever.
    private var longestWait: Int32 {
        if platform.needsPolling { return 10 }
        guard let end else { return -1 }
        let now = chost_now_nanoseconds()
        return end > now ? Int32(clamping: (end - now) / 1_000_000 + 1) : 0
    }

    /// Kills every task and waits until the host has none of them any more, at the sandbox's end.
    func killAll() {
        sentry.locked {
            for thread in platform.allThreads where thread.tid == thread.tgid { _ = kill(thread.tid, SIGKILL) }
        }
        let end = chost_now_nanoseconds() &+ Self.longestDeath
        while chost_now_nanoseconds() < end {
            var hasEnded: Int32 = 0
            let tid = unsafe chost_wait_next(&hasEnded)
            if tid < 0 { return }
            if tid == 0 {
                usleep(200)
                continue
            }
            var status: Int32 = 0
            _ = unsafe chost_wait_for(tid, &status, nil)
            if hasEnded == 0 {
                _ = kill(tid, SIGKILL)
                _ = chost_trace_resume(tid, 0, 0)
            }
        }
    }

    /// Handles one change of a child; false when there is none.
    private func serveOne() -> Bool {
        var status: Int32 = 0
        var usage = chost_usage()
        var hasEnded: Int32 = 0
        let tid = unsafe chost_wait_next(&hasEnded)
        guard tid > 0 else { return false }
        // Asking for what was used takes the host as long as the process has threads, so that is left to the end of the
        // process, or of whom nobody knows yet.
        let asks = hasEnded != 0 && platform.thread(tid).map { $0.tid == $0.tgid } ?? true
        let told = unsafe asks ? chost_wait_for(tid, &status, &usage) : chost_wait_for(tid, &status, nil)
        if told > 0 { handle(tid, status, usage) }
        return true
    }

    private func handle(_ tid: pid_t, _ status: Int32, _ usage: chost_usage) {
        if status & 0xff != 0x7f {
            ended(tid, status, usage)
            return
        }
        guard let thread = platform.thread(tid) else {
            arrived(tid, status)
            return
        }
        let signal = (status >> 8) & 0xff
        switch status >> 16 {
        case Self.eventSeccomp: filtered(thread)
        case Self.eventFork, Self.eventVfork, Self.eventClone: born(of: thread)
        case Self.eventExec: executed(tid)
        case Self.eventExit: exiting(thread)
        case Self.eventStop: stopped(thread, signal)
        case 0 where signal == SIGTRAP | 0x80: callStop(thread)
        case 0: deliver(thread, signal)
        default: resume(thread)
        }
    }

    // MARK: Resuming

    /// Lets a stopped thread go on, and stop again where its state or its profile wants it.
    func resume(_ thread: HostThread, signal: Int32 = 0) {
        let profile = platform.profile(of: thread)
        thread.followsCalls = profile.follows
        var stopsAtCalls = profile.follows
        if case .running = thread.state {} else { stopsAtCalls = true }
        platform.deferred.append(.resume(thread.tid, request: stopsAtCalls ? 1 : 0, signal: signal))
    }

    /// Gives a stopped thread these registers and lets it go on.
    func resume(_ thread: HostThread, with registers: user_regs_struct) {
        var registers = registers
        _ = unsafe chost_trace_set_registers(thread.tid, &registers)
        resume(thread)
    }

    func registers(of thread: HostThread) -> user_regs_struct? {
        var registers = user_regs_struct()
        return unsafe chost_trace_get_registers(thread.tid, &registers) == 0 ? registers : nil
    }

    /// Something is as only a broken host or a guest's trick could make it: nothing of the process may run on.
    func destroy(_ thread: HostThread) {
        _ = kill(thread.tgid, SIGKILL)
        resume(thread)
    }

    // MARK: Stops of calls

    /// The filter sent the call here.
    func filtered(_ thread: HostThread) {
        guard let registers = registers(of: thread) else { return resume(thread) }
        // No call that the tracer has permitted or watches comes here.
        guard case .running = thread.state else { return destroy(thread) }
        callStopped(thread, registers, at: .filter)
        platform.settle()
    }

    /// The stop before or after a call.
    private func callStop(_ thread: HostThread) {
        guard let registers = registers(of: thread) else { return resume(thread) }
        let isEntry = chost_trace_event_message(thread.tid) == Self.callEntry
        switch thread.state {
        case .chain(let chain):
            if isEntry {
                chainEntered(thread, chain, registers)
            } else if chain.isInCall {
                chainCallEnded(thread, chain, registers)
            } else {
                // The end of the call before, of which the thread had not told yet.
                resume(thread)
            }
        case .hostCall(let call) where !isEntry: hostCallEnded(thread, call, registers)
        case .reentering(let blocked) where isEntry:
            thread.state = .running
            _ = chost_trace_block(thread.tid, blocked)
            reentered(thread, registers)
        case .running where isEntry && thread.followsCalls: followedCallBegins(thread, registers)
        // A stop takes a pending interruption away, so what that was for happens here.
        case .running where !isEntry: comesToProgram(thread, registers)
        case .running, .hostCall, .reentering, .starting: resume(thread)
        }
        platform.settle()
    }

    // MARK: Deaths

    private func exiting(_ thread: HostThread) {
        RobustList.release(thread.task, hostTID: thread.tid)
        cloneMayHaveSucceeded(thread)
        // The host tells a leader's end only after those of all other threads.
        if thread.tid == thread.tgid {
            let status = Int32(truncatingIfNeeded: chost_trace_event_message(thread.tid))
            kernel.leaderExits(thread.task, status: status)
            platform.settle()
        }
        resume(thread)
    }

    func ended(_ tid: pid_t, _ status: Int32, _ usage: chost_usage) {
        guard let thread = platform.forget(tid) else {
            if !pendingClones.isEmpty { unknownDeaths[tid] = (status, usage) }
            return
        }
        if thread.tid == thread.tgid {
            // The host tells a leader's end last. A thread that was to take its place, by an exec, has its number by then,
            // so that its own end is never told.
            for sibling in platform.forgetSiblings(of: thread) { exited(sibling, status, usage) }
        }
        exited(thread, status, usage)
        platform.settle()
        // The first process is seen dead when it has taken the others with it, which may be at another one's end.
        if let status = sentry.initialGroup?.exitStatus { exitStatus = status }
    }

    private func exited(_ thread: HostThread, _ status: Int32, _ usage: chost_usage) {
        abandonWork(of: thread)
        thread.finalUsage = HostStatistics(usage)
        if status & 0x7f == SIGKILL, thread.tid == thread.tgid { tellOfLimit(thread.task) }
        kernel.exited(thread.task, status: status)
        thread.task.hostThread = nil
    }

    /// Says so when it was the host that ended the process, because the sandbox has no more memory.
    private func tellOfLimit(_ task: Task) {
        guard let cgroup = platform.cgroup, let limit = kernel.limits.memory else { return }
        let kills = cgroup.killCount
        guard kills > platform.cgroupKills else { return }
        platform.cgroupKills = kills
        LimitMessages.memoryReached(limit, killed: LimitMessages.name(of: task))
    }

    /// What a thread that is gone was about to do is undone in the model.
    func abandonWork(of thread: HostThread) {
        thread.pendingChain?.abandon()
        thread.pendingChain = nil
        switch thread.state {
        case .chain(let chain): chain.abandon()
        case .hostCall(let call): abandon(call)
        case .running, .starting, .reentering: break
        }
        thread.state = .running
    }

    private func abandon(_ call: HostCall) {
        switch call.end {
        case .clone(let pending):
            if pendingClones.removeValue(forKey: pending.cookie) != nil { kernel.abandon(pending.child) }
        case .exec(let pending):
            platform.executions.end(in: pending.task.group)
            kernel.abandonsExecution(pending.task, before: pending.hadExecuted)
            if let shared = pending.shared { sentry.endSplit(of: shared) }
        case .unsharedFiles(let former): sentry.endSplit(of: former)
        case .result, .value, .awaitedSignal, .signalRecords: break
        }
    }

    // MARK: What the listener asked for

    /// Interrupts tasks as their call is answered: those whose parked call a signal ends, as without the interruption a
    /// restart code could reach the program as an errno, and those whose thread has more to do first.
    private func runInterruptions() {
        for work in platform.takeTracerWork() { work() }
        while let thread = platform.interruptions.popLast() {
            guard let answer = thread.pendingAnswer else { continue }
            thread.pendingAnswer = nil
            _ = chost_trace_interrupt(thread.tid)
            platform.answer(thread, answer)
        }
    }

    /// A signal to the sentry itself: the terminal's are for who is in front, and what somebody sends (kill(2)) is for the
    /// program.
    private func forward(_ signal: Int32, isSent: Bool) {
        guard let group = sentry.initialGroup else { return }
        let info = SignalInfo(Signal(rawValue: signal), code: SignalInfo.kernelCode, pid: 0, uid: 0)
        let members = isSent ? [group] : (kernel.terminal.foreground ?? group.processGroup).groupMembers.map { $0 }
        for member in members {
            if let task = member.liveThread { platform.deliver(info, to: task, wholeGroup: true) }
        }
        platform.settle()
    }
}
