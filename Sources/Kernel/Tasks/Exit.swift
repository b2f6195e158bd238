import Credentials
import LinuxABI

extension Kernel {
    /// do_exit(): a thread is gone. `status` is the host's wait status; it becomes the process's when this was its last
    /// thread.
    package func exited(_ task: Task, status: Int32) {
        let group = task.group
        task.exitStatus = status
        let wasZombie = task.isExiting
        if wasZombie {
            guard group.awaitsLeader, task === group.leader else { return }
            group.awaitsLeader = false
        } else {
            leave(task)
        }
        generation &+= 1
        // The host tells the leader's end last, and its status is the process's.
        let isLast = group.liveThreads == 0 && !group.awaitsLeader
        if isLast {
            abandonTerminal(group)
            group.timers = []
            group.finalUsage = platform.statistics(of: task)
            group.handlers.users -= 1
        }

        let namespace = group.pid.namespace
        if isLast, namespace.initGroup === group {
            // zap_pid_ns_processes(): init takes the whole namespace with it, and is itself seen dead only afterwards.
            namespace.isAlive = false
            group.pendingStatus = namespace.rebootSignal.map { $0.rawValue } ?? status
            task.awaitsMembers = !wasZombie
            killMembers(of: namespace)
        } else {
            reparentChildren(of: task, group, all: isLast)
        }
        if task !== group.leader { release(task) }
        guard isLast else { return }
        if group.pendingStatus != nil {
            finishInitIfAlone(namespace)
        } else {
            becomeZombie(group, status: status)
        }
    }

    /// A leader exits while other threads live on: it is a zombie already, but its process ends with the last of them.
    package func leaderExits(_ task: Task, status: Int32) {
        let group = task.group
        guard task === group.leader, !task.isExiting, group.liveThreads > 1 else { return }
        task.exitStatus = status
        group.awaitsLeader = true
        leave(task)
        reparentChildren(of: task, group, all: false)
        generation &+= 1
    }

    private func leave(_ task: Task) {
        task.isExiting = true
        dropResources(of: task)
        task.group.liveThreads -= 1
    }

    /// exit_notify(): tells the parent, and reaps at once where nobody is going to wait.
    func becomeZombie(_ group: ThreadGroup, status: Int32) {
        hangUpIfOrphaned(group.processGroup, because: group, formerParent: nil)
        if group.stopSignal != nil { setStop(group, nil) }
        setReported(group)
        group.exitStatus = status
        group.parent?.deadChildren.append(group)
        showState(of: group.pid)
        announce(group)
    }

    /// Tells the parent of a zombie, reaps it where nobody is to wait, and then lets waiters look.
    private func announce(_ group: ThreadGroup) {
        guard let parent = group.parent else { return }
        if notifyParent(of: group) { reap(group) }
        wake(parent.childEvents)
    }

    /// release_task() for a dead process: it leaves its parent, process group and session, and its number is free.
    package func reap(_ group: ThreadGroup) {
        guard !group.isReaped else { return }
        // pidfs_exit(): a leader's is the whole process's.
        group.pid.reapedStatus = group.exitStatus
        unlink(group)
        for thread in group.threads { release(thread) }
    }

    /// Drops what a dead task held: files, directory context, image, namespaces, a waiting call.
    func dropResources(of task: Task) {
        unpark(task)
        task.hostAnswers?.abandon()
        leaveSemaphoreUndos(of: task)
        task.files.users -= 1
        if task.files.users == 0 { task.files.removeAll(by: task) }
        task.fs.users -= 1
        task.cgroup.leave(task)
        leaveImage(task)
        abandonSegments(madeBy: task)
        task.wasDumpable = task.image.dumpable == 1
        task.namespaces = nil
    }

    /// Frees the task's number and takes it out of its process.
    func release(_ task: Task) {
        guard !task.isReleased else { return }
        task.isReleased = true
        task.group.threads.remove(task)
        // Task and process hold each other; the credentials of the dead must not outlive their last use.
        if task.group.isReaped, task.group.leader === task { task.group.leader = nil }
        taskCount -= 1
        task.uncountProcess()
        // flush_sigqueue()
        task.pendingSignals = PendingSignals()
        if task.group.threads.isEmpty { task.group.pendingSignals = PendingSignals() }
        if task.pid.reapedStatus == nil { task.pid.reapedStatus = task.exitStatus }
        if task.pid.task === task {
            task.pid.task = nil
            showState(of: task.pid)
            releaseIfUnused(task.pid)
        }
        var walk: PIDNamespace? = task.pid.namespace
        while let here = walk {
            finishInitIfAlone(here)
            walk = here.parent
        }
    }

    private func finishInitIfAlone(_ namespace: PIDNamespace) {
        guard !namespace.isAlive, let group = namespace.initGroup, let status = group.pendingStatus,
            namespace.numbers.count <= 1
        else { return }
        group.pendingStatus = nil
        group.leader?.awaitsMembers = false
        becomeZombie(group, status: status)
    }

