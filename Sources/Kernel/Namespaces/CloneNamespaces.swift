import Credentials
import LinuxABI

// What clone(2) asks of the namespaces.
extension Kernel {
    /// The flag rules of copy_process(), in its order, before anything is made.
    package func checkCloneFlags(_ request: CloneRequest, by parent: Task) throws(Refusal) {
        let flags = request.flags
        if flags.contains([.newMount, .fs]) || flags.contains([.newUser, .fs]) { throw Refusal(.EINVAL) }
        if flags.contains(.thread), !flags.contains(.sighand) { throw Refusal(.EINVAL) }
        if flags.contains(.sighand), !flags.contains(.vm) { throw Refusal(.EINVAL) }
        if flags.contains(.parent), parent.pidNamespace.initGroup === parent.group { throw Refusal(.EINVAL) }
        if flags.contains(.thread) {
            guard flags.isDisjoint(with: [.newUser, .newPID]),
                parent.namespaces?.pidForChildren === parent.pidNamespace
            else { throw Refusal(.EINVAL) }
        }
    }

    /// The child's credentials and namespaces.
    package func prepareNamespaces(
        for parent: Task, _ request: CloneRequest
    ) throws(Refusal) -> (Credentials, NamespaceSet) {
        guard var namespaces = parent.namespaces else { throw Refusal(.ESRCH) }
        if !request.flags.contains(.vm) { namespaces.time = namespaces.timeForChildren }
        if request.flags.contains(.newPID) {
            let made = PIDNamespace(
                inode: inodes.allocate(), owner: parent.userNamespace, parent: namespaces.pidForChildren)
            namespaces.pidForChildren = made
        }
        return (parent.credentials, namespaces)
    }
}
