import Credentials
import LinuxABI

extension ThreadGroup {
    /// Whether setsid(2) made it the leader of its session.
    package var isSessionLeader: Bool { session === pid }
}

extension Kernel {
    /// setpgid(2); both numbers are as the caller's PID namespace has them, 0 for its own process.
    package func setProcessGroup(by task: Task, of number: Int32, to wanted: Int32) throws(Refusal) {
        let namespace = task.pidNamespace
        let number = number == 0 ? task.tgid : number
        let wanted = wanted == 0 ? number : wanted
        guard wanted >= 0 else { throw Refusal(.EINVAL) }
        guard let target = namespace.task(number) else { throw Refusal(.ESRCH) }
        let group = target.group
        guard target.isLeader else { throw Refusal(.setpgidNotLeader) }
        if group.parent === task.group {
            guard group.session === task.group.session else { throw Refusal(.setpgidOtherSession) }
            guard !group.hasExecuted else { throw Refusal(.setpgidAfterExec) }
        } else if group !== task.group {
            throw Refusal(.ESRCH)
        }
        guard !group.isSessionLeader else { throw Refusal(.setpgidSessionLeader) }
        var destination = group.pid
        if wanted != number {
            guard let other = namespace.pid(wanted), let member = other.groupMembers.first,
                member.session === task.group.session
            else { throw Refusal(.setpgidNoSuchGroup) }
            destination = other
        }
        move(group, to: destination)
    }

    /// setsid(2).
    package func startSession(_ task: Task) throws(Refusal) {
        let group = task.group
        guard !group.isSessionLeader, group.pid.groupMembers.isEmpty else { throw Refusal(.setsidGroupLeader) }
        let old = group.session
        old.sessionMembers.remove(group)
        group.session = group.pid
        group.hasTerminal = false
        group.pid.sessionMembers.append(group)
        move(group, to: group.pid)
        releaseIfUnused(old)
        generation &+= 1
    }

    private func move(_ group: ThreadGroup, to processGroup: PID) {
        let old = group.processGroup
        guard old !== processGroup else { return }
        old.groupMembers.remove(group)
        group.processGroup = processGroup
        processGroup.groupMembers.append(group)
        releaseIfUnused(old)
        generation &+= 1
    }
}
