import CHostLinux
import Glibc
import Kernel
import LinuxABI

// What the host tells of a file, as the model has it.

extension HostAttributes {
    init(_ status: stat) {
        self.init(
            mode: FileMode(rawValue: status.st_mode), uid: status.st_uid, gid: status.st_gid,
            inode: UInt64(status.st_ino),
            linkCount: UInt32(truncatingIfNeeded: status.st_nlink),
            device: DeviceNumber(encoded: UInt64(status.st_dev)),
            rdev: DeviceNumber(encoded: UInt64(status.st_rdev)), size: Int64(status.st_size),
            blocks: Int64(status.st_blocks),
            accessed: Timestamp(status.st_atim), modified: Timestamp(status.st_mtim), changed: Timestamp(status.st_ctim)
        )
    }
}

extension Timestamp {
    init(_ time: timespec) {
        self.init(seconds: Int64(time.tv_sec), nanoseconds: UInt32(truncatingIfNeeded: time.tv_nsec))
    }
}

extension timespec {
    init(_ time: Timestamp) {
        self.init(tv_sec: Int(clamping: time.seconds), tv_nsec: Int(time.nanoseconds))
    }
}
