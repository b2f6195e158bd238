import Credentials
import LinuxABI

/// A lock for which a call can wait.
package final class QueuedLock: LockRequest {
    package let queue = WaitQueue()
}

extension Kernel {
    /// Lets the calls go on whose waiting for a lock is over. The platform asks for it at the end of each event: locks go
    /// wherever a file is closed, and there other tasks' calls must not run.
    package func resumeLockWaiters() {
        while true {
            let finished = locks.takeFinished()
            guard !finished.isEmpty else { return }
            for case let request as QueuedLock in finished { wake(request.queue) }
        }
    }
}
