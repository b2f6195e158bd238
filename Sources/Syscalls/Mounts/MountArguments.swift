import Credentials
import Kernel
import LinuxABI

/// Decoding that the calls about mounts share.
extension Task {
    /// What a dirfd and a path name for these calls (user_path_at). Only `allowsNull` takes a null pointer for an empty path.
    func mountPath(
        _ dirfd: UInt64, _ address: UInt64, follows: Bool, allowsEmpty: Bool, allowsNull: Bool = false
    ) throws(Refusal) -> Path {
        let isEmpty = allowsNull && allowsEmpty && address == 0
        let path = isEmpty ? [] : try path(address)
        var options: LookupOptions = follows ? .follow : []
        if allowsEmpty { options.insert(.emptyPath) }
        return try lookup(path, from: try base(dirfd, for: path, allowsEmpty: allowsEmpty), options)
    }
}

/// MOUNT_ATTR_* of fsmount(2) and mount_setattr(2).
enum MountAttributes {
    /// MOUNT_ATTR__ATIME with its values: relative, none, strict.
    static let accessTimes: UInt64 = 0x70
    private static let noAccessTimes: UInt64 = 0x10
    private static let strictAccessTimes: UInt64 = 0x20
    static let map: UInt64 = 0x10_0000
    /// RDONLY, NOSUID, NODEV, NOEXEC, NODIRATIME, NOSYMFOLLOW, and access times.
    static let allButMap: UInt64 = 0x20_008f | accessTimes

    /// The flags of a mount that these attributes describe; nil where they name no way of access times.
    static func flags(_ attributes: UInt64) -> MountFlags? {
        let flags = plain(attributes)
        switch attributes & accessTimes {
        case 0: return flags.union(.relatime)
        case noAccessTimes: return flags.union(.noAtime)
        case strictAccessTimes: return flags
        default: return nil
        }
    }

    /// Those that are bits of their own.
    static func plain(_ attributes: UInt64) -> MountFlags { MountFlags(attributes & ~accessTimes, \.attribute) }
}
