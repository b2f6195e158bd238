import Credentials
import LinuxABI

/// Flags of umount2(2).
package struct UmountFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let force = UmountFlags(rawValue: 1)
    package static let detach = UmountFlags(rawValue: 2)
    package static let expire = UmountFlags(rawValue: 4)
    package static let noFollow = UmountFlags(rawValue: 8)
    package static let all: UmountFlags = [.force, .detach, .expire, .noFollow]
}

extension Task {
    /// path_umount(): `path` was looked up, and all flags are known.
    package func unmount(_ path: Path, _ flags: UmountFlags) throws(Refusal) {
        try checkCanUnmount(path, flags)
        let mount = path.mount
        if flags.contains(.expire) {
            try checkExpired(mount, flags)
        } else if mount === fs.root.mount, !flags.contains(.detach) {
            return try unmountRoot(mount.fileSystem)
        }
        if flags.contains(.detach) {
            mount.unmountTree(.propagate)
        } else {
            if mount.isBusy || mount.hasOpenedFiles && kernel.isMapped(mount.fileSystem) { throw Refusal(.umountBusy) }
            mount.unmountTree([.propagate, .unused])
        }
        kernel.generation &+= 1
    }

    /// can_umount().
    private func checkCanUnmount(_ path: Path, _ flags: UmountFlags) throws(Refusal) {
        try checkMayMount()
        guard path.isMountRoot else { throw Refusal(.umountNotMountpoint) }
        try checkOwn(path.mount)
        if path.mount.isLocked { throw Refusal(.mountIsLocked) }
        if flags.contains(.force) {
            try require(.sysAdmin, over: path.mount.fileSystem.userNamespace, .umountForceNotPermitted)
        }
    }

    /// do_umount_root(): who unmounts the root gets a read-only root.
    private func unmountRoot(_ fileSystem: FileSystem) throws(Refusal) {
        try require(.sysAdmin, over: fileSystem.userNamespace, .umountRootNotPermitted)
        if fileSystem.isReadOnly { return }
        if kernel.isMapped(fileSystem, writably: true) { throw Refusal(.mountWriters) }
        let context = try fileSystem.type.makeContext(
            .reconfigure(fileSystem), flags: .readOnly, mask: .readOnly, for: self)
        try context.reconfigure(for: self)
        mountNamespace?.changed()
        kernel.generation &+= 1
    }

    /// MNT_EXPIRE: the first call marks, the second unmounts if nobody came by.
    private func checkExpired(_ mount: Mount, _ flags: UmountFlags) throws(Refusal) {
        if mount === fs.root.mount || !flags.isDisjoint(with: [.force, .detach]) {
            throw Refusal(.umountExpireFlags)
        }
        if mount.useCount > 0 || !mount.children.isEmpty { throw Refusal(.umountBusy) }
        guard mount.isExpiring else {
            mount.isExpiring = true
            throw Refusal(.umountExpireMarked)
        }
    }
}

extension Kernel {
    /// So many processes are asked what they map. All others wait meanwhile, and a mapping that is missed stays what it is.
    private static let askedProcesses = 64

    /// Whether a task's memory maps a file of this file system, which keeps it busy after the file was closed. Only the host
    /// knows, and not through which mount.
    func isMapped(_ fileSystem: FileSystem, writably: Bool = false) -> Bool {
        let numbers = fileSystem.privateFileNumbers
        var asked = 0
        for pid in initialPIDNamespace.numbers.values {
            guard let task = pid.task, task.group.leader === task else { continue }
            if platform.maps(privateFiles: numbers, writably: writably, in: task) { return true }
            asked += 1
            if asked == Self.askedProcesses { return false }
        }
        return false
    }
}