    /// Kills the init of `namespace`, and with it all in it, so that it seems to have died of `signal` (reboot_pid_ns).
    package func endNamespace(_ namespace: PIDNamespace, as signal: Signal) {
        guard let initGroup = namespace.initGroup, let task = initGroup.liveThread else { return }
        namespace.rebootSignal = signal
        platform.deliver(SignalInfo(.kill, code: SignalInfo.kernelCode, pid: 0, uid: 0), to: task, wholeGroup: true)
    }

    private func killMembers(of namespace: PIDNamespace) {
        guard let initGroup = namespace.initGroup else { return }
        // Its own children need no wait: init ignores SIGCHLD while it dies.
        initGroup.ignoresChildSignal = true
        initGroup.autoReapsChildren = true
        for child in initGroup.deadChildren { reap(child) }
        let info = SignalInfo(.kill, code: SignalInfo.kernelCode, pid: 0, uid: 0)
        for pid in Array(namespace.numbers.values) {
            guard let task = pid.task, task.isLeader, task.group !== initGroup else { continue }
            deliver(info, to: task.group)
        }
    }

    // MARK: Orphans

    /// forget_original_parent(): the children of a dead thread go to another of its process, or, with the process
    /// dead, to the nearest living subreaper, or to the init of the PID namespace.
    private func reparentChildren(of task: Task, _ group: ThreadGroup, all: Bool) {
        guard task.hasForked || all, !group.children.isEmpty else { return }
        let heir = all ? nil : group.liveThread
        let reaper = all ? findReaper(for: group) : group
        for child in group.children where all || child.parentThread === task {
            for thread in child.threads {
                guard let signal = thread.parentDeathSignal else { continue }
                deliver(userInfo(signal, from: task, to: thread), to: child, from: task)
            }
            guard all else {
                child.parentThread = heir
                continue
            }
            orphan(child)
            guard let reaper else { continue }
            adopt(child, by: reaper, thread: reaper.liveThread)
            child.exitSignal = Signal.chld.rawValue
            let processGroup = child.processGroup
            if child.isZombie { announce(child) }
            hangUpIfOrphaned(processGroup, because: child, formerParent: group)
        }
    }

    private func findReaper(for group: ThreadGroup) -> ThreadGroup? {
        let namespace = group.pid.namespace
        if hasSubreapers {
            // Only ancestors of the same PID namespace level are asked (find_new_reaper).
            var walk = group.parent
            while let here = walk, here.pid.namespace.level == namespace.level {
                if here.isChildSubreaper, here.liveThreads > 0 { return here }
                walk = here.parent
            }
        }
        return namespace.initGroup
    }

    // MARK: Telling the parent

    /// do_notify_parent(): sends the exit signal. True when the parent does not want to wait.
    private func notifyParent(of group: ThreadGroup) -> Bool {
        guard let parent = group.parent, let status = group.exitStatus else { return false }
        var signal = group.exitSignal
        // An exit signal of choice is for the program that forked it, not for one executed since.
        if signal != Signal.chld.rawValue, group.parentExecCount != parent.execCount { signal = Signal.chld.rawValue }
        var reapsItself = false
        if signal == Signal.chld.rawValue, parent.autoReapsChildren || parent.ignoresChildSignal {
            reapsItself = true
            if parent.ignoresChildSignal { signal = 0 }
        }
        // Whatever they would have told it: an init that takes its namespace with it waits for all (zap_pid_ns_processes).
        if !parent.pid.namespace.isAlive, parent.pid.namespace.initGroup === parent { reapsItself = true }
        if let signal = Signal(checked: signal), let receiver = parent.liveThread {
            let (code, value) = (ChildEvent.code(of: status), ChildEvent.value(of: status))
            deliver(childInfo(signal, of: group, to: receiver, code: code, status: value), to: parent)
        }
        return reapsItself
    }

    /// A SIGCHLD-like siginfo, with the child's number and real user ID as the parent sees them.
    func childInfo(_ signal: Signal, of group: ThreadGroup, to receiver: Task, code: Int32, status: Int32) -> SignalInfo
    {
        let uid = receiver.userNamespace.uidOrOverflow(group.leader?.credentials.uid ?? .invalid)
        var info = SignalInfo(
            signal, code: code, pid: group.pid.number(in: receiver.pidNamespace), uid: uid.rawValue, status: status)
        let usage = usage(of: group)
        info.userTicks = usage.userTicks
        info.systemTicks = usage.systemTicks
        return info
    }
}

/// `si_code` of SIGCHLD (sigaction(2)).
package enum ChildEvent {
    package static let exited: Int32 = 1
    package static let killed: Int32 = 2
    package static let dumped: Int32 = 3
    package static let trapped: Int32 = 4
    package static let stopped: Int32 = 5
    package static let continued: Int32 = 6
}

extension ThreadGroup {
    /// A thread that has not exited: the leader where possible.
    package var liveThread: Task? {
        if let leader, !leader.isExiting { return leader }
        for thread in threads where !thread.isExiting { return thread }
        return nil
    }
}
