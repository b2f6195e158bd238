import Credentials
import LinuxABI

extension Mount {
    /// can_change_locked_flags(): throws where `new` lacks what a more privileged namespace had set.
    func checkLocks(_ new: MountFlags) throws(Refusal) {
        for row in MountFlagNames.all where !row.lock.isEmpty && locks.contains(row.lock) && !new.contains(row.flag) {
            throw Refusal(.mountFlagsLocked)
        }
        if locks.contains(.atime), new.intersection(.atime) != flags.intersection(.atime) {
            throw Refusal(.mountFlagsLocked)
        }
    }

    /// change_mount_ro_state(): nothing becomes read-only under who can write, be it by memory that maps a file.
    func checkWriters(_ new: MountFlags, _ kernel: Kernel) throws(Refusal) {
        guard new.contains(.readOnly), !flags.contains(.readOnly) else { return }
        if writeCount > 0 { throw Refusal(.mountWriters) }
        if hasOpenedWriters, kernel.isMapped(fileSystem, writably: true) { throw Refusal(.mountWriters) }
    }

    /// set_mount_attributes().
    func setFlags(_ new: MountFlags) {
        flags = new
        namespace?.changed()
    }
}

extension Task {
    /// do_reconfigure_mnt(): MS_REMOUNT|MS_BIND changes the mount alone.
    func remountBind(_ target: Path, _ flags: MountRequestFlags) throws(Refusal) {
        let mount = target.mount, new = flags.mountFlags(remounting: mount)
        try checkOwn(mount)
        guard target.isMountRoot else { throw Refusal(.mountNotMountRoot) }
        try mount.checkLocks(new)
        try mount.checkWriters(new, kernel)
        mount.setFlags(new)
    }

    /// do_remount(): the file system's options, and with them the mount's flags.
    func remount(_ target: Path, _ request: MountRequest) throws(Refusal) {
        let mount = target.mount, new = request.flags.mountFlags(remounting: mount)
        try checkOwn(mount)
        guard target.isMountRoot else { throw Refusal(.mountNotMountRoot) }
        try mount.checkLocks(new)
        try reconfigure(mount.fileSystem, request)
        mount.setFlags(new)
    }
}
