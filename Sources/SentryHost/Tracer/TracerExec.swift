import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

// execve and execveat: the model settles everything, then the host executes the loader stub and nothing else.
extension Tracer {
    func startExec(_ thread: HostThread, _ registers: user_regs_struct, at stop: CallStop) throws(Refusal) {
        let task = thread.task
        let arguments = thread.arguments
        let call = try ExecCall(task, thread.call, arguments)
        if call.isCheck {
            try ExecPlan.check(task, call)
            sentry.tracing?.record(task, thread.call, arguments, Outcome.success)
            answer(thread, registers, 0, at: stop)
            return
        }
        let plan = try ExecPlan.make(
            task, path: call.path, from: call.base, options: call.options, shown: call.shownPath,
            isInaccessible: call.isInaccessible)
        // The first program is executed by code of ours, whose path ends in nobody else's memory.
        let path = thread.hasSealedPages ? SealedPages.emptyPath : call.pathAddress.rawValue &+ UInt64(call.path.count)
        let before = kernel.beginsExecution(task)
        // The host splits a shared table somewhere on the way.
        let shared = task.files.users > 1 ? task.files : nil
        if let shared { sentry.beginSplit(of: shared) }
        platform.executions.begin(in: task.group)
        permit(
            thread,
            HostCall(
                number: .execveat,
                arguments: Arguments(
                    UInt64(UInt32(bitPattern: task.files.stubNumber)), path, call.argumentsAddress,
                    call.environmentAddress, UInt64(AT_EMPTY_PATH), 0),
                saved: registers, end: .exec(PendingExec(task: task, plan: plan, hadExecuted: before, shared: shared))))
    }

    /// What executing the stub may fail with. Anything else tells that it was not the stub.
    private static let ordinaryFailures: Set<LinuxABI.Errno> = [
        .E2BIG, .EFAULT, .ENOMEM, .EAGAIN, .EINTR, .EMFILE, .ENFILE, .ERESTARTNOINTR,
    ]

    /// The host could not execute the stub: bad argument pointers, too many arguments, no memory.
    func failExec(_ thread: HostThread, _ pending: PendingExec, _ registers: user_regs_struct) {
        platform.executions.end(in: pending.task.group)
        kernel.abandonsExecution(thread.task, before: pending.hadExecuted)
        if let shared = pending.shared { sentry.endSplit(of: shared) }
        guard case .failure(let errno) = registers.result, Self.ordinaryFailures.contains(errno) else {
            return destroy(thread)
        }
        sentry.tracing?.record(thread.task, thread.call, thread.arguments, Refusal(errno))
        resume(thread, with: registers)
    }

    func executed(_ tid: pid_t) {
        let former = pid_t(truncatingIfNeeded: chost_trace_event_message(tid))
        guard let thread = platform.thread(former) ?? platform.thread(tid), case .hostCall(let call) = thread.state,
            case .exec(let pending) = call.end, platform.isStub(tid)
        else {
            // Not our stub, or not by our doing: nothing of it may run.
            _ = kill(tid, SIGKILL)
            platform.deferred.append(.resume(tid, request: 0, signal: 0))
            return
        }
        let siblings = platform.forgetSiblings(of: thread)
        for sibling in siblings { abandonWork(of: sibling) }
        if thread.tid != tid { platform.renumber(thread, from: thread.tid, to: tid) }
        thread.state = .running
        platform.executions.end(in: pending.task.group)
        thread.task.adopt(memory: HostMemory(tid: tid))
        thread.lentDescriptors = []
        thread.clocks.dropMemory()
        sentry.tracing?.record(thread.task, thread.call, thread.arguments, Outcome.success)
        kernel.executed(thread.task, pending.plan.commit)
        // They and their tasks would keep each other alive.
        for sibling in siblings { sibling.task.hostThread = nil }
        if let shared = pending.shared { sentry.endSplit(of: shared) }
        thread.loading = LoadPlan(plan: pending.plan)
        thread.hasSealedPages = true
        platform.settle()
        // Not `resume`: what the profile asks for comes when the program is loaded.
        platform.deferred.append(.resume(tid, request: thread.followsCalls ? 1 : 0, signal: 0))
    }
}

extension HostPlatform {
    /// Whether what `tid` executes is the loader stub.
    func isStub(_ tid: pid_t) -> Bool {
        var running = stat()
        guard let stub = placeholders.stubIdentity, unsafe stat("/proc/\(tid)/exe", &running) == 0 else { return false }
        return UInt64(running.st_ino) == stub.inode && UInt64(running.st_dev) == stub.device
    }
}
