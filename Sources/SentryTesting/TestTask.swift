import Credentials
import Kernel
import LinuxABI

/// A synthetic task: system calls are method calls.
package struct TestTask {
    package let task: Task
    package internal(set) weak var sentry: TestSentry?

    /// What `call` returns when the call waits; `result` has the answer once something woke it.
    package static let waits = Int64.min

    package var memory: FakeMemory { (task.addressSpace as? FakeMemory) ?? FakeMemory() }
    /// The process's number in the initial PID namespace.
    package var pid: Int64 { Int64(task.group.pid.number(in: task.kernel.initialPIDNamespace)) }
    package var isWaiting: Bool { task.waiting != nil || task.isInHostWork }
    /// How a call that waited has ended: a value or a negative errno; nil while it waits. Asking takes the answer.
    package var result: Int64? {
        switch sentry?.platform.takeCompletion(of: task) {
        case .success(let value): value
        case .failure(let errno): -Int64(errno.rawValue)
        case nil: nil
        }
    }

    /// A system call: the result, or a negative errno, as the registers would show it. Strings and byte arrays are
    /// placed in the task's memory for the time of the call.
    @discardableResult
    package func call(_ number: SyscallNumber, _ arguments: any SyscallArgument...) -> Int64 {
        guard let sentry else { return -Int64(Errno.ESRCH.rawValue) }
        let memory = memory
        let mark = memory.mark
        let values = arguments.map { $0.register(memory) } + [UInt64](repeating: 0, count: 6)
        let result = sentry.call(
            self, number, Arguments(values[0], values[1], values[2], values[3], values[4], values[5]))
        // A waiting call still needs its memory.
        if result != Self.waits { memory.mark = mark }
        return result
    }

    /// A child process with flags such as namespaces, as by clone(2) with SIGCHLD.
    package func fork(_ flags: CloneFlags = []) throws(Refusal) -> TestTask {
        guard let sentry else { throw Refusal(.ESRCH) }
        let request = CloneRequest(flags: flags, exitSignal: flags.contains(.thread) ? 0 : Signal.chld.rawValue)
        let child = try sentry.kernel.clone(task, request)
        if !flags.contains(.vm) { child.adopt(memory: memory.copy()) }
        sentry.platform.inherit(child, from: task)
        return TestTask(task: child, sentry: sentry)
    }

    /// A second thread, as pthread_create(3) makes it.
    package func thread() throws(Refusal) -> TestTask { try fork([.vm, .fs, .files, .sighand, .thread, .sysvsem]) }

    /// exit_group(2) with `code`.
    package func exit(_ code: Int32 = 0) { end(status: (code & 0xff) << 8) }
    /// Ends the whole process with a wait status, such as 9 for SIGKILL.
    package func end(status: Int32) {
        guard let sentry else { return }
        sentry.platform.end(task.group, status: status, sentry.kernel)
        sentry.platform.settle()
    }
    /// Ends this thread only (exit(2)).
    package func exitThread(_ code: Int32 = 0) {
        guard let sentry else { return }
        sentry.kernel.exited(task, status: (code & 0xff) << 8)
        sentry.platform.settle()
    }

    /// execve(2)'s effect, keeping the credentials unless others are given.
    package func exec(_ comm: String = "program", credentials: Credentials? = nil) {
        let commit = ExecCommit(
            credentials: credentials ?? task.credentials,
            image: AddressSpace(userNamespace: task.userNamespace), comm: Array(comm.utf8), isSecure: false)
        sentry?.kernel.executed(task, commit)
    }

    /// Sets what `signal` does, as rt_sigaction(2) would.
    package func set(_ signal: Signal, _ disposition: FakePlatform.Disposition) {
        sentry?.platform.setDisposition(disposition, of: signal, in: task)
    }
    /// The signals that reached this process, oldest first.
    package var signals: [SignalInfo] {
        (sentry?.platform.deliveries ?? []).filter { $0.task.group === task.group }.map(\.info)
    }

    /// Zeroed memory for results.
    package func allocate(_ count: Int) -> UserAddress { memory.allocate(count) }
    /// A value that a call stored.
    package func load<T: BitwiseCopyable>(_ address: UserAddress, as type: T.Type = T.self) throws(Refusal) -> T {
        try task.memory.load(address, as: type)
    }
}
