import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

// execve and execveat: the model settles everything, then the host executes the loader stub and nothing else.
extension Tracer {
    func startExec(_ thread: HostThread, _ registers: user_regs_struct) throws(Refusal) {
        let task = thread.task
        let arguments = thread.arguments
        let call = try ExecCall(task, thread.call, arguments)
        if call.isCheck {
            try ExecPlan.check(task, call)
            sentry.tracing?.record(task, thread.call, arguments, Outcome.success)
            skip(thread.tid, registers, result: 0)
            return
        }
        let plan = try ExecPlan.make(
            task, path: call.path, from: call.base, options: call.options, shown: call.shownPath,
            isInaccessible: call.isInaccessible)
        let before = kernel.beginsExecution(task)
        thread.stage = .executing(PendingExec(plan: plan, registers: registers, hadExecuted: before))
        var changed = registers
        changed.orig_rax = UInt64(SyscallNumber.execveat.rawValue)
        changed.rdi = UInt64(UInt32(bitPattern: task.files.stubNumber))
        // The end of the guest's own path is an empty path. Should another thread change it meanwhile, the identity
        // check at the exec event kills the process.
        changed.rsi = call.pathAddress.advanced(by: call.path.count).rawValue
        changed.rdx = call.argumentsAddress
        changed.r10 = call.environmentAddress
        changed.r8 = UInt64(AT_EMPTY_PATH)
        _ = chost_trace_set_registers(thread.tid, &changed)
        resumeToCallEnd(thread.tid)
    }

    /// The host could not execute the stub: bad argument pointers, too many arguments, no memory.
    func failExec(_ thread: HostThread, _ pending: PendingExec) {
        thread.stage = .running
        kernel.abandonsExecution(thread.task, before: pending.hadExecuted)
        var registers = user_regs_struct()
        if chost_trace_get_registers(thread.tid, &registers) == 0 {
            let result = registers.rax
            registers = pending.registers
            registers.rax = result
            _ = chost_trace_set_registers(thread.tid, &registers)
            sentry.tracing?.record(
                thread.task, thread.call, thread.arguments,
                Refusal(LinuxABI.Errno(rawValue: Int32(truncatingIfNeeded: -Int64(bitPattern: result)))))
        }
        resume(thread.tid)
    }

    func executed(_ tid: pid_t) {
        let former = pid_t(truncatingIfNeeded: chost_trace_event_message(tid))
        guard let thread = platform.thread(former) ?? platform.thread(tid), case .executing(let pending) = thread.stage,
            platform.isStub(tid)
        else {
            // Not our stub, or not by our doing: nothing of it may run.
            _ = kill(tid, SIGKILL)
            resume(tid)
            return
        }
        platform.forgetSiblings(of: thread)
        if thread.tid != tid { platform.renumber(thread, from: thread.tid, to: tid) }
        thread.stage = .running
        thread.task.adopt(memory: HostMemory(tid: tid))
        thread.loaderDescriptors = []
        sentry.tracing?.record(thread.task, thread.call, thread.arguments, Outcome.success)
        kernel.executed(thread.task, pending.plan.commit)
        thread.load = LoadPlan(plan: pending.plan)
        platform.settle()
        if thread.task.namespaces?.time.hasOffsets == true {
            // At the call's end the new program's registers are there to be changed.
            thread.stage = .enteringProgram
            resumeToCallEnd(tid)
        } else {
            resume(tid)
        }
    }
}

extension HostPlatform {
    /// Whether what `tid` executes is the loader stub.
    func isStub(_ tid: pid_t) -> Bool {
        var running = stat(), stub = stat()
        return stat("/proc/\(tid)/exe", &running) == 0 && fstat(placeholders.stub, &stub) == 0
            && running.st_ino == stub.st_ino && running.st_dev == stub.st_dev
    }
}
