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
    /// Throws EACCES when `caller` may not look into `target` in the way of `mode`, with the particular reason. Who is no
    /// task may not.
    package static func require(
        _ target: Task, _ mode: AccessMode = .readByFSCredentials, by caller: any Caller,
        _ rule: Rule = .procPtraceAccess
    ) throws(Refusal) {
        guard let own = caller as? Task else { throw Refusal(rule) }
        if let refusal = own.mayAccess(target, mode) { throw refusal.under(rule) }
    }
}
