import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

// clone, clone3, fork and vfork: the model makes the child first, then the host makes its thread.
extension Tracer {
    func startClone(_ thread: HostThread, _ registers: user_regs_struct) throws(Refusal) {
        guard let call = try CloneCall.decode(thread.call, thread.arguments, of: thread.task) else {
            throw Refusal(.ENOSYS)
        }
        let child = try call.makeChild(of: thread.task)
        child.hostThread = PendingHostThread()
        let pending = PendingClone(
            child: child, call: call, cookie: nextCookie, parent: thread, registers: registers,
            limitChanges: platform.limitChanges)
        nextCookie &+= 1
        pendingClones[pending.cookie] = pending
        permit(thread, hostCall(pending))
    }

    /// A clone(2), whatever the program's own call is: all that the host needs is in registers, and no filter minds.
    private func hostCall(_ pending: PendingClone) -> HostCall {
        let flags = pending.call.request.flags
        let signal = flags.contains(.thread) ? 0 : UInt64(SIGCHLD)
        return HostCall(
            number: .clone,
            arguments: Arguments(
                hostFlags(flags).rawValue | signal, pending.call.stack.rawValue, 0, pending.call.childTID.rawValue,
                pending.call.tls, pending.cookie),
            saved: pending.registers, end: .clone(pending))
    }

    /// What the host is asked to share. No namespaces; thread numbers are written here, as the host's differ; every
    /// process becomes the sentry's own child, so that none is left behind.
    private func hostFlags(_ flags: CloneFlags) -> CloneFlags {
        let kept: CloneFlags = [.vm, .fs, .files, .sighand, .thread, .vfork, .setTLS, .childClearTID, .sysvsem, .io]
        return flags.intersection(kept).union(flags.contains(.thread) ? [] : .parent)
    }

    // MARK: The child

    /// The parent's event names the child's host number.
    func born(of parent: HostThread) {
        let tid = pid_t(truncatingIfNeeded: chost_trace_event_message(parent.tid))
        if case .hostCall(let call) = parent.state, case .clone(let pending) = call.end { adopt(pending, tid) }
        resume(parent)
    }

    /// A parent that is being killed tells of no event, but its registers have the result.
    func cloneMayHaveSucceeded(_ parent: HostThread) {
        guard case .hostCall(let call) = parent.state, case .clone(let pending) = call.end,
            let registers = registers(of: parent), call.holds(registers),
            case .success(let number) = registers.result, let tid = pid_t(exactly: number)
        else { return }
        adopt(pending, tid)
    }

    /// A thread that nobody knows has stopped: a new one, which may be seen before its parent's event. Its registers, which
    /// it has not had the time to change, tell whose it is.
    func arrived(_ tid: pid_t, _ status: Int32) {
        var registers = user_regs_struct()
        guard unsafe chost_trace_get_registers(tid, &registers) == 0, registers.rip == CHOST_PERMIT,
            let pending = pendingClones[registers.r9]
        else {
            // Its parent was gone before it was known, and the model knows nothing of it.
            _ = kill(tid, SIGKILL)
            platform.deferred.append(.resume(tid, request: 0, signal: 0))
            return
        }
        unknownDeaths[tid] = nil
        adopt(pending, tid)
        if let child = platform.thread(tid) { letGo(child) }
        platform.settle()
    }

    /// Joins the host's new thread to the model's, once.
    private func adopt(_ pending: PendingClone, _ tid: pid_t) {
        guard tid > 0, pendingClones.removeValue(forKey: pending.cookie) != nil else { return }
        let flags = pending.call.request.flags
        let child = HostThread(
            tid: tid, tgid: flags.contains(.thread) ? pending.parent.tgid : tid, task: pending.child)
        child.state = .starting(
            NewInodeAttributes(
                registers: pending.registers, childTID: flags.contains(.childSetTID) ? pending.call.childTID : nil,
                clearsHandlers: flags.contains(.clearSighand)))
        child.clocks = pending.parent.clocks
        child.hasSealedPages = pending.parent.hasSealedPages
        platform.add(child)
        pending.child.adopt(memory: HostMemory(tid: tid))
        if !flags.contains(.thread) {
            platform.inheritLimits(child, from: pending.parent.task, changes: pending.limitChanges)
        }
        // Another thread's exec may have taken the parent's place already.
        if flags.contains(.parentSetTID), !platform.isLoading(pending.parent.task) {
            let parent = pending.parent.task
            try? parent.memory.store(
                pending.child.pid.number(in: parent.pidNamespace), at: pending.call.parentTID)
        }
        let death = unknownDeaths.removeValue(forKey: tid)
        if pendingClones.isEmpty { unknownDeaths = [:] }
        if let death { ended(tid, death.status, death.usage) }
    }

    /// The child's first stop: its registers become what the guest expects, and it runs.
    func letGo(_ thread: HostThread) {
        guard case .starting(let birth) = thread.state, var registers = registers(of: thread) else {
            return resume(thread)
        }
        thread.state = .running
        if let address = birth.childTID { try? thread.task.memory.store(thread.task.tid, at: address) }
        // A C library may keep values in argument registers across the call (glibc's vfork does).
        registers.setArguments(birth.registers.arguments)
        registers.rip = birth.registers.rip
        registers.orig_rax = .max
        registers.rax = 0
        if birth.clearsHandlers { thread.pendingChain = clearHandlers(of: thread) }
        resumeInProgram(thread, registers)
    }

    /// CLONE_CLEAR_SIGHAND, which clone(2) does not know: the child has copies of the handlers, and gives them up first
    /// (flush_signal_handlers).
    private func clearHandlers(of thread: HostThread) -> Chain? {
        let state = SignalState(tid: thread.tid)
        let steps = (1...64).compactMap { (number: Int32) -> Chain.Step? in
            let bit = Signal(rawValue: number).bit
            guard (state.caught | state.ignored) & bit != 0 else { return nil }
            let action = state.ignored & bit != 0 ? SealedPages.ignoringAction : SealedPages.defaultAction
            return .call(.rt_sigaction, Arguments(UInt64(number), action, 0, 8), counts: false)
        }
        return steps.isEmpty ? nil : Chain(steps)
    }

    // MARK: The parent's result

    func finishClone(_ thread: HostThread, _ pending: PendingClone, _ registers: user_regs_struct) {
        switch registers.result {
        case .failure(let errno):
            // The host refused, or a signal came first; then the program's own call is made again.
            pendingClones[pending.cookie] = nil
            kernel.abandon(pending.child)
            sentry.tracing?.record(thread.task, thread.call, thread.arguments, Refusal(errno))
            resume(thread, with: registers)
        case .success(let tid):
            adopt(pending, pid_t(truncatingIfNeeded: tid))
            let number = Int64(pending.child.pid.number(in: thread.task.pidNamespace))
            sentry.tracing?.record(thread.task, thread.call, thread.arguments, Outcome.value(number))
            let returned = registers.returning(number)
            if pending.call.request.flags.contains(.pidfd) {
                // Descriptors are installed in a notification.
                begin(Chain([.notify(.storePIDFD(of: pending.child, at: pending.call.pidfd))]), thread, returned)
            } else {
                resume(thread, with: returned)
            }
        }
    }
}

extension HostPlatform {
    /// CLONE_PIDFD: installs the child's pidfd in the parent and writes its number.
    func storePIDFD(of child: Task, at address: UserAddress, for parent: Task) {
        guard let file = try? parent.kernel.makeProcessFile(of: child, thread: false, for: parent),
            let fd = try? parent.install(file, closeOnExec: true)
        else { return }
        try? parent.memory.store(fd, at: address)
    }
}
