import Credentials
import LinuxABI

/// Namespaces made by one clone(2) or unshare(2), not installed yet.
struct MadeNamespaces {
    var namespaces: NamespaceSet
    /// With a new mount namespace: which of its mounts stands for which old one.
    var mountCounterparts: [ObjectIdentifier: Mount] = [:]

    /// Moves root and working directory to the same places in the new mount namespace.
    func move(_ fs: FSContext) {
        if let mount = mountCounterparts[ObjectIdentifier(fs.root.mount)] { fs.root.mount = mount }
        if let mount = mountCounterparts[ObjectIdentifier(fs.workingDirectory.mount)] {
            fs.workingDirectory.mount = mount
        }
    }
}

extension Kernel {
    /// create_user_ns() for `task`.
    func makeUserNamespace(for task: Task) throws(Refusal) -> UserNamespace {
        do throws(Refusal) {
            let made = try task.credentials.createUserNamespace(
                inode: inodes.allocate(), isChrooted: task.isChrooted)
            // enforced_nproc_rlimit(): all users of the namespace together are bound by its creator's limit.
            if task.credentials.uid != .root || !task.userNamespace.isInitial {
                made.processes.ceiling = task.group.limits[ResourceLimit.processes].soft
            }
            made.pendingSignals.ceiling = task.group.limits[ResourceLimit.pendingSignals].soft
            made.messageQueues.ceiling = task.group.limits[ResourceLimit.messageQueues].soft
            namespaceTree.add(made)
            return made
        } catch {
            throw wantsExplanations ? error.explained(Explanation.userNamespace(error, task)) : error
        }
    }

    /// copy_namespaces(): makes what `flags` name, all owned by `owner`, the user namespace in which the task will be.
    func makeNamespaces(_ flags: CloneFlags, for task: Task, owner: UserNamespace) throws(Refusal) -> MadeNamespaces {
        let old = try task.ownNamespaces()
        var made = MadeNamespaces(namespaces: old)
        guard !flags.isDisjoint(with: CloneFlags.namespaces.subtracting(.newUser)) else { return made }
        // By the credentials that the task has now: they reach down to a new user namespace as its owner's.
        try task.require(.sysAdmin, over: owner, .namespaceNeedsAdmin)
        if flags.contains([.newIPC, .sysvsem]) { throw Refusal(.cloneIPCNamespaceWithSysvsem) }

        // The order decides which refusal wins (create_new_namespaces). An early end drops what was made before it.
        if flags.contains(.newMount) {
            let charge = try charge(.mount, task, owner)
            let copy = try old.mount.copy(inode: inodes.allocate(), owner: owner)
            copy.namespace.charge = charge
            made.namespaces.mount = copy.namespace
            made.mountCounterparts = copy.counterparts
        }
        if flags.contains(.newUTS) {
            let charge = try charge(.uts, task, owner)
            made.namespaces.uts = UTSNamespace(
                inode: inodes.allocate(), owner: owner, hostname: old.uts.hostname, domainname: old.uts.domainname)
            made.namespaces.uts.charge = charge
        }
        if flags.contains(.newIPC) {
            let charge = try charge(.ipc, task, owner)
            made.namespaces.ipc = IPCNamespace(
                inode: inodes.allocate(), owner: owner, creator: task.credentials,
                mounts: old.mount.numbers)
            made.namespaces.ipc.charge = charge
        }
        if flags.contains(.newPID) {
            made.namespaces.pidForChildren = try makePIDNamespace(task, parent: old.pidForChildren, owner: owner)
        }
        if flags.contains(.newCgroup) {
            let charge = try charge(.cgroup, task, owner)
            made.namespaces.cgroup = CgroupNamespace(
                inode: inodes.allocate(), owner: owner, root: task.cgroup)
            made.namespaces.cgroup.charge = charge
        }
        if flags.contains(.newNet) {
            let charge = try charge(.net, task, owner)
            made.namespaces.net = NetNamespace(inode: inodes.allocate(), owner: owner)
            made.namespaces.net.charge = charge
        }
        if flags.contains(.newTime) {
            let charge = try charge(.time, task, owner)
            made.namespaces.timeForChildren = TimeNamespace(
                inode: inodes.allocate(), owner: owner, copying: old.timeForChildren)
            made.namespaces.timeForChildren.charge = charge
        }
        for (new, old) in zip(made.namespaces.all, old.all) where new !== old { namespaceTree.add(new) }
        return made
    }

    /// copy_pid_ns() and create_pid_namespace().
    private func makePIDNamespace(
        _ task: Task, parent: PIDNamespace, owner: UserNamespace
    ) throws(Refusal) -> PIDNamespace {
        guard task.pidNamespace === parent else { throw Refusal(.pidNamespacePending) }
        guard let parentOwner = parent.owner, parentOwner.isAncestorOrSelf(of: owner) else {
            throw Refusal(.pidNamespaceForeignOwner)
        }
        guard parent.level < PIDNamespace.maximumLevel else { throw Refusal(.pidNamespaceDepth) }
        let charge = try charge(.pid, task, owner)
        let made = PIDNamespace(inode: inodes.allocate(), owner: owner, parent: parent)
        made.charge = charge
        return made
    }

    private func charge(
        _ kind: NamespaceKind, _ task: Task, _ owner: UserNamespace
    ) throws(Refusal) -> NamespaceCharge {
        try NamespaceCharge(kind, user: task.credentials.euid, in: owner)
    }
}

extension Task {
    /// current_chrooted(): whether the root directory is another than the mount namespace's, as seen from above.
    package var isChrooted: Bool {
        guard let root = mountNamespace?.topRoot else { return true }
        return fs.root != root
    }
}
