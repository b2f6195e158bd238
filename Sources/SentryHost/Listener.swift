import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

/// The thread that answers notifications: one call at a time, each under the kernel's lock.
struct Listener: Sendable {
    let sentry: Sentry
    let descriptor: Int32

    /// How a notification is answered, decided under the lock and sent after it.
    private enum Answer: Sendable {
        case value(Int64)
        case failure(LinuxABI.Errno)
        case continueOnHost
        /// Parked, or answered elsewhere.
        case none
    }

    /// Serves until the listener is closed.
    func run() {
        var notification = chost_notification()
        while true {
            let status = chost_notification_receive(descriptor, &notification)
            // ENOENT: the task died between its call and our receiving it.
            if status == -ENOENT || status == -EINTR { continue }
            if status < 0 { return }
            let request = notification
            switch sentry.locked({ answer(request) }) {
            case .value(let value): _ = chost_notification_answer(descriptor, request.id, value, 0)
            case .failure(let errno): _ = chost_notification_answer(descriptor, request.id, 0, -errno.rawValue)
            case .continueOnHost: _ = chost_notification_continue(descriptor, request.id)
            case .none: break
            }
        }
    }

    private func answer(_ request: chost_notification) -> Answer {
        guard let thread = sentry.platform.thread(pid_t(bitPattern: request.tid)) else { return .failure(.ENOSYS) }
        thread.notification = request.id
        thread.recentCalls &+= 1
        thread.call = request.number
        thread.arguments = Arguments(
            request.arguments.0, request.arguments.1, request.arguments.2, request.arguments.3, request.arguments.4,
            request.arguments.5)
        if request.number >= 512 || !thread.loaderDescriptors.isEmpty, let answer = answerLoader(thread) {
            return answer
        }
        let answer = dispatch(thread)
        thread.callMayRestart = if case .continueOnHost = answer { true } else { false }
        sentry.platform.settle()
        if thread.task.files.showsSignals, !thread.followsCalls { return follow(thread, answer) }
        return answer
    }

    /// A task that has got a signalfd is to stop at every call; that begins with a stop at the end of this one.
    private func follow(_ thread: HostThread, _ answer: Answer) -> Answer {
        switch answer {
        case .value(let value): sentry.platform.interrupt(thread, answer: .success(value))
        case .failure(let errno): sentry.platform.interrupt(thread, answer: .failure(errno))
        case .continueOnHost, .none: return answer
        }
        return .none
    }

    private func dispatch(_ thread: HostThread) -> Answer {
        let task = thread.task
        // The tracer's own calls (`Tracer.unshareFiles`, `Tracer.installClockFilter`).
        switch thread.stage {
        case .unsharing: return .continueOnHost
        case .installingFilter where thread.call == SyscallNumber.seccomp.rawValue: return .continueOnHost
        default: break
        }
        do throws(Refusal) {
            let outcome = try sentry.dispatcher.call(thread.call, thread.arguments, of: task)
            sentry.tracing?.record(task, thread.call, thread.arguments, outcome)
            switch outcome {
            case .value(let value):
                if thread.call == SyscallNumber.setns.rawValue, sentry.platform.needsClockFilter(thread) {
                    sentry.platform.interrupt(thread, answer: .success(value))
                    return .none
                }
                return .value(value)
            case .continueOnHost: return .continueOnHost
            case .park(let queue, let restart, let deadline):
                sentry.park(thread, on: queue, restart: restart, deadline: deadline)
                return .none
            case .changeMemory(let change):
                if sentry.platform.begin(change, in: thread) { return .none }
                _ = change.finish(.failure(.ENOMEM))
                return .failure(.ENOMEM)
            }
        } catch {
            sentry.tracing?.record(task, thread.call, thread.arguments, error)
            return .failure(error.errno)
        }
    }

    /// The pseudo calls and the loader stub's closes; nil for anything else.
    private func answerLoader(_ thread: HostThread) -> Answer? {
        switch thread.call {
        case UInt32(CHOST_CALL_LOAD):
            guard let load = thread.load else { return .failure(.ENOSYS) }
            thread.load = nil
            return sentry.platform.load(load.plan, into: thread) ? .value(0) : .failure(.ENOEXEC)
        case UInt32(CHOST_CALL_FINISH_CLONE):
            guard let finish = thread.cloneFinish else { return .failure(.ENOSYS) }
            thread.cloneFinish = nil
            sentry.platform.storePIDFD(of: finish, for: thread.task)
            return .value(finish.result)
        case UInt32(SyscallNumber.close.rawValue):
            let fd = Arguments.int(thread.arguments.a0)
            guard let index = thread.loaderDescriptors.firstIndex(of: fd), thread.task.files[fd] == nil else {
                return nil
            }
            thread.loaderDescriptors.remove(at: index)
            return .continueOnHost
        case 512...: return .failure(.ENOSYS)
        default: return nil
        }
    }
}
