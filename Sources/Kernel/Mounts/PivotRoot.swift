import Credentials
import LinuxABI

extension Task {
    /// pivot_root(2) after both paths were looked up: `new` becomes the root of the caller's mount namespace, and what was
    /// it comes to sit on `old`.
    package func pivotRoot(to new: Path, putting old: Path) throws(Refusal) {
        let root = fs.root
        let place = try mountPlace(old)
        try checkPivot(root, new, place)
        guard let rootParent = root.mount.parent, let rootPlace = root.mount.mountpoint, new.mount.parent != nil else {
            throw Refusal(.pivotNotMountRoot)
        }
        guard place.isReachable(from: new), new.isReachable(from: root) else { throw Refusal(.pivotNotBelow) }
        new.mount.detach()
        if root.mount.isLocked {
            new.mount.locks.insert(.place)
            root.mount.locks.remove(.place)
        }
        root.mount.detach()
        // put_old may lie on the new root itself.
        root.mount.attach(to: place.mount, at: place.dentry)
        new.mount.attach(to: rootParent, at: rootPlace)
        mountNamespace?.changed()
        kernel.moveRoots(from: root, to: new)
        kernel.generation &+= 1
    }

    private func checkPivot(_ root: Path, _ new: Path, _ old: Path) throws(Refusal) {
        if old.mount.isShared || new.mount.parent?.isShared ?? false || root.mount.parent?.isShared ?? false {
            throw Refusal(.pivotShared)
        }
        try checkOwn(root.mount)
        try checkOwn(new.mount)
        try checkOwn(old.mount)
        if new.mount.isLocked { throw Refusal(.mountIsLocked) }
        if new.dentry.isUnlinked { throw Refusal(.ENOENT) }
        if new.mount === root.mount || old.mount === root.mount { throw Refusal(.pivotOnRoot) }
        guard root.isMountRoot, new.isMountRoot else { throw Refusal(.pivotNotMountRoot) }
    }
}

extension Kernel {
    /// chroot_fs_refs(): every task whose root or working directory is `old` has `new` instead.
    func moveRoots(from old: Path, to new: Path) {
        for pid in initialPIDNamespace.numbers.values {
            guard let fs = pid.task?.fs else { continue }
            if fs.root == old { fs.root = new }
            if fs.workingDirectory == old { fs.workingDirectory = new }
        }
    }
}
