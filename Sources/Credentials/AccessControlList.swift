import LinuxABI

/// A file's access control list, with global IDs (acl(5)). One is only kept where permission bits cannot say the same.
package struct AccessControlList: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        package let tag: Tag
        /// rwx as 4, 2, 1.
        package var permissions: UInt32
        /// Of `.user` and `.group` entries: the global ID.
        let id: UInt32
    }

    package enum Tag: UInt16, Sendable {
        case owner = 0x01
        case user = 0x02
        case owningGroup = 0x04
        case group = 0x08
        case mask = 0x10
        case other = 0x20
    }

    package private(set) var entries: [Entry]

    // MARK: The attribute's value

    private static let version: UInt32 = 2
    private static let headerSize = 4
    private static let entrySize = 8

    /// The list in an attribute's value with IDs as `namespace` has them, set through a mount with this map; nil for one
    /// without entries, which stands for none. An ID that the mount cannot store is kept as an invalid one.
    ///
    /// Throws EOPNOTSUPP for an unknown version, EINVAL for another fault (posix_acl_from_xattr, vfs_set_acl).
    package init?(
        _ value: [UInt8], in namespace: UserNamespace, through idMap: MountIDMap? = nil
    ) throws(Refusal) {
        if value.isEmpty { return nil }
        guard value.count >= Self.headerSize else { throw Refusal(.EINVAL) }
        guard LittleEndian.load(value, 0) == Self.version else { throw Refusal(.EOPNOTSUPP) }
        guard (value.count - Self.headerSize) % Self.entrySize == 0 else { throw Refusal(.EINVAL) }
        entries = []
        for at in stride(from: Self.headerSize, to: value.count, by: Self.entrySize) {
            let head: UInt32 = LittleEndian.load(value, at), number: UInt32 = LittleEndian.load(value, at + 4)
            guard let tag = Tag(rawValue: UInt16(truncatingIfNeeded: head)) else { throw Refusal(.EINVAL) }
            var id = UInt32.max
            switch tag {
            case .user:
                guard let user = namespace.kuid(UID(number)) else { throw Refusal(.aclIDUnmapped) }
                id = (idMap.kuid(VFSUID(user)) ?? .invalid).rawValue
            case .group:
                guard let group = namespace.kgid(GID(number)) else { throw Refusal(.aclIDUnmapped) }
                id = (idMap.kgid(VFSGID(group)) ?? .invalid).rawValue
            default: break
            }
            entries.append(Entry(tag: tag, permissions: head >> 16, id: id))
        }
        if entries.isEmpty { return nil }
    }

    /// The attribute's value as a reader in `namespace` sees it through a mount with this map; IDs that it has no number for
    /// are 4294967295 (vfs_posix_acl_to_xattr).
    package func value(in namespace: UserNamespace, through idMap: MountIDMap? = nil) -> [UInt8] {
        var value: [UInt8] = []
        value.reserveCapacity(Self.headerSize + entries.count * Self.entrySize)
        value.append(littleEndian: Self.version)
        for entry in entries {
            value.append(littleEndian: UInt32(entry.tag.rawValue) | entry.permissions << 16)
            let id: UInt32? =
                switch entry.tag {
                case .user: namespace.uid(idMap.vfsuid(of: KUID(entry.id)))?.rawValue
                case .group: namespace.gid(idMap.vfsgid(of: KGID(entry.id)))?.rawValue
                default: nil
                }
            value.append(littleEndian: id ?? .max)
        }
        return value
    }

    /// posix_acl_valid(): one owner, owning group and other entry, in the tags' order, a mask where one is needed, and only
    /// IDs that the file system can store.
    package func isValid(in fileSystem: UserNamespace) -> Bool {
        var next = Tag.owner
        var needsMask = false
        var isComplete = false
        for entry in entries {
            guard entry.permissions & ~7 == 0, !isComplete else { return false }
            switch entry.tag {
            case .owner:
                guard next == .owner else { return false }
                next = .user
            case .user:
                guard next == .user, fileSystem.uid(KUID(entry.id)) != nil else { return false }
                needsMask = true
            case .owningGroup:
                guard next == .user else { return false }
                next = .group
            case .group:
                guard next == .group, fileSystem.gid(KGID(entry.id)) != nil else { return false }
                needsMask = true
            case .mask:
                guard next == .group else { return false }
                next = .other
            case .other:
                guard next == .other || (next == .group && !needsMask) else { return false }
                isComplete = true
            }
        }
        return isComplete
    }

    // MARK: Permission bits

    /// The permission bits that say the same, or nearly, and whether they say all (posix_acl_equiv_mode).
    package var equivalent: (permissions: UInt32, isExact: Bool) {
        var permissions: UInt32 = 0
        var isExact = true
        for entry in entries {
            switch entry.tag {
            case .owner: permissions |= entry.permissions << 6
            case .owningGroup: permissions |= entry.permissions << 3
            case .other: permissions |= entry.permissions
            case .mask:
                permissions = permissions & ~0o070 | entry.permissions << 3
                isExact = false
            case .user, .group: isExact = false
            }
        }
        return (permissions, isExact)
    }

    /// The entry that the group bits stand for.
    private var groupClass: Int? {
        entries.firstIndex { $0.tag == .mask } ?? entries.firstIndex { $0.tag == .owningGroup }
    }

    private func index(_ tag: Tag) -> Int? { entries.firstIndex { $0.tag == tag } }

    /// chmod(2) changes the entries that the bits stand for (__posix_acl_chmod_masq).
    package mutating func setPermissions(_ permissions: UInt32) {
        if let index = index(.owner) { entries[index].permissions = permissions >> 6 & 7 }
        if let index = groupClass { entries[index].permissions = permissions >> 3 & 7 }
        if let index = index(.other) { entries[index].permissions = permissions & 7 }
    }

    /// A directory's default list as a new file's own: no more than `permissions` asks for, which it cuts in turn
    /// (posix_acl_create_masq).
    package mutating func limit(to permissions: inout UInt32) {
        func limit(_ index: Int?, _ shift: UInt32) {
            guard let index else { return }
            entries[index].permissions &= permissions >> shift & 7
            permissions = permissions & ~(7 << shift) | entries[index].permissions << shift
        }
        limit(index(.owner), 6)
        limit(groupClass, 3)
        limit(index(.other), 0)
    }

    // MARK: Access

    /// Whether the list gives the holder of `credentials`, who is not the file's owner, all of `access`, when the file is
    /// reached by a mount with this map (posix_acl_permission).
    package func grants(
        _ access: UInt32, to credentials: Credentials, owningGroup: VFSGID, through idMap: MountIDMap?
    ) -> Bool {
        let mask = index(.mask).map { entries[$0].permissions } ?? 7
        var isMember = false
        for entry in entries {
            switch entry.tag {
            case .owner, .mask: continue
            case .user:
                if idMap.vfsuid(of: KUID(entry.id)).isOwn(credentials.fsuid) {
                    return access & ~(entry.permissions & mask) == 0
                }
            case .owningGroup, .group:
                let group = entry.tag == .group ? idMap.vfsgid(of: KGID(entry.id)) : owningGroup
                guard credentials.isMember(of: group) else { continue }
                isMember = true
                // The first group that gives it decides, but for the mask.
                if access & ~entry.permissions == 0 { return access & ~mask == 0 }
            case .other: return !isMember && access & ~entry.permissions == 0
            }
        }
        return false
    }
}
