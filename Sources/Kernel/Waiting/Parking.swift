import Credentials
import LinuxABI

/// A call that somebody woke, and that has not gone on yet.
package struct WokenCall {
    package let task: Task
    package let call: any WaitingCall
    package let wakeup: Wakeup
}

extension Kernel {
    /// Notes that `task` waits in a call, after its handler answered `wait`.
    package func park(_ task: Task, in call: any WaitingCall) {
        task.waiting = call
        call.queue.add(task)
    }

    /// Takes `task` out of the call in which it waits, because a signal or its death ended it; returns how the call ends.
    @discardableResult
    package func unpark(_ task: Task) -> Result<Int64, Errno>? {
        guard let call = take(task) else { return nil }
        let end = call.interruption
        call.abandon()
        return end
    }

    /// Lets every waiter of `queue` go on.
    ///
    /// A call that goes on may itself wake others; those follow after it, so that no handler runs inside another one's
    /// waking.
    package func wake(_ queue: WaitQueue) {
        guard !queue.waiters.isEmpty else { return }
        for task in queue.takeAll() {
            guard let call = task.waiting else { continue }
            task.waiting = nil
            wokenCalls.append(WokenCall(task: task, call: call, wakeup: .event))
        }
        resumeWoken()
    }

    /// Lets a waiting call go on because its deadline has passed; the platform keeps the clock.
    package func deadlinePassed(_ task: Task) {
        guard let call = take(task) else { return }
        wokenCalls.append(WokenCall(task: task, call: call, wakeup: .deadline))
        resumeWoken()
    }

    private func take(_ task: Task) -> (any WaitingCall)? {
        guard let call = task.waiting else { return nil }
        task.waiting = nil
        call.queue.remove(task)
        return call
    }

    private func resumeWoken() {
        guard !isResuming else { return }
        isResuming = true
        defer { isResuming = false }
        while !wokenCalls.isEmpty {
            let batch = wokenCalls
            wokenCalls = []
            for woken in batch {
                if woken.task.isExiting { woken.call.abandon() } else { resume?(woken) }
            }
        }
    }
}
