import CHostLinux
import Glibc
import Kernel
import LinuxABI

/// A host call that lets a task run.
enum DeferredAction: Sendable {
    case answer(UInt64, value: Int64, error: Int32)
    case continueCall(UInt64)
    /// ptrace's request as `chost_trace_resume` numbers it; only the tracer's events add these.
    case resume(pid_t, request: Int32, signal: Int32)
}

// Results of calls, and what lets tasks run.
extension HostPlatform {
    func complete(_ task: Task, _ result: Result<Int64, LinuxABI.Errno>) {
        guard let thread = hostThread(of: task) else { return }
        answer(thread, result)
    }

    func answer(_ thread: HostThread, _ result: Result<Int64, LinuxABI.Errno>) {
        stopPolling(thread)
        switch result {
        case .success(let value): deferred.append(.answer(thread.notification, value: value, error: 0))
        case .failure(let errno):
            thread.callMayRestart = errno == .ERESTARTSYS
            deferred.append(.answer(thread.notification, value: 0, error: -errno.rawValue))
        }
    }

    func answerContinue(_ thread: HostThread) {
        thread.callMayRestart = true
        deferred.append(.continueCall(thread.notification))
    }

    /// Does what an event deferred; the lock is no longer held.
    func perform(_ actions: [DeferredAction]) {
        for action in actions {
            switch action {
            case .answer(let id, let value, let error): _ = chost_notification_answer(listener, id, value, error)
            case .continueCall(let id): _ = chost_notification_continue(listener, id)
            case .resume(let tid, let request, let signal): _ = chost_trace_resume(tid, request, signal)
            }
        }
    }

    /// Takes what was deferred, at the end of an event.
    func takeDeferred() -> [DeferredAction] {
        if deferred.isEmpty { return [] }
        defer { deferred.removeAll() }
        return deferred
    }
}
