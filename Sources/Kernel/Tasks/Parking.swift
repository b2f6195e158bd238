import Credentials
import LinuxABI

extension Kernel {
    /// Notes that `task` waits in a call, after its handler answered `park`.
    package func park(_ task: Task, in call: ParkedCall) {
        task.parked = call
        call.queue.add(task)
    }

    /// Takes `task` out of the call in which it waits, because a signal or its death ended it.
    @discardableResult
    package func unpark(_ task: Task) -> ParkedCall? {
        guard var call = task.parked else { return nil }
        call.partial = (task.awaited as? any PartialResult)?.partialResult
        task.parked = nil
        (task.awaited as? LockRequest)?.cancel()
        task.awaited = nil
        call.queue.remove(task)
        return call
    }

    /// Lets every waiter of `queue` try again.
    ///
    /// A call that is dispatched again may itself wake others; those follow after it, so that no handler runs inside
    /// another one's waking.
    package func wake(_ queue: WaitQueue) {
        guard !queue.waiters.isEmpty else { return }
        for task in queue.takeAll() {
            guard let call = task.parked else { continue }
            task.parked = nil
            wokenCalls.append((task, call))
        }
        dispatchWoken()
    }

    /// Dispatches a parked call again because its deadline has passed; the platform keeps the clock.
    package func deadlinePassed(_ task: Task) {
        // What the call has done by now it must find again.
        let awaited = task.awaited
        guard let call = unpark(task) else { return }
        task.awaited = awaited
        task.deadlinePassed = true
        wokenCalls.append((task, call))
        dispatchWoken()
    }

    private func dispatchWoken() {
        guard !isRedispatching else { return }
        isRedispatching = true
        defer { isRedispatching = false }
        while !wokenCalls.isEmpty {
            let batch = wokenCalls
            wokenCalls = []
            for (task, call) in batch where !task.isExiting {
                redispatch?(task, call)
                task.deadlinePassed = false
            }
        }
    }
}
