import CHostLinux
import Credentials
import Kernel
import LinuxABI
import Synchronization
import Syscalls

/// The running sentry: the kernel, the host's view of its tasks, and the lock that guards both.
///
/// The listener thread and the tracer thread each take the lock for one event; everything below is reached only
/// while it is held, which is what makes sharing this object between them sound.
final class Sentry: @unchecked Sendable {
    private let lock = Mutex(())
    let kernel: Kernel
    let platform: HostPlatform
    let dispatcher: Dispatcher
    let tracing: TraceSink?
    /// The first process: when it is gone, so is the sandbox.
    var initialGroup: ThreadGroup?

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
        guard let thread = platform.hostThread(of: task) else { return }
        do throws(Refusal) {
            let outcome = try dispatcher.call(call.number, call.arguments, of: task)
            switch outcome {
            case .value(let value):
                tracing?.record(task, call.number, call.arguments, outcome)
                platform.answer(thread, .success(value))
            case .continueOnHost: platform.answerContinue(thread)
            case .park(let queue, let restart, let deadline):
                park(thread, on: queue, restart: restart, deadline: deadline)
            case .changeMemory(let change):
                if platform.begin(change, in: thread) { return }
                _ = change.finish(.failure(.ENOMEM))
                platform.answer(thread, .failure(.ENOMEM))
            }
        } catch {
            tracing?.record(task, call.number, call.arguments, error)
            platform.answer(thread, .failure(error.errno))
        }
    }

    /// Answers a call at a tracer's stop, where nothing can be installed and the host's own call is not to be had.
    ///
    /// Nil for a call that does not return, as the caller is being killed (reboot).
    func answerAtStop(_ thread: HostThread) -> Int64? {
        let task = thread.task
        do throws(Refusal) {
            let outcome = try dispatcher.call(thread.call, thread.arguments, of: task)
            tracing?.record(task, thread.call, thread.arguments, outcome)
            // What would go on natively is what the other filter refuses.
            switch outcome {
            case .value(let value): return value
            case .park: return nil
            case .continueOnHost: throw Refusal(.ENOMEM)
            case .changeMemory(let change):
                _ = change.finish(.failure(.ENOMEM))
                throw Refusal(.ENOMEM)
            }
        } catch {
            tracing?.record(task, thread.call, thread.arguments, error)
            return Int64(-error.errno.rawValue)
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
