import Credentials
import LinuxABI

/// Whom getpriority(2), ioprio_get(2) and their kin mean.
package enum PrioritySelector: Int, Sendable {
    /// PRIO_PROCESS, PRIO_PGRP and PRIO_USER; IOPRIO_WHO_* are one more.
    case task, processGroup, user
}

extension Task {
    /// The tasks that a selector and a number mean, 0 being the caller's own; none when there is nobody.
    package func selected(_ selector: PrioritySelector, _ who: Int32) -> [Task] {
        switch selector {
        case .task:
            let target = who == 0 ? self : pidNamespace.task(who)
            return target.map { [$0] } ?? []
        case .processGroup:
            let pid = who == 0 ? group.processGroup : pidNamespace.pid(who)
            return pid.map { $0.groupMembers.flatMap { $0.threads } } ?? []
        case .user:
            let named = who == 0 ? credentials.uid : userNamespace.kuid(UID(UInt32(bitPattern: who)))
            guard let uid = named else { return [] }
            return pidNamespace.numbers.values.compactMap(\.task).filter { $0.credentials.uid == uid }
        }
    }

    /// setpriority(2): whoever may be changed is, and the last refusal is told.
    package func setNice(_ nice: Int32, of targets: [Task]) throws(Refusal) {
        guard !targets.isEmpty else { throw Refusal(.ESRCH) }
        var failure: Refusal?
        for target in targets {
            if let refusal = mayRenice(target, to: nice) {
                failure = refusal
            } else {
                target.nice = nice
            }
        }
        kernel.generation &+= 1
        if let failure { throw failure }
    }

    /// ioprio_check_cap(): class in the upper bits, level in the lower 13.
    package func checkIOPriority(_ value: Int32) throws(Refusal) {
        let initial = kernel.initialUserNamespace
        switch value >> 13 {
        case 0: guard value & 0x1fff == 0 else { throw Refusal(.EINVAL) }
        case 1:
            guard credentials.has(.sysAdmin, over: initial) || credentials.has(.sysNice, over: initial)
            else { throw Refusal(.ioPriorityRealtime) }
        case 2, 3: break
        default: throw Refusal(.EINVAL)
        }
    }

    /// ioprio_set(2) for a value that was checked: the first refusal ends it.
    package func setIOPriority(_ value: Int32, of targets: [Task]) throws(Refusal) {
        guard !targets.isEmpty else { throw Refusal(.ESRCH) }
        for target in targets {
            if let refusal = maySetIOPriority(of: target) { throw refusal }
            target.ioPriority = value
        }
    }

    /// set_task_ioprio(), and that no task schedules a stronger one.
    private func maySetIOPriority(of target: Task) -> Refusal? {
        let uid = target.credentials.uid
        guard
            uid == credentials.euid || uid == credentials.uid
                || credentials.has(.sysNice, over: kernel.initialUserNamespace)
        else { return Refusal(.ioPriorityOfOtherTask) }
        return hasCapabilities(of: target) ? nil : Refusal(.priorityMoreCapabilities)
    }
}
