import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

// clone, clone3, fork and vfork: the model makes the child first, then the host makes its thread.
extension Tracer {
    /// A clone that trapped: the model makes the child, and the task makes a host call that no filter minds.
    func retryClone(_ thread: HostThread, _ registers: user_regs_struct) {
        do throws(Refusal) {
            var original = registers
            original.orig_rax = registers.rax
            var changed = try prepareClone(thread, original)
            changed.rax = changed.orig_rax
            changed.orig_rax = .max
            changed.rip &-= 2
            _ = chost_trace_set_registers(thread.tid, &changed)
        } catch {
            sentry.tracing?.record(thread.task, thread.call, thread.arguments, error)
            var changed = registers
            changed.rax = UInt64(bitPattern: Int64(-error.errno.rawValue))
            _ = chost_trace_set_registers(thread.tid, &changed)
        }
        resume(thread.tid)
    }

    func startClone(_ thread: HostThread, _ registers: user_regs_struct) throws(Refusal) {
        // The host call of a clone that trapped: all is prepared.
        if case .cloning = thread.stage {
            resumeToCallEnd(thread.tid)
            return
        }
        var changed = try prepareClone(thread, registers)
        _ = chost_trace_set_registers(thread.tid, &changed)
        resumeToCallEnd(thread.tid)
    }

    /// Makes the child in the model; returns the registers of the host call.
    private func prepareClone(
        _ thread: HostThread, _ registers: user_regs_struct
    ) throws(Refusal) -> user_regs_struct {
        guard let call = try CloneCall.decode(thread.call, thread.arguments, of: thread.task) else {
            throw Refusal(.ENOSYS)
        }
        // The child runs the stub's code for this; a program that has unmapped the stub goes without.
        if call.request.flags.contains(.clearSighand), chost_stub_clear_address(thread.tid) == 0 {
            throw Refusal(.ENOMEM)
        }
        let child = try call.makeChild(of: thread.task)
        child.hostThread = UnbornThread()
        thread.stage = .cloning(
            PendingClone(
                child: child, request: call.request, registers: registers, parentTID: call.parentTID,
                childTID: call.childTID, pidfd: call.pidfd))
        var changed = registers
        changed.orig_rax = UInt64(SyscallNumber.clone.rawValue)
        changed.rdi =
            hostFlags(call.request.flags).rawValue
            | (call.request.flags.contains(.thread) ? 0 : UInt64(SIGCHLD))
        changed.rsi = call.stack.rawValue
        changed.rdx = 0
        changed.r10 = call.childTID.rawValue
        changed.r8 = call.tls
        return changed
    }

    /// What the host is asked to share. No namespaces; thread numbers are written here, as the host's differ; every
    /// process becomes the sentry's own child, so that none is left behind.
    private func hostFlags(_ flags: CloneFlags) -> CloneFlags {
        let kept: CloneFlags = [.vm, .fs, .files, .sighand, .thread, .vfork, .setTLS, .childClearTID, .sysvsem, .io]
        return flags.intersection(kept).union(flags.contains(.thread) ? [] : .parent)
    }

    /// The parent's event names the child's host number. The child waits, stopped, until it is let go.
    func born(parent tid: pid_t) {
        defer { resumeToCallEnd(tid) }
        guard let thread = platform.thread(tid), case .cloning(var pending) = thread.stage else { return }
        let childTID = pid_t(truncatingIfNeeded: chost_trace_event_message(tid))
        guard childTID > 0 else { return }
        pending.childHostTID = childTID
        thread.stage = .cloning(pending)
        let isThread = pending.request.flags.contains(.thread)
        let child = HostThread(tid: childTID, tgid: isThread ? thread.tgid : childTID, task: pending.child)
        child.stage = .starting
        child.hasClockFilter = thread.hasClockFilter
        platform.add(child)
        pending.child.adopt(memory: HostMemory(tid: childTID))
        if pending.request.flags.contains(.parentSetTID) {
            try? thread.task.memory.store(pending.child.pid.number(in: thread.task.pidNamespace), at: pending.parentTID)
        }
        if pending.request.flags.contains(.childSetTID) { child.pendingChildTID = pending.childTID }
        child.registersAtBirth = pending.registers
        child.clearsHandlers = pending.request.flags.contains(.clearSighand)
        if earlyStops.remove(childTID) != nil { letGo(child) }
    }

