import Credentials
import LinuxABI

/// The two access control lists that a file may have (acl(5)).
package enum AccessListKind: Sendable {
    /// Who may do what.
    case access
    /// Of a directory: what new files in it start with.
    case defaults

    package static let accessName: Name = "system.posix_acl_access"
    package static let defaultsName: Name = "system.posix_acl_default"

    /// The kind that an extended attribute's name stands for.
    package init?(_ name: Name) {
        switch name {
        case Self.accessName: self = .access
        case Self.defaultsName: self = .defaults
        default: return nil
        }
    }
}

extension Inode {
    /// The names of the attributes that hold its lists.
    var accessListNames: [Name] {
        (accessList == nil ? [] : [AccessListKind.accessName])
            + (defaultAccessList == nil ? [] : [AccessListKind.defaultsName])
    }
}

extension Path {
    /// setxattr(2) and removexattr(2) of a list: nil removes it (vfs_set_acl, set_posix_acl).
    func setAccessList(_ kind: AccessListKind, _ value: [UInt8]?, for caller: any Caller) throws(Refusal) {
        let context = access(for: caller)
        var list: AccessControlList?
        if let value {
            list = try AccessControlList(value, in: context.credentials.userNamespace, through: context.idMap)
        }
        inode.refreshOwnership()
        if context.isUnmapped(inode) { throw Refusal(.EPERM) }
        guard inode.hasAccessLists else { throw Refusal(.EOPNOTSUPP) }
        if kind == .defaults, !inode.mode.isDirectory {
            if list == nil { return }
            throw Refusal(.aclDefaultsOfNoDirectory)
        }
        guard context.isOwnerOrCapable(of: inode) else {
            throw caller.refusal(
                .aclNotOwner,
                "the owner is \(context.owner(of: inode).rawValue), the caller's fsuid "
                    + "\(caller.credentials.fsuid.rawValue)")
        }
        if let list, !list.isValid(in: mount.fileSystem.userNamespace) { throw Refusal(.aclMalformed) }
        var change = AttributeChange()
        change.changed = now
        switch kind {
        case .defaults: try inode.setLists(inode.accessList, list)
        case .access:
            // posix_acl_update_mode(): the mode shows what it can, and alone where it says all.
            try inode.setLists(list.flatMap { $0.equivalent.isExact ? nil : $0 }, inode.defaultAccessList)
            guard let (permissions, _) = list?.equivalent else { break }
            var mode = inode.mode.permissions & ~0o777 | permissions
            if !context.isMemberOrCapable(of: context.group(of: inode), over: inode) { mode &= ~0o2000 }
            change.permissions = mode
        }
        try inode.setAttributes(change, for: caller)
    }

    /// getxattr(2) of a list: nobody may not read it (vfs_get_acl).
    func accessList(_ kind: AccessListKind, for caller: any Caller) throws(Refusal) -> [UInt8] {
        guard inode.hasAccessLists else { throw Refusal(.EOPNOTSUPP) }
        let list = kind == .access ? inode.accessList : inode.defaultAccessList
        guard let list else { throw Refusal(.ENODATA) }
        return list.value(in: caller.credentials.userNamespace, through: mount.idMap)
    }
}
