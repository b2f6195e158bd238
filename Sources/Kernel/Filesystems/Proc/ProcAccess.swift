import Credentials
import LinuxABI

extension ProcReader {
    /// Whether whoever opened may look into `target` (PTRACE_MODE_READ_FSCREDS).
    package func mayInspect(_ target: Task) -> Bool {
        opener.map { $0.mayAccess(target, .readByFSCredentials) == nil } ?? false
    }
}

/// ptrace_may_access() as /proc asks it, with /proc's own errno.
package enum ProcAccess {
    package static func mayRead(_ target: Task, by caller: any Caller) -> Bool {
        (caller as? Task).map { $0.mayAccess(target, .readByFSCredentials) == nil } ?? false
    }

    /// Throws EACCES when `caller` may not look into `target`; the trace tells the particular reason.
    package static func require(_ target: Task, by caller: any Caller) throws(Refusal) {
        guard mayRead(target, by: caller) else { throw Refusal(.procPtraceAccess) }
    }
}
