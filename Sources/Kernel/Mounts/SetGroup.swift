import Credentials
import LinuxABI

extension Task {
    /// do_set_group(): the private mount `to` joins the peers of `from`, a mount of the same file system, and has the same
    /// master.
    package func setGroup(of to: Path, from: Path) throws(Refusal) {
        let joining = to.mount, joined = from.mount
        try checkMayChangePropagation(of: joined)
        try checkMayChangePropagation(of: joining)
        guard from.isMountRoot, to.isMountRoot else { throw Refusal(.mountNotMountRoot) }
        guard joining.fileSystem === joined.fileSystem, joined.root.isAncestorOrSelf(of: joining.root) else {
            throw Refusal(.mountGroupOtherPart)
        }
        if joined.hasLockedChildren(below: joining.root) { throw Refusal(.mountLockedChildren) }
        if joining.isShared || joining.master != nil { throw Refusal(.mountGroupNotPrivate) }
        guard joined.isShared || joined.master != nil else { throw Refusal(.mountGroupOfPrivate) }
        joining.joinGroup(of: joined)
        if joining.isShared { joining.isUnbindable = false }
    }
}
