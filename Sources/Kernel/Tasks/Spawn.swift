import Credentials
import LinuxABI

extension Kernel {
    /// The first process: pid 1 of the initial namespaces, in a session and process group of its own.
    package func spawnInit(
        credentials: Credentials, fs: FSContext, files: FDTable, memory: any GuestMemory, comm: [UInt8],
        image: AddressSpace? = nil, limits: [ResourceLimit] = ResourceLimit.defaults
    ) throws(Refusal) -> Task {
        let pid = try allocatePID(in: initialPIDNamespace, wanted: [], by: credentials)
        let group = ThreadGroup(
            pid: pid, processGroup: pid, session: pid, limits: limits, startTicks: platform.bootNow / 10_000_000)
        let task = Task(
            kernel: self, group: group, pid: pid, credentials: credentials, namespaces: initialNamespaces, fs: fs,
            files: files, memory: memory, image: image ?? AddressSpace(userNamespace: credentials.userNamespace),
            comm: Array(comm.prefix(15)), charge: try chargeTask())
        add(task, to: group)
        pid.groupMembers.append(group)
        pid.sessionMembers.append(group)
        initialPIDNamespace.initGroup = group
        initialPIDNamespace.hadInit = true
        initTask = task
        generation &+= 1
        return task
    }

    /// The sandbox's first program, as a child of an init that is only a model: pid 1 takes in orphans and reaps them, and
    /// what is special about an init is not true of the program. It leads a process group, as what a shell starts does, and
    /// is in front of the `terminal` that the sandbox was given.
    package func spawnProgram(
        credentials: Credentials, fs: FSContext, files: FDTable, memory: any GuestMemory, comm: [UInt8],
        terminal device: DeviceNumber? = nil
    ) throws(Refusal) -> Task {
        let root = credentials.changed {
            ($0.uid, $0.euid, $0.suid, $0.fsuid) = (.root, .root, .root, .root)
            ($0.gid, $0.egid, $0.sgid, $0.fsgid) = (.root, .root, .root, .root)
            $0.groups = []
            ($0.permitted, $0.effective, $0.bounding) = (.full, .full, .full)
        }
        let initTask = try spawnInit(
            credentials: root, fs: fs.copy(), files: FDTable(budget: budget), memory: memory, comm: Array("init".utf8))
        initTask.group.ignoresChildSignal = true
        initTask.group.autoReapsChildren = true
        let pid = try allocatePID(in: initialPIDNamespace, wanted: [], by: credentials)
        let group = ThreadGroup(
            pid: pid, processGroup: pid, session: initTask.group.session, limits: initTask.group.limits,
            startTicks: platform.bootNow / 10_000_000)
        let task = Task(
            kernel: self, group: group, pid: pid, credentials: credentials, namespaces: initialNamespaces, fs: fs,
            files: files, memory: memory, image: AddressSpace(userNamespace: credentials.userNamespace), comm: comm,
            charge: try chargeTask())
        add(task, to: group)
        link(group, to: initTask, CloneRequest(flags: [], exitSignal: Signal.chld.rawValue))
        if let device {
            terminal.device = device
            giveTerminal(to: group)
        }
        generation &+= 1
        return task
    }

    /// copy_process(): checks the request, makes the child and adds it to the tree. A child that shares no memory gets
    /// its own from the platform (`Task.adopt`); until then it refers to the parent's.
    package func clone(_ parent: Task, _ request: CloneRequest) throws(Refusal) -> Task {
        let flags = request.flags
        try checkCloneFlags(request, by: parent)
        if !flags.contains(.files) { try checkFilesFit(parent.files) }
        let prepared = try prepareNamespaces(for: parent, request)
        try checkProcessLimit(prepared.credentials, by: parent)
        try checkTaskRoom()
        let namespaces = prepared.namespaces
        let charge = try chargeTask(isThread: flags.contains(.thread))
        let pid = try allocatePID(
            in: namespaces.pidForChildren, wanted: request.setTID, by: parent.credentials)

        let isThread = flags.contains(.thread)
        let group: ThreadGroup
        if isThread {
            group = parent.group
        } else {
            group = ThreadGroup(
                pid: pid, processGroup: parent.group.processGroup, session: parent.group.session,
                limits: parent.group.limits, startTicks: platform.bootNow / 10_000_000)
            copyProcessState(from: parent.group, to: group, flags)
        }
        let child = Task(
            kernel: self, group: group, pid: pid, credentials: prepared.credentials, namespaces: namespaces,
            fs: prepared.fs ?? share(parent.fs), files: shared(parent.files, if: flags.contains(.files)),
            memory: parent.addressSpace, image: shared(parent.image, if: flags.contains(.vm)), comm: parent.comm,
            charge: charge)
        inheritSegments(child, from: parent)
        inheritScheduling(child, from: parent)
        child.inheritIOContext(of: parent, shares: flags.contains(.io))
        if flags.contains(.sysvsem) { child.shareSemaphoreUndos(of: parent) }
        child.personality = parent.personality
        child.cgroup = parent.cgroup
        child.isIOFlusher = parent.isIOFlusher
        add(child, to: group)
        if !isThread { link(group, to: parent, request) }
        generation &+= 1
        return child
    }

