import Credentials
import LinuxABI

/// Who may see and change extended attributes (xattr(7), fs/xattr.c).
extension Path {
    private enum Family: CaseIterable {
        case user, trusted, security, system
        /// security.capability.
        case capability
        /// security.selinux.
        case label
        case unknown

        var prefix: String? {
            switch self {
            case .user: "user."
            case .trusted: "trusted."
            case .security: "security."
            case .system: "system."
            case .capability, .label, .unknown: nil
            }
        }
    }

    private static let capabilityName: Name = "security.capability"
    private static let labelName: Name = "security.selinux"

    private func family(_ name: Name) -> Family {
        if name == Self.capabilityName { return .capability }
        if name == Self.labelName { return .label }
        return Family.allCases.first { $0.prefix.map { name.bytes.starts(with: $0.utf8) } ?? false } ?? .unknown
    }

    /// xattr_permission().
    private func check(_ family: Family, writes: Bool, for caller: any Caller) throws(Refusal) {
        inode.refreshOwnership()
        if writes, let refusal = inode.immutability { throw refusal }
        if writes, access(for: caller).isUnmapped(inode) { throw Refusal(.EPERM) }
        switch family {
        case .security, .capability, .label, .system:
            // The security module or the attribute's own handler decides.
            return
        case .unknown: break
        case .trusted:
            if !caller.hasGlobally(.sysAdmin) { throw Refusal(writes ? .xattrTrusted : .xattrTrustedHidden) }
        case .user:
            let mode = inode.mode
            guard mode.isRegular || mode.isDirectory else {
                throw Refusal(writes ? .xattrUserKind : .xattrUserKindHidden)
            }
            if mode.isDirectory, mode.isSticky, writes, !access(for: caller).isOwnerOrCapable(of: inode) {
                throw Refusal(.xattrUserSticky)
            }
        }
        try check(writes ? .write : .read, for: caller)
    }

    /// cap_inode_setxattr() and cap_inode_removexattr().
    private func checkSecurity(_ family: Family, for caller: any Caller) throws(Refusal) {
        if inode.isPrivate { return }
        switch family {
        case .security:
            guard caller.credentials.has(.sysAdmin, over: mount.fileSystem.userNamespace) else {
                throw Refusal(.xattrSecurity)
            }
        case .capability:
            guard access(for: caller).isCapable(.setfcap, over: inode) else {
                throw Refusal(.fileCapabilitiesNeedSetfcap)
            }
        case .label:
            // selinux_inode_setxattr(): while no policy is loaded, labels are the owner's.
            guard access(for: caller).isOwnerOrCapable(of: inode) else { throw Refusal(.xattrSecurity) }
        case .user, .trusted, .system, .unknown: break
        }
    }

    /// xattr_resolve_name(): without a handler for its prefix, or with nothing behind it, there is no such attribute.
    /// What system.* there is are access control lists.
    private func value(_ name: Name, _ family: Family) throws(Refusal) -> [UInt8]? {
        guard family != .system, family != .unknown, inode.keepsExtendedAttribute(name) else {
            throw Refusal(.EOPNOTSUPP)
        }
        if name.bytes.count == family.prefix?.utf8.count { throw Refusal(.EINVAL) }
        return inode.attribute(name)
    }

    /// setxattr(2).
    package func setAttribute(
        _ name: Name, _ value: [UInt8], creates: Bool, replaces: Bool, for caller: any Caller
    ) throws(Refusal) {
        if let kind = AccessListKind(name) { return try setAccessList(kind, value, for: caller) }
        var value = value
        if name == Self.capabilityName {
            value = try FileCapabilities.converted(
                settingTo: value, by: caller.credentials, owner: inode.uid, group: inode.gid,
                fileSystem: mount.fileSystem.userNamespace, through: mount.idMap)
        }
        let family = family(name)
        try check(family, writes: true, for: caller)
        try checkSecurity(family, for: caller)
        if try self.value(name, family) == nil {
            if !creates { throw Refusal(.ENODATA) }
        } else if !replaces {
            throw Refusal(.EEXIST)
        }
        try inode.setAttribute(name, value)
    }

    /// getxattr(2).
    package func attribute(_ name: Name, for caller: any Caller) throws(Refusal) -> [UInt8] {
        if let kind = AccessListKind(name) { return try accessList(kind, for: caller) }
        let family = family(name)
        try check(family, writes: false, for: caller)
        guard let value = try self.value(name, family) else { throw Refusal(.ENODATA) }
        guard family == .capability else { return value }
        return try FileCapabilities.converted(
            reading: value, in: caller.credentials.userNamespace, fileSystem: mount.fileSystem.userNamespace,
            through: mount.idMap)
    }

    /// listxattr(2): trusted.* only for those who may read it.
    package func attributeNames(for caller: any Caller) -> [Name] {
        let names = inode.attributeNames.filter {
            !$0.bytes.starts(with: "trusted.".utf8) || caller.hasGlobally(.sysAdmin)
        }
        // posix_acl_listxattr() comes first; simple_xattr_list() begins with the greatest name.
        return inode.accessListNames + names.sorted { $1.bytes.lexicographicallyPrecedes($0.bytes) }
    }

    /// removexattr(2).
    package func removeAttribute(_ name: Name, for caller: any Caller) throws(Refusal) {
        if let kind = AccessListKind(name) { return try setAccessList(kind, nil, for: caller) }
        let family = family(name)
        try check(family, writes: true, for: caller)
        try checkSecurity(family, for: caller)
        guard try self.value(name, family) != nil else { throw Refusal(.ENODATA) }
        try inode.setAttribute(name, nil)
    }
}
