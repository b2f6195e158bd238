import Credentials
import LinuxABI
import Synchronization

/// What a call needs of the host that may take long: a copy, the list of a directory, a name on a slow disk. A worker does it
/// without the kernel's lock, so that the calls of others are answered meanwhile.
package final class HostWork {
    /// The worker's part. It touches nothing of the model; what it needs it holds by value or as a `HostFile`.
    package let perform: @Sendable () -> Void
    /// Brings the result into the model, under the lock, whether or not the caller still lives.
    private let conclude: () -> Void
    /// How the call goes on after that, if its caller lives.
    private let resume: (Task) throws(Refusal) -> Outcome

    /// `perform` gives the result that `conclude` puts into the model.
    package init<Result: Sendable>(
        _ perform: @escaping @Sendable () -> Result, conclude: @escaping (Result) -> Void,
        resume: @escaping (Task) throws(Refusal) -> Outcome
    ) {
        let box = ResultBox<Result>()
        self.perform = {
            let result = perform()
            box.value.withLock { $0 = result }
        }
        self.conclude = { if let value = box.value.withLock({ $0 }) { conclude(value) } }
        self.resume = resume
    }

    /// The same work for a call that goes on differently.
    package init(_ work: HostWork, resume: @escaping (Task) throws(Refusal) -> Outcome) {
        perform = work.perform
        conclude = work.conclude
        self.resume = resume
    }

    /// The end of the work, under the lock.
    package func finish() { conclude() }

    /// Goes on with the call.
    package func goOn(_ task: Task) throws(Refusal) -> Outcome { try resume(task) }
}

private final class ResultBox<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
}
