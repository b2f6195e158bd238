import Credentials
import LinuxABI

/// When reading a file counts (mount(2), MS_NOATIME and its kin).
extension Path {
    /// Whether no reading of the file here changes its access time: the mount says so, or nothing can be written.
    package var keepsAccessTime: Bool {
        if mount.flags.contains(.noAtime) || mount.isReadOnly { return true }
        return mount.flags.contains(.noDirectoryAtime) && inode.mode.isDirectory
    }

    /// touch_atime(): a directory was listed, or a link read. What is in regular files is read on the host, which sets
    /// their times as its own mount has it, but for what `keepsAccessTime`.
    package func touchAccessTime() {
        guard inode.keepsAccessTimes, !keepsAccessTime, let now else { return }
        // An owner without an ID could not be written back.
        if !mount.idMap.vfsuid(of: inode.uid).isValid || !mount.idMap.vfsgid(of: inode.gid).isValid { return }
        if mount.flags.contains(.relatime), inode.accessed > inode.modified, inode.accessed > inode.changed,
            now.seconds &- inode.accessed.seconds < Self.day
        {
            // relatime_need_update()
            return
        }
        inode.accessed = now
    }

    private static let day: Int64 = 24 * 60 * 60
}
