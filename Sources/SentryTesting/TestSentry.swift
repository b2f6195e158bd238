import Credentials
import Kernel
import LinuxABI
import Syscalls

/// A sentry in the test's own process: a kernel on a fake platform, with tasks that exist only in the model.
///
///     let sentry = try TestSentry()
///     let shell = try sentry.spawn(uid: 1000)
///     #expect(shell.call(.unshare, CloneFlags.newUser) == 0)
///
/// No host call is made, so tests run anywhere, at once and in parallel.
package final class TestSentry {
    package let kernel: Kernel
    package let platform: FakePlatform
    package let storage: FakeStorage
    package let world: MountBuilder
    package let dispatcher: Dispatcher
    /// Pid 1: root with every capability, unless the initializer said otherwise.
    package private(set) var initTask: TestTask
    private(set) lazy var runner = CallRunner(dispatcher, on: self)
    /// The last call of each task.
    private var calls: [ObjectIdentifier: SystemCall] = [:]
    private var works: [(Task, HostWork)] = []
    /// Whether work of the host waits for `finishWork` instead of being done at once.
    package var delaysWork = false
    /// Answers of calls that a handler leaves to the host; without one they return 0.
    package var hostCalls: [SyscallNumber: (TestTask, Arguments) -> Int64] = [:]
    /// The rule behind the last refusal, nil when the last call succeeded or failed by a plain fact.
    package var lastRule: Rule? { lastRefusal?.rule }
    /// The last call's, nil when it succeeded; with its explanation where `Kernel.wantsExplanations`.
    package internal(set) var lastRefusal: Refusal?

    /// The plan of the last execve(2) that succeeded.
    package private(set) var lastExec: ExecPlan?

    /// Tests of size make more tasks than a sandbox may have.
    package static let widest: SandboxLimits = {
        var limits = SandboxLimits()
        limits.tasks = SandboxLimits.taskRange.upperBound
        return limits
    }()

    /// `credentials` are init's; they default to root's.
    package init(
        profile: Profile = .linux, credentials make: (UserNamespace) -> Credentials = { .root(in: $0) },
        dispatcher: Dispatcher = .linux, limits: SandboxLimits = TestSentry.widest,
        world describe: (FakeStorage) -> MountPlan = { _ in MountPlan() }
    ) throws(Refusal) {
        let user = UserNamespace()
        storage = FakeStorage()
        platform = FakePlatform(storage: storage)
        self.dispatcher = dispatcher
        world = try MountBuilder(describe(storage), storage: storage, user: user)
        kernel = Kernel(
            platform: platform, profile: profile, mounts: world.mounts, user: user, hostname: Array("sentry".utf8),
            limits: limits)
        platform.kernel = kernel
        try world.mountKernelFiles(kernel)
        let fs = FSContext(root: world.root, workingDirectory: world.root)
        let task = try kernel.spawnInit(
            credentials: make(user), fs: fs, files: FDTable(budget: user.budget), memory: FakeMemory(),
            comm: Array("init".utf8))
        initTask = TestTask(task: task)
        initTask.sentry = self
        kernel.resume = { [weak self] woken in self?.resume(woken) }
    }

    /// A child of init with these IDs, and with every capability if `uid` is 0.
    package func spawn(
        uid: UInt32 = 0, gid: UInt32? = nil, groups: [UInt32] = [], capabilities: CapabilitySet? = nil
    ) throws(Refusal) -> TestTask {
        let child = try initTask.fork()
        child.task.setCredentials(
            .plain(uid: uid, gid: gid ?? uid, groups: groups, capabilities: capabilities, kernel.initialUserNamespace))
        return child
    }

    /// The task that `pid` numbers in the initial PID namespace.
    package func task(_ pid: Int64) -> TestTask? {
        kernel.initialPIDNamespace.task(Int32(truncatingIfNeeded: pid)).map { TestTask(task: $0, sentry: self) }
    }

    /// One call of `task`: the result, a negative errno, or `TestTask.waits`.
    func call(_ task: TestTask, _ number: SyscallNumber, _ arguments: Arguments) -> Int64 {
        let result = perform(task.task, UInt32(number.rawValue), arguments)
        platform.settle()
        if result == nil, !delaysWork, task.task.isInHostWork {
            finishWork()
            if let late = task.result { return late }
        }
        return result ?? TestTask.waits
    }

    /// Nil when the call parks.
    private func perform(_ task: Task, _ number: UInt32, _ arguments: Arguments) -> Int64? {
        lastRefusal = nil
        calls[ObjectIdentifier(task)] = SystemCall(number, arguments)
        do throws(Refusal) {
            if let clone = try CloneCall.decode(number, arguments, of: task) { return try make(clone, task) }
            if number == SyscallNumber.execve.rawValue || number == SyscallNumber.execveat.rawValue {
                return try execute(task, number, arguments)
            }
        } catch {
            lastRefusal = error
            return -Int64(error.errno.rawValue)
        }
        let call = SystemCall(number, arguments)
        return result(runner.begin(call, of: task), call, task)
    }

    /// Nil when the call has not ended.
    private func result(_ end: CallEnd, _ call: SystemCall, _ task: Task) -> Int64? {
        switch end {
        case .value(let value): value
        case .failure(let errno): -Int64(errno.rawValue)
        case .continueOnHost: onHost(task, call.number, call.arguments)
        case .later: nil
        }
    }

    /// execve(2) and execveat(2) as far as the model goes: the program's file decides the new credentials and image, and
    /// nothing of it runs. The memory is new and empty.
    private func execute(_ task: Task, _ number: UInt32, _ arguments: Arguments) throws(Refusal) -> Int64 {
        let call = try ExecCall(task, number, arguments)
        let plan = try ExecPlan.make(
            task, path: call.path, from: call.base, options: call.options, shown: call.shownPath,
            isInaccessible: call.isInaccessible)
        task.adopt(memory: FakeMemory())
        kernel.executed(task, plan.commit)
        lastExec = plan
        return 0
    }

    private func resume(_ woken: WokenCall) {
        let call = calls[ObjectIdentifier(woken.task)] ?? SystemCall(0, Arguments())
        complete(woken.task, runner.resume(woken, of: call), call)
    }

    private func complete(_ task: Task, _ end: CallEnd, _ call: SystemCall) {
        guard let result = result(end, call, task) else { return }
        platform.complete(task, .success(result))
    }

    /// Lets the workers finish what has been given to them so far, in order; calls that waited for it go on.
    package func finishWork() {
        while !works.isEmpty {
            let (task, work) = works.removeFirst()
            work.perform()
            work.finish()
            task.isInHostWork = false
            if !task.isExiting {
                let call = calls[ObjectIdentifier(task)] ?? SystemCall(0, Arguments())
                complete(task, runner.goOn(work, call, of: task), call)
            }
            platform.settle()
        }
    }

    private func make(_ call: CloneCall, _ parent: Task) throws(Refusal) -> Int64 {
        let child = try call.makeChild(of: parent)
        let flags = call.request.flags
        if !flags.contains(.vm), let memory = parent.addressSpace as? FakeMemory { child.adopt(memory: memory.copy()) }
        platform.inherit(child, from: parent)
        do throws(Refusal) {
            if flags.contains(.pidfd) {
                let file = try kernel.makeProcessFile(of: child, thread: flags.contains(.thread), for: parent)
                try parent.memory.store(try parent.install(file, closeOnExec: true), at: call.pidfd)
            }
        } catch {
            kernel.abandon(child)
            throw error
        }
        let number = child.pid.number(in: parent.pidNamespace)
        // A bad address for these is no error (kernel_clone, schedule_tail).
        if flags.contains(.parentSetTID) { try? parent.memory.store(number, at: call.parentTID) }
        if flags.contains(.childSetTID) { try? child.memory.store(child.tid, at: call.childTID) }
        if flags.contains(.childClearTID) { child.clearChildTID = call.childTID }
        return Int64(number)
    }

    private func onHost(_ task: Task, _ number: UInt32, _ arguments: Arguments) -> Int64 {
        guard let known = SyscallNumber(rawValue: UInt16(truncatingIfNeeded: number)) else { return 0 }
        if let answer = hostCalls[known] { return answer(TestTask(task: task, sentry: self), arguments) }
        if known == .rt_sigaction { setAction(task, arguments) }
        return 0
    }

    /// The part of rt_sigaction(2) that a host would do: remembers what the signal does.
    private func setAction(_ task: Task, _ arguments: Arguments) {
        guard arguments.a1 != 0, let signal = Signal(checked: Arguments.int(arguments.a0)),
            let handler = try? task.memory.load(UserAddress(arguments.a1), as: UInt64.self)
        else { return }
        platform.setDisposition(
            handler == 0 ? .standard : handler == 1 ? .ignored : .handled, of: signal, in: task)
    }
}

extension TestSentry: CallHost {
    package func waits(_ task: Task) {}

    package func make(_ calls: HostCallSequence, for task: Task) -> CallEnd {
        switch platform.make(calls, in: task) {
        case .success(let value): .value(value)
        case .failure(let errno): .failure(errno)
        }
    }

    package func start(_ work: HostWork, for task: Task) {
        works.append((task, work))
    }

    package func record(_ outcome: Outcome, of call: SystemCall, by task: Task) {}
    package func record(_ refusal: Refusal, of call: SystemCall, by task: Task) { lastRefusal = refusal }
}
