import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Synchronization
import Syscalls

/// The thread that answers notifications: one call at a time, each under the kernel's lock.
struct Listener: Sendable {
    let sentry: Sentry
    let descriptor: Int32

    /// Serves until no task is left that could call.
    func run() {
        var notification = chost_notification()
        while true {
            let reaped = sentry.platform.reapedCount.load(ordering: .acquiring)
            let status = unsafe chost_notification_receive(descriptor, &notification)
            if status == -EINTR { continue }
            // The task died between its call and our receiving it, or was the last one.
            if status == -ENOENT {
                if chost_notification_is_hung_up(descriptor) != 0 { return }
                continue
            }
            if status < 0 { return }
            let request = notification
            let answer = sentry.locked { () -> CallEnd in
                // When somebody has been reaped since, the number may be another task's by now.
                if sentry.platform.reapedCount.load(ordering: .relaxed) != reaped,
                    chost_notification_is_valid(descriptor, request.id) == 0
                {
                    return .later
                }
                return sentry.answer(request)
            }
            switch answer {
            case .value(let value): _ = chost_notification_answer(descriptor, request.id, value, 0)
            case .failure(let errno): _ = chost_notification_answer(descriptor, request.id, 0, -errno.rawValue)
            case .continueOnHost: _ = chost_notification_continue(descriptor, request.id)
            case .later: break
            }
        }
    }
}

extension Sentry {
    /// Answers a notification of a task that waits for it.
    func answer(_ request: chost_notification) -> CallEnd {
        guard let thread = platform.thread(pid_t(bitPattern: request.tid)) else { return .failure(.ENOSYS) }
        if hold(request, of: thread.task.files) { return .later }
        thread.notification = request.id
        thread.recentCalls &+= 1
        thread.call = request.number
        thread.arguments = Arguments(
            request.arguments.0, request.arguments.1, request.arguments.2, request.arguments.3, request.arguments.4,
            request.arguments.5)
        if thread.loading != nil { return answerLoader(thread) }
        if request.number >= 512 { return answerTracer(thread) }
        // The image adds the offset to what the host's vDSO says, which for some clocks makes a call.
        if request.number == SyscallNumber.clock_gettime.rawValue,
            TimeNamespace.isShifted(clock: Arguments.int(thread.arguments.a0)),
            thread.clocks.image?.movedFunctions.contains(request.instruction_pointer) == true
        {
            return .continueOnHost
        }
        let answer = answering(thread) { runner.begin(thread.systemCall, of: thread.task) }
        thread.callMayRestart = if case .continueOnHost = answer { true } else { false }
        platform.settle()
        return platform.lagsBehind(thread) ? afterInterruption(thread, answer) : answer
    }

    /// What the call has made of the task asks for more than the common filter: the tracer is to see to that before the task
    /// goes on.
    private func afterInterruption(_ thread: HostThread, _ answer: CallEnd) -> CallEnd {
        switch answer {
        case .value(let value): platform.interrupt(thread, answer: .success(value))
        case .failure(let errno): platform.interrupt(thread, answer: .failure(errno))
        case .continueOnHost, .later: return answer
        }
        return .later
    }

    /// A notification that a chain of host calls makes (`Chain.Step.notify`). Nobody else can make it; other numbers that
    /// Linux does not have are nobody's.
    private func answerTracer(_ thread: HostThread) -> CallEnd {
        guard thread.call == UInt32(CHOST_CALL_NOTIFY), case .chain(let chain) = thread.state, chain.isInCall,
            case .notify(let work) = chain.current
        else { return .failure(.ENOSYS) }
        switch work {
        case .storePIDFD(let child, let address):
            platform.storePIDFD(of: child, at: address, for: thread.task)
            return .value(0)
        case .call(let number, let arguments):
            thread.call = number
            thread.arguments = arguments
            let answer = runner.begin(thread.systemCall, of: thread.task)
            platform.settle()
            return answer
        }
    }

    /// The loader stub's calls. While it runs nobody else can write its memory, and its calls are compared with what it was
    /// told to do; anything else ends the process.
    private func answerLoader(_ thread: HostThread) -> CallEnd {
        guard var loading = thread.loading else { return .failure(.ENOSYS) }
        guard var expected = loading.expected else {
            guard thread.call == UInt32(CHOST_CALL_LOAD), let calls = platform.load(loading.plan, into: thread) else {
                return .failure(.ENOEXEC)
            }
            loading.expected = calls
            thread.loading = loading
            return .later
        }
        guard let next = expected.first, next.number == thread.call, next.arguments == thread.arguments else {
            _ = kill(thread.tgid, SIGKILL)
            return .failure(.ENOSYS)
        }
        expected.removeFirst()
        loading.expected = expected
        thread.loading = expected.isEmpty ? nil : loading
        guard thread.call == UInt32(CHOST_CALL_LOADED) else { return .continueOnHost }
        return platform.lagsBehind(thread) ? afterInterruption(thread, .value(0)) : .value(0)
    }
}
