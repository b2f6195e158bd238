import Credentials
import LinuxABI

/// A lock for which a task waits in a call.
package final class ParkedLock: LockRequest {
    package let queue = WaitQueue()
}

extension Kernel {
    /// Dispatches the calls again whose waiting for a lock is over. The platform asks for it at the end of each event: locks
    /// go wherever a file is closed, and there other tasks' calls must not run.
    package func resumeLockWaiters() {
        while true {
            let finished = locks.takeFinished()
            guard !finished.isEmpty else { return }
            for case let request as ParkedLock in finished { wake(request.queue) }
        }
    }
}
