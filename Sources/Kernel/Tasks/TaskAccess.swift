import Credentials
import LinuxABI

/// How one task wants to look into another (ptrace(2), "Ptrace access mode checking").
package struct AccessMode: Equatable, Sendable {
    /// The file-system IDs and effective capabilities count, as for /proc; else the real IDs and permitted ones.
    package let usesFSCredentials: Bool
    /// More than reading: PTRACE_MODE_ATTACH.
    package let attaches: Bool
    package static let readByFSCredentials = AccessMode(usesFSCredentials: true, attaches: false)
    package static let readByRealCredentials = AccessMode(usesFSCredentials: false, attaches: false)
    package static let attachByFSCredentials = AccessMode(usesFSCredentials: true, attaches: true)
    package static let attachByRealCredentials = AccessMode(usesFSCredentials: false, attaches: true)
}

extension Task {
    /// ns_capable() by the task's own credentials: throws `rule`, explained by the walk that failed, without `capability`
    /// over `target`.
    package func require(_ capability: Capability, over target: UserNamespace?, _ rule: Rule) throws(Refusal) {
        guard let target else { throw Refusal(rule) }
        if credentials.has(capability, over: target) { return }
        throw refusal(rule, Explanation.lacks(capability, credentials, over: target))
    }

    /// __ptrace_may_access(): nil when this task may look into `target`; else the EPERM refusal, which callers such as
    /// procfs replace by their own.
    package func mayAccess(_ target: Task, _ mode: AccessMode) -> Refusal? {
        if group === target.group { return nil }
        let own = credentials
        let other = target.credentials
        let uid = mode.usesFSCredentials ? own.fsuid : own.uid
        let gid = mode.usesFSCredentials ? own.fsgid : own.gid
        let mayTrace = own.has(.sysPtrace, over: other.userNamespace)
        guard
            mayTrace
                || (uid == other.euid && uid == other.suid && uid == other.uid && gid == other.egid
                    && gid == other.sgid && gid == other.gid)
        else {
            return refusal(
                .accessOtherIDs,
                "the caller's user \(uid.rawValue) and group \(gid.rawValue) are not all of the target's user "
                    + "\(other.uid.rawValue) \(other.euid.rawValue) \(other.suid.rawValue) and group "
                    + "\(other.gid.rawValue) \(other.egid.rawValue) \(other.sgid.rawValue)")
        }
        // task_still_dumpable(): a task that has exited is as dumpable as its memory was last, and only the machine's
        // administrator may look all the same.
        let imageNamespace = target.isExiting ? kernel.initialUserNamespace : target.image.userNamespace
        let isDumpable = target.isExiting ? target.wasDumpable : target.image.dumpable == 1
        if !isDumpable, !own.has(.sysPtrace, over: imageNamespace) {
            return refusal(
                .accessNotDumpable,
                "the target's dumpable is \(target.image.dumpable); it was executed in "
                    + Explanation.name(target.image.userNamespace))
        }
        // cap_ptrace_access_check()
        let held = mode.usesFSCredentials ? own.effective : own.permitted
        if own.userNamespace === other.userNamespace, other.permitted.isSubset(of: held) { return nil }
        if mayTrace { return nil }
        return refusal(
            .accessMoreCapabilities,
            "the target is in \(Explanation.name(other.userNamespace)), the caller in "
                + Explanation.name(own.userNamespace))
    }

    /// mm_access(): nil when this task may have `target`'s memory; ESRCH where there is none any more.
    package func mayAccessMemory(of target: Task, _ mode: AccessMode) -> Refusal? {
        if target.isExiting { return Refusal(.ESRCH) }
        if image === target.image { return nil }
        // perfmon_capable(): who may watch the whole machine may read.
        let initial = kernel.initialUserNamespace
        if !mode.attaches, credentials.has(.perfmon, over: initial) || credentials.has(.sysAdmin, over: initial) {
            return nil
        }
        return mayAccess(target, mode)
    }

    /// checkpoint_restore_ns_capable() in the task's own user namespace.
    package var mayRestoreCheckpoints: Bool {
        credentials.has(.checkpointRestore, over: userNamespace) || credentials.has(.sysAdmin, over: userNamespace)
    }

    /// check_prlimit_permission(): whether this task may read or set `target`'s limits.
    package func mayLimit(_ target: Task) -> Refusal? {
        if self === target { return nil }
        let own = credentials
        let other = target.credentials
        if own.uid == other.euid, own.uid == other.suid, own.uid == other.uid, own.gid == other.egid,
            own.gid == other.sgid, own.gid == other.gid
        {
            return nil
        }
        return own.has(.sysResource, over: other.userNamespace) ? nil : Refusal(.limitsOfOtherTask)
    }

    /// set_one_prio(): whether this task may give `target` the nice value `nice`, −20...19.
    package func mayRenice(_ target: Task, to nice: Int32) -> Refusal? {
        let own = credentials
        let other = target.credentials
        guard own.euid == other.uid || own.euid == other.euid || own.has(.sysNice, over: other.userNamespace) else {
            return Refusal(.priorityOfOtherTask)
        }
        if nice < target.nice {
            // can_nice(): RLIMIT_NICE counts from 20 for nice 0.
            let wanted = UInt64(clamping: 20 - nice)
            guard wanted <= target.group.limits[13].soft || own.has(.sysNice, over: kernel.initialUserNamespace)
            else { return Refusal(.priorityRaise) }
        }
        return hasCapabilities(of: target) ? nil : Refusal(.priorityMoreCapabilities)
    }

    /// cap_safe_nice(): whether this task could be as strong as `target`, asked wherever one task schedules another.
    package func hasCapabilities(of target: Task) -> Bool {
        target.credentials.permitted.isSubset(of: credentials.permitted)
            || credentials.has(.sysNice, over: target.userNamespace)
    }

    /// check_same_owner(), or CAP_SYS_NICE in the initial user namespace (sched_setscheduler).
    package func maySchedule(_ target: Task) -> Refusal? {
        guard sharesOwner(with: target) || credentials.has(.sysNice, over: kernel.initialUserNamespace) else {
            return Refusal(.schedulerOfOtherTask)
        }
        return hasCapabilities(of: target) ? nil : Refusal(.priorityMoreCapabilities)
    }

    /// check_same_owner(), or CAP_SYS_NICE over the target (sched_setaffinity).
    package func maySetAffinity(of target: Task) -> Refusal? {
        guard sharesOwner(with: target) || credentials.has(.sysNice, over: target.userNamespace) else {
            return Refusal(.affinityOfOtherTask)
        }
        return hasCapabilities(of: target) ? nil : Refusal(.priorityMoreCapabilities)
    }

    private func sharesOwner(with target: Task) -> Bool {
        let other = target.credentials
        return credentials.euid == other.euid || credentials.euid == other.uid
    }
}
