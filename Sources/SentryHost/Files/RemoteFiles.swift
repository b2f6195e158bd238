import CHostLinux
import Glibc
import LinuxABI
import Synchronization

// Files that lie on a network or behind another process (FUSE): any question about them may take as long as it likes.
extension HostFiles {
    /// File systems that answer from memory or from a local disk, by their magic numbers (statfs(2)).
    private static let local: Set<Int64> = [
        0xef53,  // ext2, ext3, ext4
        0x0102_1994, 0x8584_58f6,  // tmpfs, ramfs
        0x5846_5342, 0x9123_683e, 0x2fc1_2fc1, 0xf2f5_2010, 0xca45_1a4e,  // xfs, btrfs, zfs, f2fs, bcachefs
        0x794c_7630,  // overlay
        0x7371_7368, 0xe0f5_e1e2, 0x28cd_3d45, 0x9660,  // squashfs, erofs, cramfs, iso9660
        0x4d44, 0x2011_bab0, 0x7366_746e,  // vfat, exfat, ntfs3
        0x9fa0, 0x6265_6572, 0x27e0_eb, 0x6367_7270,  // proc, sysfs, cgroup, cgroup2
    ]

    /// Whether questions about files of the device on which `descriptor` lies may take long.
    func isRemote(_ device: UInt64, _ descriptor: Int32) -> Bool {
        if let known = remoteDevices.withLock({ $0[device] }) { return known }
        let type = chost_file_system_type(descriptor)
        guard type >= 0 else { return true }
        let isRemote = !Self.local.contains(type)
        remoteDevices.withLock { $0[device] = isRemote }
        return isRemote
    }

    /// Reads the beginning of a file, so that the host has it in memory.
    func prefetch(_ descriptor: Int32) {
        _ = readBytes(descriptor, limit: 16384, offset: 0)
    }
}
