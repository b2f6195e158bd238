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
    let tracing: TraceSink?
    let dispatcher: Dispatcher
    private(set) lazy var runner = CallRunner(dispatcher, on: self)
    /// The first process: when it is gone, so is the sandbox.
    var initialGroup: ThreadGroup?
    var splits = TableSplits()
    private let workers: Workers
    /// What workers do at present: how it ends.
    private var inquiries: [UInt64: () -> Void] = [:]
    private var nextInquiry: UInt64 = 0

    init(
        kernel: Kernel, platform: HostPlatform, dispatcher: Dispatcher, workers: Workers, tracing: TraceSink?
    ) {
        self.workers = workers
        self.kernel = kernel
        self.platform = platform
        self.dispatcher = dispatcher
        self.tracing = tracing
        platform.isTraced = tracing != nil
    }

    /// Lets a call go on that did not end when it was made.
    func goOn(_ call: HeldCall) {
        let task = call.task
        guard !task.isExiting, let thread = platform.hostThread(of: task) else {
            if case .woken(let woken) = call { woken.call.abandon() }
            return
        }
        if !splits.isEmpty, splits.hold(call) { return }
        switch call {
        case .woken(let woken): end(answering(thread) { runner.resume(woken, of: thread.systemCall) }, of: thread)
        case .worked(let work, _):
            end(answering(thread) { runner.goOn(work, thread.systemCall, of: task) }, of: thread)
        }
    }

    /// Lets the host answer the thread's call while `body` carries it out, if what it installs is the answer.
    func answering(_ thread: HostThread, _ body: () -> CallEnd) -> CallEnd {
        thread.mayBeAnswered = true
        thread.isAnswered = false
        defer { thread.mayBeAnswered = false }
        let end = body()
        guard thread.isAnswered else { return end }
        platform.stopPolling(thread)
        return .later
    }

    /// Answers a call that did not end when it was made.
    func end(_ end: CallEnd, of thread: HostThread) {
        switch end {
        case .value(let value): platform.answer(thread, .success(value))
        case .failure(let errno): platform.answer(thread, .failure(errno))
        case .continueOnHost: platform.answerContinue(thread)
        case .later: break
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

extension Sentry: CallHost {
    func waits(_ task: Task) {
        guard let thread = platform.hostThread(of: task) else { return }
        platform.watch(thread)
        platform.lookForSignals(thread)
    }

    func make(_ calls: HostCallSequence, for task: Task) -> CallEnd {
        if let thread = platform.hostThread(of: task), begin(calls, in: thread) { return .later }
        _ = calls.finish(.failure(.ENOMEM))
        return .failure(.ENOMEM)
    }

    func start(_ work: HostWork, for task: Task) {
        ask(work.perform) { [self] in
            work.finish()
            task.isInHostWork = false
            goOn(.worked(work, task))
            platform.settle()
        }
    }

    /// Has a worker do something; `conclude` runs under the lock then.
    func ask(_ perform: @escaping @Sendable () -> Void, conclude: @escaping () -> Void) {
        let number = nextInquiry
        nextInquiry &+= 1
        inquiries[number] = conclude
        workers.start { [self] in
            perform()
            locked { inquiries.removeValue(forKey: number)?() }
        }
    }

    func record(_ outcome: Outcome, of call: SystemCall, by task: Task) {
        tracing?.record(task, call.number, call.arguments, outcome)
    }

    func record(_ refusal: Refusal, of call: SystemCall, by task: Task) {
        tracing?.record(task, call.number, call.arguments, refusal)
    }
}
