import Credentials
import LinuxABI

extension Task {
    /// mount_too_revealing(): in a mount namespace of less privilege, /proc and /sys can only be mounted where such a file
    /// system is to be seen in full already. What is locked about that one is locked about the new one.
    func locksForVisible(_ fileSystem: FileSystem, _ flags: MountFlags) throws(Refusal) -> MountLocks {
        guard let namespace = mountNamespace, namespace.owner?.isInitial == false,
            fileSystem.type.flags.contains(.mustBeVisible)
        else { return [] }
        for mount in namespace.mounts where mount.fileSystem.type === fileSystem.type {
            if let locks = mount.locksIfVisible(for: flags) { return locks }
        }
        throw refusal(
            .mountTooRevealing,
            "no \(fileSystem.typeName) in this mount namespace is free of locked mounts that hide a part of it, with the "
                + "same flags")
    }
}

extension Mount {
    /// mnt_already_visible(): nil where this mount does not show all, or not with `new` flags.
    fileprivate func locksIfVisible(for new: MountFlags) -> MountLocks? {
        guard root === fileSystem.rootDentry else { return nil }
        var kept = locks.intersection([.readOnly, .atime])
        if fileSystem.isReadOnly { kept.insert(.readOnly) }
        if kept.contains(.readOnly), !new.contains(.readOnly) { return nil }
        if kept.contains(.atime), new.intersection(.atime) != flags.intersection(.atime) { return nil }
        let hides = children.contains { child in
            child.isLocked && child.mountpoint?.inode.isPermanentlyEmpty != true
        }
        return hides ? nil : kept
    }
}
