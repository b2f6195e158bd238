import Credentials
import LinuxABI

extension Kernel {
    /// unshare(2): all of it or nothing (ksys_unshare).
    ///
    /// Returns whether the host must unshare the fd table too.
    package func unshare(_ task: Task, _ requested: CloneFlags) throws(Refusal) -> Bool {
        var flags = requested
        // One kind of sharing hangs on another.
        if flags.contains(.newUser) { flags.formUnion([.thread, .fs]) }
        if flags.contains(.vm) { flags.insert(.sighand) }
        if flags.contains(.sighand) { flags.insert(.thread) }
        if flags.contains(.newMount) { flags.insert(.fs) }
        try checkUnshareFlags(flags, task)

        let unsharesFiles = flags.contains(.files) && task.files.users > 1
        if unsharesFiles { try checkFilesFit(task.files) }

        let fs = flags.contains(.fs) && task.fs.users > 1 ? task.fs.copy() : nil
        var credentials: Credentials?
        if flags.contains(.newUser) {
            let made = try makeUserNamespace(for: task)
            credentials = task.credentials.enteringUserNamespace(made)
        }
        let owner = credentials?.userNamespace ?? task.userNamespace
        // Only copy_namespaces() minds the semaphores: unshare(2) gives up the undo list that the new namespace ends.
        let made = try makeNamespaces(flags.subtracting(.sysvsem), for: task, owner: owner)

        // Nothing can fail from here on.
        if !flags.isDisjoint(with: [.newIPC, .sysvsem]) { leaveSemaphoreUndos(of: task) }
        if flags.contains(.newIPC) { abandonSegments(madeBy: task) }
        task.namespaces = made.namespaces
        if let fs {
            task.fs.users -= 1
            task.fs = fs
        }
        made.move(task.fs)
        if unsharesFiles { task.unshareFiles() }
        if let credentials { task.commit(credentials) }
        generation &+= 1
        return unsharesFiles
    }

    /// check_unshare_flags().
    private func checkUnshareFlags(_ flags: CloneFlags, _ task: Task) throws(Refusal) {
        let known: CloneFlags = [.thread, .fs, .newMount, .sighand, .vm, .files, .sysvsem]
        guard flags.subtracting(known.union(.namespaces)).isEmpty else { throw Refusal(.unshareUnknownFlag) }
        if !flags.isDisjoint(with: [.thread, .sighand, .vm]), task.group.hasOtherThreads(than: task) {
            throw refusal(.unshareMultithreaded, "the process has \(task.group.threads.count) threads")
        }
        if !flags.isDisjoint(with: [.sighand, .vm]), task.group.handlers.users > 1 {
            throw Refusal(.unshareSharedHandlers)
        }
        if flags.contains(.vm), task.image.users > 1 { throw Refusal(.unshareSharedMemory) }
    }
}

extension ThreadGroup {
    /// Whether threads other than `task` are left (thread_group_empty); one that is exiting still counts until it
    /// is gone.
    func hasOtherThreads(than task: Task) -> Bool { threads.contains { $0 !== task } }
}
