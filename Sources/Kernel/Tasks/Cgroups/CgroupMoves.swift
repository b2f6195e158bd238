import Credentials
import LinuxABI

extension Task {
    /// Goes to another group; permission was checked.
    func move(to target: Cgroup) {
        guard target !== cgroup else { return }
        cgroup.leave(self)
        cgroup = target
        target.enter(self)
    }
}

extension Cgroup {
    /// cgroup_procs_write_permission(): whether `credentials` may move something from `source` here.
    private func checkMove(from source: Cgroup, _ credentials: Credentials) throws(Refusal) {
        guard let above = common(with: source), above.mayBeMovedTo(by: credentials) else {
            throw Refusal(.cgroupMoveNotPermitted)
        }
    }
    private var membersFile: Inode? { (directory as? any CgroupMembersFile)?.membersFile }
    /// Whether the mode and owners of cgroup.procs let `credentials` write to it; no mount of cgroup2 has a map.
    private func mayBeMovedTo(by credentials: Credentials) -> Bool {
        guard let membersFile else { return false }
        return AccessContext(credentials, nil).grants(.write, to: membersFile)
    }

    /// cgroup_css_set_fork(): `child`, which nobody has seen yet, begins here (CLONE_INTO_CGROUP).
    package func take(unborn child: Task, of parent: Task) throws(Refusal) {
        if isRemoved { throw Refusal(.ENOENT) }
        guard mayBeMovedTo(by: parent.credentials) else {
            throw Refusal(.cgroupMoveNotPermitted)
        }
        try checkMove(from: parent.cgroup, parent.credentials)
        try checkEntry()
        child.move(to: self)
    }

    /// __cgroup_procs_write(): moves a process, or one thread, by the number that `writer` has for it; 0 is the writer's
    /// own. Whoever has opened the file answers for it.
    package func take(
        _ number: Int32, wholeProcess: Bool, by writer: Task, opener: Credentials
    ) throws(Refusal) {
        guard let task = number == 0 ? writer : writer.pidNamespace.task(number) else { throw Refusal(.ESRCH) }
        let moved = wholeProcess ? task.group.threads.filter { !$0.isExiting } : task.isExiting ? [] : [task]
        let source = (wholeProcess ? task.group.leader ?? task : task).cgroup
        try checkMove(from: source, opener)
        if !wholeProcess, domain !== source.domain || task.isExiting { throw Refusal(.cgroupOtherDomain) }
        try checkEntry()
        for task in moved { task.move(to: self) }
        writer.kernel.generation &+= 1
    }

    /// cgroup.procs or cgroup.threads: those in here, as `namespace` numbers them, the newest first.
    package func list(processes: Bool, in namespace: PIDNamespace?) throws(Refusal) -> [Int32] {
        guard processes else { return members.reversed().map { number($0.pid, namespace) } }
        if isThreaded { throw Refusal(.EOPNOTSUPP) }
        var numbers: [Int32] = []
        var seen: Set<ObjectIdentifier> = []
        // The root of a threaded domain has the processes of all of it.
        var pending = [self]
        while let here = pending.popLast() {
            for task in here.members.reversed() where seen.insert(ObjectIdentifier(task.group)).inserted {
                numbers.append(number(task.group.pid, namespace))
            }
            pending += here.children.values.filter(\.isThreaded)
        }
        return numbers
    }

    private func number(_ pid: PID, _ namespace: PIDNamespace?) -> Int32 { namespace.map { pid.number(in: $0) } ?? 0 }

    /// All that are in it or below it.
    package var population: [Task] {
        var tasks: [Task] = []
        var pending = [self]
        while let here = pending.popLast() {
            tasks += here.members
            pending += here.children.values
        }
        return tasks
    }
}

/// A group's directory, whose file of members says who may move processes.
package protocol CgroupMembersFile: AnyObject {
    var membersFile: Inode? { get }
}
