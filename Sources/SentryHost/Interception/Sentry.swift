import CHostLinux
import Credentials
import Kernel
import LinuxABI
import Synchronization
import Syscalls

/// The running sentry: the kernel, the host's view of its tasks, and the lock that guards both.
///
/// Each thread of the sentry (listener, tracer, balancer, readiness) takes the lock for one event; everything below is
/// reached only while it is held, which is what makes sharing this object between them sound. Who holds it never waits for
/// a task.
final class Sentry: @unchecked Sendable {
    private let lock = Mutex(())
    let kernel: Kernel
    let platform: HostPlatform
    let dispatcher: Dispatcher
    let tracing: TraceSink?
    /// The first process: when it is gone, so is the sandbox.
    var initialGroup: ThreadGroup?
    var splits = TableSplits()

    init(kernel: Kernel, platform: HostPlatform, dispatcher: Dispatcher, tracing: TraceSink?) {
        self.kernel = kernel
        self.platform = platform
        self.dispatcher = dispatcher
        self.tracing = tracing
    }

    /// Leaves `thread` waiting in its call.
    func park(_ thread: HostThread, on queue: WaitQueue, restart: LinuxABI.Errno, deadline: UInt64?) {
        let call = ParkedCall(
            number: thread.call, arguments: thread.arguments, queue: queue, restart: restart, deadline: deadline)
        kernel.park(thread.task, in: call)
        platform.watch(thread)
    }

    /// Dispatches a parked call again, because what it waits for may have come.
    func redispatch(_ task: Task, _ call: ParkedCall) {
        guard let thread = platform.hostThread(of: task), splits.isEmpty || !splits.hold(task, call) else { return }
        do throws(Refusal) {
            let outcome = try dispatcher.call(call.number, call.arguments, of: task)
            switch outcome {
            case .value(let value):
                tracing?.record(task, call.number, call.arguments, outcome)
                platform.answer(thread, .success(value))
            case .continueOnHost: platform.answerContinue(thread)
            case .park(let queue, let restart, let deadline):
                park(thread, on: queue, restart: restart, deadline: deadline)
            case .callHost(let calls):
                if begin(calls, in: thread) { return }
                _ = calls.finish(.failure(.ENOMEM))
                platform.answer(thread, .failure(.ENOMEM))
            }
        } catch {
            tracing?.record(task, call.number, call.arguments, error)
            platform.answer(thread, .failure(error.errno))
        }
    }

    /// Runs `body` under the lock, then lets go whom it answered or resumed.
    func locked<T: Sendable>(_ body: () -> T) -> T {
        var actions: [DeferredAction] = []
        let result = lock.withLock { _ in
            let result = body()
            actions = platform.takeDeferred()
            return result
        }
        platform.perform(actions)
        return result
    }
}
