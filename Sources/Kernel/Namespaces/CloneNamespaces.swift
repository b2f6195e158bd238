import Credentials
import LinuxABI

/// What a child gets instead of sharing it with its creator.
struct PreparedClone {
    var credentials: Credentials
    var namespaces: NamespaceSet
    /// A copy of the creator's, moved into the child's mount namespace; nil when CLONE_FS shares it.
    var fs: FSContext?
}

// What clone(2) asks of the namespaces.
extension Kernel {
    /// The flag rules of copy_process(), in its order, before anything is made.
    package func checkCloneFlags(_ request: CloneRequest, by parent: Task) throws(Refusal) {
        let flags = request.flags
        if flags.contains([.newMount, .fs]) { throw Refusal(.cloneMountNamespaceWithSharedFS) }
        if flags.contains([.newUser, .fs]) { throw Refusal(.cloneUserNamespaceWithSharedFS) }
        if flags.contains(.thread), !flags.contains(.sighand) { throw Refusal(.cloneThreadWithoutSighand) }
        if flags.contains(.sighand), !flags.contains(.vm) { throw Refusal(.cloneSighandWithoutVM) }
        if flags.contains(.parent), parent.pidNamespace.initGroup === parent.group {
            throw Refusal(.cloneParentByInit)
        }
        if flags.contains(.thread) {
            if !flags.isDisjoint(with: [.newUser, .newPID]) { throw Refusal(.cloneThreadInNewNamespace) }
            if parent.namespaces?.pidForChildren !== parent.pidNamespace {
                throw Refusal(.cloneThreadAfterPIDNamespaceChange)
            }
        }
        if flags.contains([.pidfd, .detached]) { throw Refusal(.clonePidfdDetached) }
    }

    /// The child's credentials, namespaces and fs context (copy_creds, copy_namespaces). Nothing changes for `parent`;
    /// what was made goes again when the result is dropped.
    func prepareNamespaces(for parent: Task, _ request: CloneRequest) throws(Refusal) -> PreparedClone {
        let flags = request.flags
        guard let own = parent.namespaces else { throw Refusal(.ESRCH) }
        var prepared = PreparedClone(
            credentials: parent.credentials, namespaces: own, fs: flags.contains(.fs) ? nil : parent.fs.copy())
        if flags.isDisjoint(with: .namespaces) {
            prepared.credentials = try prepared.credentials.keyringsForChild(isThread: flags.contains(.thread))
            if !flags.contains(.vm) { prepared.namespaces.enterTimeNamespaceForChildren() }
            return prepared
        }
        if flags.contains(.newUser) {
            let made = try makeUserNamespace(for: parent)
            prepared.credentials = parent.credentials.enteringUserNamespace(made)
        }
        prepared.credentials = try prepared.credentials.keyringsForChild(isThread: flags.contains(.thread))
        let made = try makeNamespaces(flags, for: parent, owner: prepared.credentials.userNamespace)
        prepared.namespaces = made.namespaces
        if let fs = prepared.fs { made.move(fs) }
        if !flags.contains(.vm) { prepared.namespaces.enterTimeNamespaceForChildren() }
        return prepared
    }
}

extension NamespaceSet {
    /// timens_on_fork(): a process of its own memory starts in the time namespace chosen for children.
    mutating func enterTimeNamespaceForChildren() {
        guard time !== timeForChildren else { return }
        time = timeForChildren
        time.isFrozen = true
    }
}
