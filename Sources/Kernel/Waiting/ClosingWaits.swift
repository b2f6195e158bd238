import Credentials
import LinuxABI

/// A lock for which a call can wait.
package final class QueuedLock: LockRequest {
    package let queue = WaitQueue()
}

extension Kernel {
    /// Lets the calls go on whose waiting has ended with a file: for a lock, or for a listener. The platform asks for it at the
    /// end of each event: files are closed anywhere, and there other tasks' calls must not run.
    package func resumeAfterClosing() {
        while true {
            let finished = locks.takeFinished(), closed = sockets.takeClosed()
            if finished.isEmpty, closed.isEmpty { return }
            for case let request as QueuedLock in finished { wake(request.queue) }
            for queue in closed { wake(queue) }
        }
    }
}
