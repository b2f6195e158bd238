import Credentials
import LinuxABI

/// What a call needs of the host that may take long: a copy, the list of a directory, a name on a slow disk. A worker does it
/// without the kernel's lock, so that the calls of others are answered meanwhile.
package final class HostWork {
    private let inquiry: HostInquiry
    /// How the call goes on after that, if its caller lives.
    private let resume: (Task) throws(Refusal) -> Outcome

    package init(_ inquiry: HostInquiry, resume: @escaping (Task) throws(Refusal) -> Outcome) {
        self.inquiry = inquiry
        self.resume = resume
    }

    /// Nothing but a turn for others, in a call that itself does much under the lock.
    package convenience init(nextTurn resume: @escaping (Task) throws(Refusal) -> Outcome) {
        self.init(HostInquiry(perform: {}, conclude: {}), resume: resume)
    }

    /// The worker's part. It touches nothing of the model; what it needs it holds by value or as a `HostFile`.
    package var perform: @Sendable () -> Void { inquiry.perform }

    /// Brings the result into the model, under the lock, whether or not the caller still lives.
    package func finish() { inquiry.conclude() }

    /// Goes on with the call.
    package func goOn(_ task: Task) throws(Refusal) -> Outcome { try resume(task) }
}
