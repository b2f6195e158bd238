import Credentials
import Kernel
import LinuxABI

/// How a call ends, as far as whoever runs the tasks must know.
package enum CallEnd: Sendable {
    case value(Int64)
    case failure(Errno)
    /// The host executes the call as its task made it.
    case continueOnHost
    /// It waits, or something is done for it, and its answer comes by `Platform.complete`; or it is answered already.
    case later
}

/// What runs the tasks, as a call's outcome needs it.
package protocol CallHost: AnyObject {
    /// `task` waits now: something other than the kernel may end its call, a signal or its deadline.
    func waits(_ task: Task)
    /// Has the task's own thread make host calls, whose completion then tells the result.
    func make(_ calls: HostCallSequence, for task: Task) -> CallEnd
    /// Has a worker do something without the lock, and then calls `CallRunner.goOn`.
    func start(_ work: HostWork, for task: Task)
    /// For the trace.
    func record(_ outcome: Outcome, of call: SystemCall, by task: Task)
    func record(_ refusal: Refusal, of call: SystemCall, by task: Task)
}

/// A call as its task made it.
package struct SystemCall: Sendable {
    package let number: UInt32
    package let arguments: Arguments
    package init(_ number: UInt32, _ arguments: Arguments) {
        self.number = number
        self.arguments = arguments
    }
}

/// Begins calls and lets them go on: the one place that looks at outcomes.
package struct CallRunner {
    package let dispatcher: Dispatcher
    private unowned let host: any CallHost

    package init(_ dispatcher: Dispatcher, on host: any CallHost) {
        self.dispatcher = dispatcher
        self.host = host
    }

    package func begin(_ call: SystemCall, of task: Task) -> CallEnd {
        if SyscallTable.mayAskHost(call.number) { task.keepCopies() }
        return run(.beginning, of: call, by: task)
    }

    /// Lets a call go on that waited.
    package func resume(_ woken: WokenCall, of call: SystemCall) -> CallEnd {
        run(.waiting(woken.call, woken.wakeup), of: call, by: woken.task)
    }

    /// Lets a call go on for which a worker has done something.
    package func goOn(_ work: HostWork, _ call: SystemCall, of task: Task) -> CallEnd {
        run(.working(work), of: call, by: task)
    }

    /// Where a call goes on.
    private enum Step {
        case beginning
        case waiting(any WaitingCall, Wakeup)
        case working(HostWork)
    }

    private func outcome(_ step: Step, _ call: SystemCall, _ task: Task) throws(Refusal) -> Outcome {
        switch step {
        case .beginning: try dispatcher.call(call.number, call.arguments, of: task)
        case .waiting(let waiting, let wakeup): try waiting.resume(task, wakeup)
        case .working(let work): try work.goOn(task)
        }
    }

    private func run(_ step: Step, of call: SystemCall, by task: Task) -> CallEnd {
        do throws(Refusal) {
            let outcome = try outcome(step, call, task)
            host.record(outcome, of: call, by: task)
            switch outcome {
            case .value(let value):
                task.endCall()
                return .value(value)
            case .continueOnHost:
                task.endCall()
                // The table is what the pages tell: a handler cannot let more through.
                return SyscallTable.mayContinue(call.number) ? .continueOnHost : .failure(.ENOSYS)
            case .wait(let waiting):
                task.endCall()
                task.kernel.park(task, in: waiting)
                host.waits(task)
                return .later
            case .callHost(let calls):
                task.endCall()
                return host.make(calls, for: task)
            case .work(let work):
                return start(work, task)
            }
        } catch {
            // It has changed nothing yet: the same step is taken again when the answer is there.
            if error.errno == .waitsForHost, let needed = task.hostAnswers?.takeNeeded() {
                return start(HostWork(needed) { (task) throws(Refusal) in try outcome(step, call, task) }, task)
            }
            task.endCall()
            host.record(error, of: call, by: task)
            return .failure(error.errno == .waitsForHost ? .EIO : error.errno)
        }
    }

    private func start(_ work: HostWork, _ task: Task) -> CallEnd {
        task.isInHostWork = true
        host.start(work, for: task)
        return .later
    }
}
