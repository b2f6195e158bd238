import Credentials
import LinuxABI

extension Kernel {
    /// The host is about to replace `task`'s program. Its files that are close-on-exec go there and then, and who waits
    /// for that must find a process that has executed (begin_new_exec() clears PF_FORKNOEXEC first).
    package func beginsExecution(_ task: Task) -> Bool {
        defer { task.group.hasExecuted = true }
        return task.group.hasExecuted
    }

    /// The host could not: what `beginsExecution` had told counts again.
    package func abandonsExecution(_ task: Task, before: Bool) { task.group.hasExecuted = before }

    /// begin_new_exec() and what follows the point of no return: `task` is alone in its process and becomes its leader.
    package func executed(_ task: Task, _ commit: ExecCommit) {
        let group = task.group
        becomeLeader(task, of: group)

        // A table shared with another process is left to it; what is close-on-exec goes.
        if task.files.users > 1 {
            task.files.users -= 1
            task.files = task.files.copy(budget: budget)
        }
        task.files.removeCloseOnExec(by: task)

        leaveImage(task)
        task.image = commit.image
        let former = task.credentials
        task.credentials = commit.credentials
        task.countProcess()
        task.applyLockLimit(formerly: former)
        task.comm = Array(commit.comm.prefix(15))
        if commit.isSecure {
            task.parentDeathSignal = nil
            boundStack(of: task)
        }
        if var namespaces = task.namespaces, namespaces.time !== namespaces.timeForChildren {
            // time_namespaces(7): exec enters the namespace that was meant for children.
            namespaces.time = namespaces.timeForChildren
            namespaces.time.isFrozen = true
            task.namespaces = namespaces
        }
        // Handlers are reset, with their flags, and shared no more (unshare_sighand); an ignored SIGCHLD stays ignored.
        if group.handlers.users > 1 {
            group.handlers.users -= 1
            group.handlers = group.handlers.copy()
        }
        group.autoReapsChildren = group.ignoresChildSignal
        group.ignoresChildStops = false
        group.exitSignal = Signal.chld.rawValue
        group.execCount &+= 1
        group.hasExecuted = true
        group.timers = []
        task.clearChildTID = UserAddress(0)
        generation &+= 1
    }

    /// A program that lends privileges starts with no more stack than usual (begin_new_exec, _STK_LIM).
    private func boundStack(of task: Task) {
        let index = ResourceLimit.stack
        guard task.group.limits[index].soft > 8 << 20 else { return }
        task.group.limits[index].soft = 8 << 20
        platform.applyLimit(index, task.group.limits[index], to: task)
    }

    /// de_thread(): every other thread vanishes, and `task` takes over the leader's identity.
    private func becomeLeader(_ task: Task, of group: ThreadGroup) {
        for other in group.threads where other !== task {
            if !other.isExiting {
                other.isExiting = true
                dropResources(of: other)
                group.liveThreads -= 1
            }
            for child in group.children where child.parentThread === other { child.parentThread = task }
            if other === group.leader {
                // The old leader's number passes to `task`; the task's own is freed below.
                other.pid = task.pid
                task.pid = group.pid
                group.pid.task = task
                other.pid.task = other
                group.leader = task
            }
            release(other)
        }
        group.awaitsLeader = false
    }
}
