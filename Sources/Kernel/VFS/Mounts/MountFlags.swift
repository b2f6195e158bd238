/// What a mount, not its file system, says about access (MNT_* of include/linux/mount.h).
package struct MountFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let noSetuid = MountFlags(rawValue: 1 << 0)
    package static let noDevices = MountFlags(rawValue: 1 << 1)
    package static let noExec = MountFlags(rawValue: 1 << 2)
    package static let noAtime = MountFlags(rawValue: 1 << 3)
    package static let noDirectoryAtime = MountFlags(rawValue: 1 << 4)
    package static let relatime = MountFlags(rawValue: 1 << 5)
    package static let readOnly = MountFlags(rawValue: 1 << 6)
    package static let noSymfollow = MountFlags(rawValue: 1 << 7)

    /// The three of which a lock keeps all as they are (MNT_ATIME_MASK).
    package static let atime: MountFlags = [.noAtime, .noDirectoryAtime, .relatime]
    /// All that can be set and cleared (MNT_USER_SETTABLE_MASK).
    package static let settable: MountFlags = [
        .noSetuid, .noDevices, .noExec, .noAtime, .noDirectoryAtime, .relatime, .readOnly, .noSymfollow,
    ]
}

/// What may not be changed about a mount by those in a less privileged mount namespace (MNT_LOCK_*, MNT_LOCKED).
package struct MountLocks: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    /// It stays where it is, as it may hide what is below (MNT_LOCKED).
    package static let place = MountLocks(rawValue: 1 << 0)
    package static let readOnly = MountLocks(rawValue: 1 << 1)
    package static let noSetuid = MountLocks(rawValue: 1 << 2)
    package static let noDevices = MountLocks(rawValue: 1 << 3)
    package static let noExec = MountLocks(rawValue: 1 << 4)
    package static let atime = MountLocks(rawValue: 1 << 5)
}

/// How one mount flag is called everywhere: the one table for mount(2), the newer calls, statfs(2) and mountinfo.
package struct MountFlagNames: Sendable {
    package let flag: MountFlags
    /// MS_* of mount(2).
    package let mount: UInt64
    /// MOUNT_ATTR_* of mount_setattr(2); 0 for relatime, which is the absence of the other modes there.
    package let attribute: UInt64
    /// ST_* of statvfs(3), as statfs(2) has them.
    package let statfs: Int64
    /// In mountinfo; empty for what is shown otherwise.
    package let text: String
    /// What locks it, where something does.
    package let lock: MountLocks

    /// In the order of mountinfo.
    package static let all: [MountFlagNames] = [
        .init(flag: .readOnly, mount: 1, attribute: 0x1, statfs: 0x1, text: "", lock: .readOnly),
        .init(flag: .noSetuid, mount: 2, attribute: 0x2, statfs: 0x2, text: "nosuid", lock: .noSetuid),
        .init(flag: .noDevices, mount: 4, attribute: 0x4, statfs: 0x4, text: "nodev", lock: .noDevices),
        .init(flag: .noExec, mount: 8, attribute: 0x8, statfs: 0x8, text: "noexec", lock: .noExec),
        .init(flag: .noAtime, mount: 0x400, attribute: 0x10, statfs: 0x400, text: "noatime", lock: []),
        .init(flag: .noDirectoryAtime, mount: 0x800, attribute: 0x80, statfs: 0x800, text: "nodiratime", lock: []),
        .init(flag: .relatime, mount: 1 << 21, attribute: 0, statfs: 0x1000, text: "relatime", lock: []),
        .init(flag: .noSymfollow, mount: 0x100, attribute: 0x200000, statfs: 0x2000, text: "nosymfollow", lock: []),
    ]
}

extension MountFlags {
    /// Those that `bits` name in the column `key`.
    package init(_ bits: UInt64, _ key: KeyPath<MountFlagNames, UInt64>) {
        self = []
        for row in MountFlagNames.all where row[keyPath: key] != 0 && bits & row[keyPath: key] != 0 {
            insert(row.flag)
        }
    }

    /// The bits of statfs(2) (flags_by_mnt).
    package var statfsBits: Int64 {
        MountFlagNames.all.reduce(0) { contains($1.flag) ? $0 | $1.statfs : $0 }
    }

    /// MOUNT_ATTR_* as statmount(2) shows them (mnt_to_attr_flags): without a mode, access times are strict.
    package var attributes: UInt64 {
        var bits = MountFlagNames.all.reduce(0 as UInt64) { contains($1.flag) ? $0 | $1.attribute : $0 }
        if isDisjoint(with: [.noAtime, .relatime]) { bits |= 0x20 }
        return bits
    }

    /// `,nosuid,relatime` (show_mnt_opts), without ro or rw.
    package var text: [UInt8] {
        var text: [UInt8] = []
        for row in MountFlagNames.all where !row.text.isEmpty && contains(row.flag) {
            text.append(UInt8(ascii: ","))
            text.append(contentsOf: row.text.utf8)
        }
        return text
    }
}
