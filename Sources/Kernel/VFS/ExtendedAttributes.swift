import Credentials
import LinuxABI

/// Who may see and change extended attributes (xattr(7), fs/xattr.c).
extension Path {
    private enum Family { case user, trusted, security, capability }

    private static let capabilityName: Name = "security.capability"

    private func family(_ name: Name) throws(Refusal) -> Family {
        // Without a handler for its prefix, or with nothing behind it, there is no such attribute.
        if name == Self.capabilityName { return .capability }
        for (prefix, family) in [("user.", Family.user), ("trusted.", .trusted), ("security.", .security)] {
            guard name.bytes.starts(with: prefix.utf8) else { continue }
            if name.bytes.count == prefix.utf8.count { throw Refusal(.EINVAL) }
            return family
        }
        throw Refusal(.EOPNOTSUPP)
    }

    /// xattr_permission().
    private func check(_ family: Family, writes: Bool, for caller: any Caller) throws(Refusal) {
        inode.refreshOwnership()
        if writes, !inode.uid.isValid || !inode.gid.isValid { throw Refusal(.EPERM) }
        switch family {
        case .security, .capability:
            // The security module alone decides.
            return
        case .trusted:
            if !caller.hasGlobally(.sysAdmin) { throw Refusal(writes ? .xattrTrusted : .xattrTrustedHidden) }
        case .user:
            let mode = inode.mode
            guard mode.isRegular || mode.isDirectory else {
                throw Refusal(writes ? .xattrUserKind : .xattrUserKindHidden)
            }
            if mode.isDirectory, mode.isSticky, writes, !inode.isOwnedOrCapable(caller.credentials) {
                throw Refusal(.xattrUserSticky)
            }
        }
        try inode.check(writes ? .write : .read, for: caller)
    }

    /// cap_inode_setxattr() and cap_inode_removexattr().
    private func checkSecurity(_ family: Family, for caller: any Caller) throws(Refusal) {
        switch family {
        case .security:
            guard caller.credentials.has(.sysAdmin, over: mount.fileSystem.userNamespace) else {
                throw Refusal(.xattrSecurity)
            }
        case .capability:
            guard inode.isCapable(.setfcap, caller.credentials) else { throw Refusal(.fileCapabilitiesNeedSetfcap) }
        case .user, .trusted: break
        }
    }

    /// All attributes, if there can be one called `name`.
    private func attributes(_ name: Name) throws(Refusal) -> [Name: [UInt8]] {
        guard inode.keepsExtendedAttribute(name), let attributes = inode.extendedAttributes else {
            throw Refusal(.EOPNOTSUPP)
        }
        return attributes
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
                fileSystem: mount.fileSystem.userNamespace)
        }
        let family = try family(name)
        try check(family, writes: true, for: caller)
        var attributes = try attributes(name)
        try checkSecurity(family, for: caller)
        if attributes[name] == nil {
            if !creates { throw Refusal(.ENODATA) }
        } else if !replaces {
            throw Refusal(.EEXIST)
        }
        attributes[name] = value
        inode.extendedAttributes = attributes
    }

    /// getxattr(2).
    package func attribute(_ name: Name, for caller: any Caller) throws(Refusal) -> [UInt8] {
        if let kind = AccessListKind(name) { return try accessList(kind, for: caller) }
        let family = try family(name)
        try check(family, writes: false, for: caller)
        guard let value = try attributes(name)[name] else { throw Refusal(.ENODATA) }
        guard family == .capability else { return value }
        return try FileCapabilities.converted(
            reading: value, in: caller.credentials.userNamespace, fileSystem: mount.fileSystem.userNamespace)
    }

    /// listxattr(2): trusted.* only for those who may read it.
    package func attributeNames(for caller: any Caller) -> [Name] {
        let names = (inode.extendedAttributes ?? [:]).keys.filter {
            !$0.bytes.starts(with: "trusted.".utf8) || caller.hasGlobally(.sysAdmin)
        }
        return (names + inode.accessListNames).sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    /// removexattr(2).
    package func removeAttribute(_ name: Name, for caller: any Caller) throws(Refusal) {
        if let kind = AccessListKind(name) { return try setAccessList(kind, nil, for: caller) }
        let family = try family(name)
        try check(family, writes: true, for: caller)
        var attributes = try attributes(name)
        try checkSecurity(family, for: caller)
        guard attributes.removeValue(forKey: name) != nil else { throw Refusal(.ENODATA) }
        inode.extendedAttributes = attributes
    }
}