    private func chargeTask(isThread: Bool = false) throws(Refusal) -> Charge {
        try Charge(budget, .processes, Task.footprint(isThread: isThread))
    }

    /// RLIMIT_NPROC of the child's real user; the system's root and who has CAP_SYS_RESOURCE or CAP_SYS_ADMIN over the
    /// initial user namespace are exempt (copy_process).
    private func checkProcessLimit(_ credentials: Credentials, by parent: Task) throws(Refusal) {
        let limit = parent.group.limits[ResourceLimit.processes].soft
        if credentials.userNamespace.hasRoomForProcess(of: credentials.uid, limit: limit) { return }
        if credentials.uid == .root, credentials.userNamespace.isInitial { return }
        let own = parent.credentials
        if own.has(.sysResource, over: initialUserNamespace) || own.has(.sysAdmin, over: initialUserNamespace) {
            return
        }
        throw refusal(
            .forkLimit,
            "user \(credentials.uid.rawValue) has as many tasks as its limit of \(limit) or an outer one allows")
    }

    /// Undoes `clone` when the host could not make the child.
    package func abandon(_ child: Task) {
        guard !child.isReleased, !child.isExiting else { return }
        let group = child.group
        guard group.pid === child.pid else { return abandonThread(child) }
        child.isExiting = true
        dropResources(of: child)
        group.liveThreads -= 1
        let namespace = child.pid.namespace
        if namespace.initGroup === group {
            // The namespace is as it was: the next fork may become its init (alloc_pid, after a failure).
            namespace.initGroup = nil
            namespace.hadInit = false
            namespace.lastNumber = 0
        }
        group.handlers.users -= 1
        let parent = group.parent
        unlink(group)
        release(child)
        generation &+= 1
        // Another thread may wait for a child that there is not.
        if let parent { wake(parent.childEvents) }
    }

    private func abandonThread(_ child: Task) {
        let group = child.group
        // All others have ended meanwhile, and only this one kept the process.
        if group.liveThreads == 1 { return exited(child, status: group.leader?.exitStatus ?? 0) }
        child.isExiting = true
        dropResources(of: child)
        group.liveThreads -= 1
        release(child)
        generation &+= 1
    }

    /// Joins `task` to `group` and to its number.
    func add(_ task: Task, to group: ThreadGroup) {
        task.pid.task = task
        group.threads.append(task)
        group.liveThreads += 1
        if group.leader == nil { group.leader = task }
        taskCount += 1
        task.countProcess()
        task.cgroup.enter(task)
    }

    private func copyProcessState(from parent: ThreadGroup, to child: ThreadGroup, _ flags: CloneFlags) {
        if flags.contains(.sighand) {
            child.handlers = parent.handlers
            child.handlers.users += 1
        } else {
            child.handlers = parent.handlers.copy()
        }
        if flags.contains(.clearSighand) {
            child.autoReapsChildren = parent.ignoresChildSignal
            child.ignoresChildStops = false
        }
        child.hasTerminal = parent.hasTerminal
        child.oomScoreAdjustment = parent.oomScoreAdjustment
        child.oomScoreFloor = parent.oomScoreFloor
        child.login = parent.login
    }

    /// sched_fork(): SCHED_RESET_ON_FORK falls back to the default policy and at most the default priority.
    private func inheritScheduling(_ child: Task, from parent: Task) {
        child.nice = parent.nice
        child.scheduling = parent.scheduling
        child.affinity = parent.affinity
        guard parent.scheduling.resetsOnFork else { return }
        if parent.scheduling.isRealtime || parent.scheduling.policy == 6 { child.nice = 0 }
        child.nice = max(child.nice, 0)
        child.scheduling = Scheduling()
    }

