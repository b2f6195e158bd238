import LinuxABI

/// The value of a `security.capability` attribute (capabilities(7), "File capability extended attribute versioning").
package struct FileCapabilities: Equatable, Sendable {
    package enum Revision: UInt32, Sendable {
        case one = 0x0100_0000
        case two = 0x0200_0000
        case three = 0x0300_0000

        /// Bytes of the whole value.
        package var size: Int {
            switch self {
            case .one: 12
            case .two: 20
            case .three: 24
            }
        }
    }

    package var revision: Revision
    /// VFS_CAP_FLAGS_EFFECTIVE: the program starts with its capabilities effective.
    package var isEffective: Bool
    package var permitted: CapabilitySet
    package var inheritable: CapabilitySet
    /// Revision 3: the user whose namespaces the capabilities count in, as the file system's user namespace numbers it.
    package var root: UID

    private static let effectiveFlag: UInt32 = 1
    private static let revisionMask: UInt32 = 0xff00_0000

    /// Nil when the size does not fit the revision, or the revision is unknown.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count >= 4 else { return nil }
        func word(_ index: Int) -> UInt32 {
            let at = index * 4
            return UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16
                | UInt32(bytes[at + 3]) << 24
        }
        let magic = word(0)
        guard let revision = Revision(rawValue: magic & Self.revisionMask), bytes.count == revision.size else {
            return nil
        }
        self.revision = revision
        isEffective = magic & Self.effectiveFlag != 0
        let isLong = revision != .one
        permitted = CapabilitySet(rawValue: UInt64(word(1)) | (isLong ? UInt64(word(3)) << 32 : 0)).intersection(.full)
        inheritable = CapabilitySet(rawValue: UInt64(word(2)) | (isLong ? UInt64(word(4)) << 32 : 0))
            .intersection(.full)
        root = UID(revision == .three ? word(5) : 0)
        // Flags other than "effective" make no valid header (validheader), but were never refused at exec.
        hasUnknownFlags = magic & ~(Self.revisionMask | Self.effectiveFlag) != 0
    }

    private let hasUnknownFlags: Bool

    /// The value as stored: `revision` .two or .three.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        func append(_ word: UInt32) {
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        append(revision.rawValue | (isEffective ? Self.effectiveFlag : 0))
        append(UInt32(truncatingIfNeeded: permitted.rawValue))
        append(UInt32(truncatingIfNeeded: inheritable.rawValue))
        if revision == .one { return bytes }
        append(UInt32(truncatingIfNeeded: permitted.rawValue >> 32))
        append(UInt32(truncatingIfNeeded: inheritable.rawValue >> 32))
        if revision == .three { append(root.rawValue) }
        return bytes
    }

    /// Whose namespaces the capabilities count in; nil where the mount's map has no number for it (get_vfs_caps_from_disk).
    func root(on fileSystem: UserNamespace, through idMap: MountIDMap?) -> KUID? {
        guard let root = fileSystem.kuid(root) else { return nil }
        let shown = idMap.vfsuid(of: root)
        return shown.isValid ? shown.kuid : nil
    }

    // MARK: setxattr(2) and getxattr(2)

    /// What setxattr(2) stores for `value` (cap_convert_nscap), on a file of these owners in a file system of `fileSystem`.
    ///
    /// Whoever has no power over the file system itself can only give capabilities that count from its own
    /// namespace's root on, and so does everybody through an idmapped mount. An empty value is stored as it is.
    package static func converted(
        settingTo value: [UInt8], by caller: Credentials, owner: KUID, group: KGID, fileSystem: UserNamespace,
        through idMap: MountIDMap? = nil
    ) throws(Refusal) -> [UInt8] {
        if value.isEmpty { return value }
        guard var capabilities = FileCapabilities(value), capabilities.revision != .one,
            !capabilities.hasUnknownFlags
        else { throw Refusal(.fileCapabilitiesMalformed) }
        guard caller.has(.setfcap, overFileOf: idMap.vfsuid(of: owner), idMap.vfsgid(of: group)) else {
            throw Refusal(.fileCapabilitiesNeedSetfcap)
        }
        if capabilities.revision == .two, idMap == nil, caller.has(.setfcap, over: fileSystem) { return value }
        guard let shown = caller.userNamespace.kuid(capabilities.root), let root = idMap.kuid(VFSUID(shown)),
            let stored = fileSystem.uid(root)
        else {
            throw Refusal(.fileCapabilitiesRootUnmapped)
        }
        capabilities.revision = .three
        capabilities.root = stored
        return capabilities.bytes
    }

    /// What getxattr(2) shows of a stored value in `reader`, the caller's namespace (cap_inode_getsecurity).
    package static func converted(
        reading stored: [UInt8], in reader: UserNamespace, fileSystem: UserNamespace, through idMap: MountIDMap? = nil
    ) throws(Refusal) -> [UInt8] {
        guard var capabilities = FileCapabilities(stored), capabilities.revision != .one,
            !capabilities.hasUnknownFlags
        else { throw Refusal(.fileCapabilitiesMalformed) }
        let root = capabilities.root(on: fileSystem, through: idMap)
        if let root, let shown = reader.uid(root), shown != UID(0) {
            capabilities.revision = .three
            capabilities.root = shown
            return capabilities.bytes
        }
        guard let root, reader.isRootHereOrAbove(root) else { throw Refusal(.fileCapabilitiesOfOtherRoot) }
        capabilities.revision = .two
        return capabilities.bytes
    }
}

extension UserNamespace {
    /// rootid_owns_currentns(): whether `user` is user 0 of this namespace or of an ancestor.
    package func isRootHereOrAbove(_ user: KUID) -> Bool {
        var walk: UserNamespace? = self
        while let here = walk {
            if here.kuid(UID(0)) == user { return true }
            walk = here.parent
        }
        return false
    }
}

extension Credentials {
    /// capable_wrt_inode_uidgid(): the capability in the own namespace, over a file whose owner and group it numbers.
    func has(_ capability: Capability, overFileOf owner: VFSUID, _ group: VFSGID) -> Bool {
        has(capability, over: userNamespace) && userNamespace.uid(owner) != nil && userNamespace.gid(group) != nil
    }
}
