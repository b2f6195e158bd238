import LinuxABI

/// Flags of a super block; the bits are those of mount(2) (SB_RDONLY and its kin).
package struct SuperBlockFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package static let readOnly = SuperBlockFlags(rawValue: 1)
    package static let synchronous = SuperBlockFlags(rawValue: 1 << 4)
    package static let mandatoryLocks = SuperBlockFlags(rawValue: 1 << 6)
    package static let directorySynchronous = SuperBlockFlags(rawValue: 1 << 7)
    package static let silent = SuperBlockFlags(rawValue: 1 << 15)
    package static let accessLists = SuperBlockFlags(rawValue: 1 << 16)
    package static let inodeVersions = SuperBlockFlags(rawValue: 1 << 23)
    package static let lazyTime = SuperBlockFlags(rawValue: 1 << 25)

    /// What mount(2) hands on to a new super block (do_new_mount, path_mount).
    package static let settable: SuperBlockFlags = [
        .readOnly, .synchronous, .mandatoryLocks, .directorySynchronous, .silent, .accessLists, .inodeVersions,
        .lazyTime,
    ]
    /// MS_RMT_MASK: what a remount replaces.
    package static let changeable: SuperBlockFlags = [
        .readOnly, .synchronous, .mandatoryLocks, .inodeVersions, .lazyTime,
    ]

    /// vfs_parse_sb_flag(): the words that every file system takes, with what each sets or clears.
    package static func word(_ key: Name) -> (flag: SuperBlockFlags, isSet: Bool)? {
        switch key {
        case "ro": (.readOnly, true)
        case "rw": (.readOnly, false)
        case "sync": (.synchronous, true)
        case "async": (.synchronous, false)
        case "dirsync": (.directorySynchronous, true)
        case "mand": (.mandatoryLocks, true)
        case "nomand": (.mandatoryLocks, false)
        case "lazytime": (.lazyTime, true)
        case "nolazytime": (.lazyTime, false)
        default: nil
        }
    }

    /// show_sb_opts(): `,sync` and so on. `ro` or `rw` before it depends on the mount as well.
    package var text: [UInt8] {
        var text: [UInt8] = []
        if contains(.synchronous) { text.append(",sync") }
        if contains(.directorySynchronous) { text.append(",dirsync") }
        if contains(.mandatoryLocks) { text.append(",mand") }
        if contains(.lazyTime) { text.append(",lazytime") }
        return text
    }
}
