import Credentials
import LinuxABI

/// What waits in a thread's or a process's queue of signals and counts for its user. The host keeps the queue; the platform
/// tells what it has put into it and what was taken out.
package struct PendingSignals {
    private var charges: [Int32: [SignalCharge]] = [:]

    package var isEmpty: Bool { charges.isEmpty }
    func holds(_ signal: Signal) -> Bool { charges[signal.rawValue] != nil }

    mutating func add(_ charge: SignalCharge, _ signal: Signal) { charges[signal.rawValue, default: []].append(charge) }

    /// One such signal was taken from the queue; false where none is known.
    mutating func take(_ signal: Signal) -> Bool {
        guard var held = charges[signal.rawValue] else { return false }
        held.removeLast()
        charges[signal.rawValue] = held.isEmpty ? nil : held
        return true
    }

    /// Signals that are not in `pending` are gone: sigaction(2) has ignored them, or SIGCONT and a stop undid each other.
    mutating func keep(_ pending: UInt64) {
        charges = charges.filter { Signal(rawValue: $0.key).bit & pending != 0 }
    }
}

extension Kernel {
    /// The platform has queued a signal. `wasPending` tells whether such a one waits already: a second one of the old
    /// signals is not queued (legacy_queue).
    package func signalQueued(_ signal: Signal, to task: Task, wholeGroup: Bool, wasPending: Bool) {
        if !wasPending {
            if wholeGroup {
                while task.group.pendingSignals.take(signal) {}
            } else {
                while task.pendingSignals.take(signal) {}
            }
        } else if !signal.isRealTime {
            return
        }
        let charge = SignalCharge(user: task.credentials.uid, in: task.userNamespace)
        if wholeGroup { task.group.pendingSignals.add(charge, signal) } else { task.pendingSignals.add(charge, signal) }
    }

    /// A thread has taken a signal: its own first, then its process's (dequeue_signal).
    package func signalTaken(_ signal: Signal, by task: Task) {
        if !task.pendingSignals.take(signal) { _ = task.group.pendingSignals.take(signal) }
    }

    enum SignalRoom {
        case some
        /// Nothing more is queued, and nobody is told.
        case none
    }

    /// __sigqueue_alloc() and what __send_signal_locked() makes of its failure: throws EAGAIN for a real-time signal that
    /// does not come from kill(2).
    func signalRoom(_ signal: Signal, code: Int32, to task: Task, wholeGroup: Bool) throws(Refusal) -> SignalRoom {
        // Of these one waits at most, and what is lost beyond the limit is only the siginfo.
        guard signal.isRealTime else { return .some }
        let limit = task.group.limits[ResourceLimit.pendingSignals].soft
        let namespace = task.userNamespace, user = task.credentials.uid
        if namespace.hasRoomForSignal(of: user, limit: limit) { return .some }
        reviewPendingSignals(of: task)
        if namespace.hasRoomForSignal(of: user, limit: limit) { return .some }
        // Who ignores it does not queue it (prepare_signal).
        let state = platform.statistics(of: task)
        if state.ignored & ~(state.blocked | state.awaited) & signal.bit != 0 { return .some }
        guard code == SignalInfo.userCode else {
            let count = namespace.pendingSignals.count(of: user)
            throw refusal(.signalQueueLimit, "\(count) signals wait for user \(user.rawValue), limit \(limit)")
        }
        return (wholeGroup ? task.group.pendingSignals : task.pendingSignals).holds(signal) ? .none : .some
    }

    /// Forgets what is not pending any more though nobody has taken it: of `task`, and now and then of all.
    private func reviewPendingSignals(of task: Task) {
        review(task)
        let now = platform.monotonicNow
        guard now &- signalsReviewed > Self.reviewInterval else { return }
        signalsReviewed = now
        for pid in initialPIDNamespace.numbers.values {
            if let other = pid.task, other !== task { review(other) }
        }
    }

    /// 100 ms, in nanoseconds: who is at the limit shall not have the sentry look at all tasks at every call.
    private static let reviewInterval: UInt64 = 100_000_000

    private func review(_ task: Task) {
        guard !task.pendingSignals.isEmpty || !task.group.pendingSignals.isEmpty else { return }
        let state = platform.statistics(of: task)
        task.pendingSignals.keep(state.pending)
        task.group.pendingSignals.keep(state.sharedPending)
    }
}

extension Signal {
    /// From SIGRTMIN on, as the kernel counts.
    package var isRealTime: Bool { rawValue >= 32 }
}