    /// Gives a new process its parent, exit signal, process group and session.
    private func link(_ group: ThreadGroup, to task: Task, _ request: CloneRequest) {
        let parentGroup: ThreadGroup?
        let parentThread: Task?
        if request.flags.contains(.parent) {
            // CLONE_PARENT: a sibling, with the caller's own exit signal.
            parentGroup = task.group.parent
            parentThread = task.group.parentThread
            group.exitSignal = task.group.exitSignal
        } else {
            parentGroup = task.group
            parentThread = task
            group.exitSignal = request.exitSignal
        }
        if let parentGroup { adopt(group, by: parentGroup, thread: parentThread) }
        let namespace = group.pid.namespace
        if !namespace.hadInit {
            namespace.hadInit = true
            namespace.initGroup = group
            // The init of a PID namespace starts without a session or process group that it could see
            // (copy_process keeps the outer ones; they show as 0 inside).
        }
        group.processGroup.groupMembers.append(group)
        group.session.sessionMembers.append(group)
    }

    /// Makes `parent` the parent of `group`, at the end of its children.
    func adopt(_ group: ThreadGroup, by parent: ThreadGroup, thread: Task?) {
        group.parent = parent
        group.parentThread = thread
        group.parentExecCount = parent.execCount
        group.siblingOrder = parent.nextSiblingOrder
        parent.nextSiblingOrder &+= 1
        parent.children.append(group)
        if group.isZombie { parent.deadChildren.append(group) }
        if !group.stopReported || !group.continueReported { parent.unreportedStops += 1 }
        thread?.hasForked = true
    }

    /// Takes `group` from its parent.
    func orphan(_ group: ThreadGroup) {
        guard let parent = group.parent else { return }
        parent.children.remove(group)
        parent.deadChildren.remove(group)
        if !group.stopReported || !group.continueReported { parent.unreportedStops -= 1 }
        group.parent = nil
        group.parentThread = nil
    }

    /// Takes a process out of its parent's children, its process group and its session.
    func unlink(_ group: ThreadGroup) {
        orphan(group)
        group.processGroup.groupMembers.remove(group)
        group.session.sessionMembers.remove(group)
        if group.processGroup !== group.pid { releaseIfUnused(group.processGroup) }
        if group.session !== group.pid, group.session !== group.processGroup { releaseIfUnused(group.session) }
        group.isReaped = true
    }

    private func share(_ fs: FSContext) -> FSContext {
        fs.users += 1
        return fs
    }
    private func shared(_ files: FDTable, if sharing: Bool) -> FDTable {
        guard sharing else { return files.copy(budget: budget) }
        files.users += 1
        return files
    }
    private func shared(_ image: AddressSpace, if sharing: Bool) -> AddressSpace {
        guard sharing else { return image.copy() }
        image.users += 1
        return image
    }
}

extension ResourceLimit {
    // RLIMIT_* numbers.
    package static let processorTime = 0
    package static let fileSize = 1
    package static let data = 2
    package static let stack = 3
    package static let processes = 6
    package static let openFiles = 7
    package static let lockedMemory = 8
    package static let addressSpace = 9
    package static let pendingSignals = 11
    package static let messageQueues = 12

    /// Limits of the first process, by RLIMIT_* number: CPU, FSIZE, DATA, STACK, CORE, RSS, NPROC, NOFILE, MEMLOCK, AS,
    /// LOCKS, SIGPENDING, MSGQUEUE, NICE, RTPRIO, RTTIME.
    package static let defaults: [ResourceLimit] = {
        var limits = [ResourceLimit](repeating: ResourceLimit(soft: infinity, hard: infinity), count: 16)
        limits[3].soft = 8 << 20
        limits[4].soft = 0
        limits[6] = ResourceLimit(soft: 96365, hard: 96365)
        limits[openFiles] = ResourceLimit(soft: 1024, hard: 4096)
        limits[8] = ResourceLimit(soft: 8 << 20, hard: 8 << 20)
        limits[11] = ResourceLimit(soft: 96365, hard: 96365)
        limits[12] = ResourceLimit(soft: 819_200, hard: 819_200)
        limits[13] = ResourceLimit(soft: 0, hard: 0)
        limits[14] = ResourceLimit(soft: 0, hard: 0)
        return limits
    }()
}
