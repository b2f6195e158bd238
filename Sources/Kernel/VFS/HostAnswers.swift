import Credentials
import LinuxABI
import Synchronization

/// What a call has asked of the host so far where the answer may take long.
///
/// Such a question is not answered under the kernel's lock. The call that asks is given up with `Errno.waitsForHost`, before
/// it has changed anything; a worker asks the host; then the call is run again from what it copied of memory, and finds the
/// answer here. So no handler sees the model change while it runs.
package final class HostAnswers {
    private var known: [HostQuestion: any Sendable] = [:]
    /// What a worker has to find out before the call can go on.
    private var needed: HostInquiry?
    private var stop = StopSign()

    package init() {}

    /// The answer of `body`: known already, or found at once where that takes no time worth mentioning. Each answer is given
    /// once.
    package func ask<Answer: Sendable>(
        _ question: HostQuestion, takesLong: Bool, _ body: @escaping @Sendable (StopSign) throws(Errno) -> Answer
    ) throws(Refusal) -> Answer {
        if !known.isEmpty, let answer = known.removeValue(forKey: question) as? Result<Answer, Errno> {
            return try storageCall { () throws(Errno) in try answer.get() }
        }
        guard takesLong else { return try storageCall { [stop] () throws(Errno) in try body(stop) } }
        let stop = stop
        needed = HostInquiry(
            perform: { () -> Result<Answer, Errno> in
                do throws(Errno) { return .success(try body(stop)) } catch { return .failure(error) }
            },
            conclude: { [self] in known[question] = $0 })
        throw Refusal(.waitsForHost)
    }

    /// Takes what a call needs that was given up with `waitsForHost`.
    package func takeNeeded() -> HostInquiry? {
        defer { needed = nil }
        return needed
    }

    /// The call has ended.
    package func forget() {
        if !known.isEmpty { known = [:] }
    }

    /// Nobody waits for an answer any more: the caller is dead.
    package func abandon() {
        stop.set()
        stop = StopSign()
        forget()
    }
}

/// What may be asked of the host, as it is known again.
package enum HostQuestion: Hashable, Sendable {
    case attributes(HostTree, [UInt8])
    case entries(HostTree, [UInt8])
    case open(HostTree, [UInt8], OpenFlags)
    case copy(HostTree, [UInt8])
    /// The same of the private file with this number.
    case copyOwn(UInt64)
    /// Cutting the private file with this number.
    case truncate(UInt64)
}

/// A question that a worker asks.
package struct HostInquiry {
    package let perform: @Sendable () -> Void
    package let conclude: () -> Void

    package init<Answer: Sendable>(
        perform: @escaping @Sendable () -> Answer, conclude: @escaping (Answer) -> Void
    ) {
        let box = AnswerBox<Answer>()
        self.perform = {
            let answer = perform()
            box.value.withLock { $0 = answer }
        }
        self.conclude = { if let answer = box.value.withLock({ $0 }) { conclude(answer) } }
    }
}

private final class AnswerBox<Answer: Sendable>: Sendable {
    let value = Mutex<Answer?>(nil)
}

/// Tells a worker to give up.
package final class StopSign: Sendable {
    private let isUp = Atomic<Bool>(false)
    package init() {}
    package var isSet: Bool { isUp.load(ordering: .relaxed) }
    package func set() { isUp.store(true, ordering: .relaxed) }
}

extension Caller {
    /// Asks off the lock if the caller can wait for that, and here otherwise.
    func ask<Answer: Sendable>(
        _ question: HostQuestion, takesLong: Bool, _ body: @escaping @Sendable (StopSign) throws(Errno) -> Answer
    ) throws(Refusal) -> Answer {
        if let hostAnswers { return try hostAnswers.ask(question, takesLong: takesLong, body) }
        return try storageCall { () throws(Errno) in try body(StopSign()) }
    }
}

/// A call of the storage, its errno as a refusal.
func storageCall<R>(_ body: () throws(Errno) -> R) throws(Refusal) -> R {
    do { return try body() } catch { throw Refusal(error) }
}
