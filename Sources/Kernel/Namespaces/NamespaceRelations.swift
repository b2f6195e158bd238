import Credentials
import LinuxABI

// What a task may learn of the relations between namespaces (ioctl_nsfs(2)).
extension Task {
    /// ns_get_owner(): only what the caller's own user namespace or one below it owns may be reached.
    package func owner(of namespace: any Namespace) throws(Refusal) -> UserNamespace {
        guard let owner = namespace.owner, userNamespace.isAncestorOrSelf(of: owner) else {
            throw Refusal(.nsfsOwnerOutOfReach)
        }
        return owner
    }

    /// NS_GET_PARENT.
    package func parent(of namespace: any Namespace) throws(Refusal) -> any Namespace {
        switch namespace {
        case let user as UserNamespace: return try owner(of: user)
        case let pids as PIDNamespace:
            // pidns_get_parent()
            guard let parent = pids.parent, pidNamespace.isAncestorOrSelf(of: parent) else {
                throw Refusal(.nsfsOwnerOutOfReach)
            }
            return parent
        default: throw Refusal(.nsfsNoParent)
        }
    }

    /// may_use_nsfs_ioctl(): stepping through the mount namespaces of all is for the machine's administrator.
    package func checkMountList() throws(Refusal) {
        guard pidNamespace === kernel.initialPIDNamespace, credentials.has(.sysAdmin, over: kernel.initialUserNamespace)
        else { throw Refusal(.nsfsMountListNeedsAdmin) }
    }
}

extension PIDNamespace {
    /// The number in `other` of the thread, or of its process, that has `number` here; ESRCH where it has none.
    package func translate(_ number: Int32, isThread: Bool, to other: PIDNamespace) throws(Refusal) -> Int32 {
        guard let found = task(number) else { throw Refusal(.ESRCH) }
        let result = (isThread ? found.pid : found.group.pid).number(in: other)
        guard result != 0 else { throw Refusal(.ESRCH) }
        return result
    }
}
