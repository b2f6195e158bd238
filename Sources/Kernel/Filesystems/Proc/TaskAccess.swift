import Credentials
import LinuxABI

extension ProcReader {
    /// Whether `target`'s private files may be read (PTRACE_MODE_READ_FSCREDS) by whoever opened.
    package func mayInspect(_ target: Task) -> Bool {
        TaskAccess.mayRead(target, credentials: credentials, group: opener?.group)
    }
}

/// ptrace_may_access() in the form in which /proc asks: PTRACE_MODE_READ_FSCREDS.
package enum TaskAccess {
    package static func mayRead(_ target: Task, by caller: any Caller) -> Bool {
        mayRead(target, credentials: caller.credentials, group: (caller as? Task)?.group)
    }

    static func mayRead(_ target: Task, credentials own: Credentials, group: ThreadGroup?) -> Bool {
        // Threads of one group never hide from each other.
        if let group, group === target.group { return true }
        let its = target.credentials
        let sameIDs =
            own.fsuid == its.euid && own.fsuid == its.suid && own.fsuid == its.uid && own.fsgid == its.egid
            && own.fsgid == its.sgid && own.fsgid == its.gid
        guard sameIDs || own.has(.sysPtrace, over: its.userNamespace) else { return false }
        // A task without memory (a zombie) has nothing that dumpable could guard (until 6.18).
        if !target.group.isZombie, target.image.dumpable != 1,
            !own.has(.sysPtrace, over: target.image.userNamespace)
        {
            return false
        }
        // cap_ptrace_access_check(): not into a task with capabilities that the caller lacks.
        if its.userNamespace === own.userNamespace, its.permitted.isSubset(of: own.effective) { return true }
        return own.has(.sysPtrace, over: its.userNamespace)
    }

    /// Throws EACCES when `caller` may not look into `target`.
    package static func require(_ target: Task, by caller: any Caller) throws(Refusal) {
        guard mayRead(target, by: caller) else {
            target.kernel.explain(
                "the target runs as uid \(target.credentials.euid.rawValue) in user:[\(target.userNamespace.inode)]"
                    + " with dumpable \(target.image.dumpable)")
            throw Refusal(.procPtraceAccess)
        }
    }
}