    /// The child's first stop: its registers become what the guest expects, and it runs.
    func letGo(_ thread: HostThread) {
        thread.stage = .running
        if let address = thread.pendingChildTID { try? thread.task.memory.store(thread.task.tid, at: address) }
        var registers = user_regs_struct()
        if let original = thread.registersAtBirth, chost_trace_get_registers(thread.tid, &registers) == 0 {
            restoreArguments(of: original, in: &registers)
            if thread.clearsHandlers { clearHandlers(of: thread, &registers) }
            _ = chost_trace_set_registers(thread.tid, &registers)
        }
        thread.registersAtBirth = nil
        thread.pendingChildTID = nil
        if case .running = thread.stage, needsClockFilter(thread) { enterTime(thread) } else { resume(thread.tid) }
    }

    /// CLONE_CLEAR_SIGHAND: the host's clone3 reads its flags from memory that the program could change meanwhile, so the
    /// child has copies of the handlers, and clears them itself before all else, with no signal coming between.
    private func clearHandlers(of thread: HostThread, _ registers: inout user_regs_struct) {
        let state = SignalState(tid: thread.tid)
        let address = chost_stub_clear_address(thread.tid)
        guard address != 0, state.caught | state.ignored != 0 else { return }
        thread.stage = .clearing(registers, chost_trace_blocked(thread.tid))
        _ = chost_trace_block(thread.tid, .max)
        registers.rip = address
        registers.rbx = state.caught
        registers.r12 = state.ignored
    }

    /// The child's handlers are cleared, and it begins.
    func begin(_ thread: HostThread, _ registers: user_regs_struct, blocked: UInt64) {
        thread.stage = .running
        var registers = registers
        registers.orig_rax = .max
        _ = chost_trace_block(thread.tid, blocked)
        _ = chost_trace_set_registers(thread.tid, &registers)
        if needsClockFilter(thread) { installClockFilter(thread, registers) } else { resume(thread.tid) }
    }

    /// A C library may keep values in argument registers across the call (glibc's vfork does).
    func restoreArguments(of original: user_regs_struct, in registers: inout user_regs_struct) {
        registers.rdi = original.rdi
        registers.rsi = original.rsi
        registers.rdx = original.rdx
        registers.r10 = original.r10
        registers.r8 = original.r8
        registers.r9 = original.r9
    }

    func finishClone(_ thread: HostThread, _ pending: PendingClone) {
        thread.stage = .running
        var registers = user_regs_struct()
        guard chost_trace_get_registers(thread.tid, &registers) == 0 else {
            resume(thread.tid)
            return
        }
        restoreArguments(of: pending.registers, in: &registers)
        if pending.childHostTID == 0 {
            // The host refused or a signal came first; in that case the call is made again from the original registers.
            kernel.abandon(pending.child)
            registers.orig_rax = pending.registers.orig_rax
            sentry.tracing?.record(
                thread.task, thread.call, thread.arguments,
                Refusal(LinuxABI.Errno(rawValue: Int32(truncatingIfNeeded: -Int64(bitPattern: registers.rax)))))
        } else {
            let number = Int64(pending.child.pid.number(in: thread.task.pidNamespace))
            registers.rax = UInt64(bitPattern: number)
            sentry.tracing?.record(thread.task, thread.call, thread.arguments, Outcome.value(number))
            if pending.request.flags.contains(.pidfd) {
                // Descriptors are installed in a notification: let the task make the pseudo call that asks for it.
                thread.cloneFinish = CloneFinish(child: pending.child, pidfd: pending.pidfd, result: number)
                registers.rip &-= 2
                registers.rax = UInt64(CHOST_CALL_FINISH_CLONE)
            }
        }
        _ = chost_trace_set_registers(thread.tid, &registers)
        resume(thread.tid)
    }
}

extension HostPlatform {
    /// CLONE_PIDFD: installs the child's pidfd in the parent and writes its number.
    func storePIDFD(of finish: CloneFinish, for parent: Task) {
        guard let file = try? parent.kernel.makeProcessFile(of: finish.child, thread: false, for: parent),
            let fd = try? parent.install(file, closeOnExec: true)
        else { return }
        try? parent.memory.store(fd, at: finish.pidfd)
    }
}
