import Credentials
import LinuxABI

// setns(2): every check first, then everything at once (kernel/nsproxy.c, prepare_nsset and commit_nsset).
extension Kernel {
    package func setns(_ task: Task, fd: Int32, flags: UInt32) throws(Refusal) {
        let file = try task.files.file(fd)
        if file.flags.contains(.path) { throw Refusal(.EBADF) }
        var change: NsSet
        if let file = file as? NsFile {
            let namespace = file.namespace
            guard flags == 0 || flags == namespace.kind.rawValue else {
                throw refusal(.setnsWrongKind, "the descriptor is \(Explanation.name(namespace))")
            }
            if file.isFake { throw Refusal(.setnsUserFake) }
            change = try NsSet(task, namespace.kind.flag)
            try change.install(namespace)
        } else if let file = file as? PidfdFile {
            let flags = CloneFlags(rawValue: UInt64(flags))
            guard !flags.isEmpty, flags.isSubset(of: .namespaces) else { throw Refusal(.setnsPidfdFlags) }
            change = try NsSet(task, flags)
            try change.installAll(of: file)
        } else {
            throw Refusal(.setnsNotANamespace)
        }
        change.commit()
    }
}

/// A task's namespaces and credentials as setns(2) would leave them (struct nsset).
private struct NsSet {
    let task: Task
    let flags: CloneFlags
    var namespaces: NamespaceSet
    /// The ones the task would have; the user namespace goes first, so the others are checked against it.
    var credentials: Credentials
    /// Where root and working directory go.
    var root: Path?

    init(_ task: Task, _ flags: CloneFlags) throws(Refusal) {
        let own = try task.ownNamespaces()
        self.task = task
        self.flags = flags
        namespaces = own
        credentials = task.credentials
    }

    /// validate_nsset(): the chosen namespaces of the process behind a pidfd. The order decides which refusal wins.
    mutating func installAll(of file: PidfdFile) throws(Refusal) {
        guard let target = file.pid.task else { throw Refusal(.ESRCH) }
        if let refusal = task.mayAccess(target, .readByRealCredentials) { throw refusal.under(.setnsNoAccessToTarget) }
        let theirs = try target.ownNamespaces()
        if flags.contains(.newUser) { try install(target.userNamespace) }
        if flags.contains(.newMount) { try install(theirs.mount) }
        if flags.contains(.newUTS) { try install(theirs.uts) }
        if flags.contains(.newIPC) { try install(theirs.ipc) }
        // Its own PID namespace, not the one chosen for its children.
        if flags.contains(.newPID) { try install(target.pidNamespace) }
        if flags.contains(.newCgroup) { try install(theirs.cgroup) }
        if flags.contains(.newNet) { try install(theirs.net) }
        if flags.contains(.newTime) { try install(theirs.time) }
    }

    mutating func install(_ namespace: any Namespace) throws(Refusal) {
        switch namespace {
        case let user as UserNamespace: try install(user)
        case let mount as MountNamespace: try install(mount)
        case let uts as UTSNamespace:
            try checkAdmin(over: uts.owner)
            namespaces.uts = uts
        case let ipc as IPCNamespace:
            try checkAdmin(over: ipc.owner)
            namespaces.ipc = ipc
        case let net as NetNamespace:
            try checkAdmin(over: net.owner)
            namespaces.net = net
        case let cgroup as CgroupNamespace:
            try checkAdmin(over: cgroup.owner)
            namespaces.cgroup = cgroup
        case let pid as PIDNamespace: try install(pid)
        case let time as TimeNamespace: try install(time)
        default: throw Refusal(.setnsNotANamespace)
        }
    }

    /// userns_install().
    private mutating func install(_ user: UserNamespace) throws(Refusal) {
        // Else a task could regain capabilities that it gave up.
        guard user !== task.userNamespace else {
            throw task.refusal(.setnsUserIsCurrent, "the caller is in \(Explanation.name(user))")
        }
        guard !task.group.hasOtherThreads(than: task) else {
            throw task.refusal(.setnsUserMultithreaded, "the process has \(task.group.threads.count) threads")
        }
        guard task.fs.users == 1 else { throw Refusal(.setnsUserSharedFS) }
        try task.require(.sysAdmin, over: user, .setnsUserNeedsAdmin)
        credentials = task.credentials.enteringUserNamespace(user)
    }

    /// mntns_install().
    private mutating func install(_ mount: MountNamespace) throws(Refusal) {
        let user = credentials.userNamespace
        try task.require(.sysAdmin, over: mount.owner, .setnsMountNeedsCapabilities)
        try task.require(.sysChroot, over: user, .setnsMountNeedsCapabilities)
        try task.require(.sysAdmin, over: user, .setnsMountNeedsCapabilities)
        // A call that changes more than the mount namespace works on a copy of its own until the commit.
        if flags == .newMount, task.fs.users != 1 { throw Refusal(.setnsMountSharedFS) }
        guard let root = mount.topRoot else { throw Refusal(.EINVAL) }
        namespaces.mount = mount
        self.root = root
    }

    /// pidns_install(): only what children get changes.
    private mutating func install(_ pid: PIDNamespace) throws(Refusal) {
        try checkAdmin(over: pid.owner)
        guard task.pidNamespace.isAncestorOrSelf(of: pid) else {
            throw task.refusal(
                .setnsPIDNotDescendant,
                "\(Explanation.name(pid)) is not below the caller's \(Explanation.name(task.pidNamespace))")
        }
        namespaces.pidForChildren = pid
    }

    /// timens_install(): takes effect at once, so nobody else may run on the same clock page.
    private mutating func install(_ time: TimeNamespace) throws(Refusal) {
        guard !task.group.hasOtherThreads(than: task), task.image.users <= 1 else {
            throw Refusal(.setnsTimeMultithreaded)
        }
        try checkAdmin(over: time.owner)
        namespaces.time = time
        namespaces.timeForChildren = time
    }

    /// The two-sided test: over the namespace's owner and over the user namespace in which the task will be, both by
    /// the credentials that it has now.
    private func checkAdmin(over owner: UserNamespace?) throws(Refusal) {
        try task.require(.sysAdmin, over: owner, .setnsNeedsAdminOverTarget)
        try task.require(.sysAdmin, over: credentials.userNamespace, .setnsNeedsAdminHere)
    }

    /// commit_nsset().
    func commit() {
        task.commit(credentials)
        if let root {
            task.fs.root = root
            task.fs.workingDirectory = root
        }
        if flags.contains(.newIPC) { task.kernel.leaveSemaphoreUndos(of: task) }
        if flags.contains(.newTime) { namespaces.time.isFrozen = true }
        task.namespaces = namespaces
        task.kernel.generation &+= 1
    }
}
