import Credentials
import LinuxABI

extension Path {
    var now: Timestamp? { (mount.fileSystem as? any TimedFileSystem)?.now }

    /// chmod(2).
    package func changeMode(_ permissions: UInt32, for caller: any Caller) throws(Refusal) {
        try checkWritable()
        inode.refreshOwnership()
        if let refusal = inode.immutability { throw refusal }
        if !inode.uid.isValid || !inode.gid.isValid { throw Refusal(.fileOwnerUnmapped) }
        if let refusal = inode.attributesRefusal { throw refusal }
        if !inode.isOwnedOrCapable(caller.credentials) {
            throw caller.refusal(
                .chmodNotOwner,
                "the owner is \(inode.uid.rawValue), the caller's fsuid \(caller.credentials.fsuid.rawValue)")
        }
        var permissions = permissions & 0o7777
        // chmod(2): set-group-ID is silently left out for a group that the caller is not in.
        if !caller.credentials.isMember(of: inode.gid), !inode.isCapable(.fsetid, caller.credentials) {
            permissions &= ~0o2000
        }
        var change = AttributeChange()
        change.permissions = permissions
        change.changed = now
        try inode.setAttributes(change, for: caller)
    }

    /// chown(2) with global IDs; nil leaves one as it is.
    package func changeOwner(_ uid: KUID?, _ gid: KGID?, for caller: any Caller) throws(Refusal) {
        let credentials = caller.credentials
        let owner = mount.fileSystem.userNamespace
        inode.refreshOwnership()
        // may_setattr() does not mind a chown(2) that changes nothing.
        if uid != nil || gid != nil, let refusal = inode.immutability { throw refusal }
        if let uid, owner.uid(uid) == nil { throw Refusal(.fileOwnerUnmapped) }
        if let gid, owner.gid(gid) == nil { throw Refusal(.fileOwnerUnmapped) }
        if uid == nil, !inode.uid.isValid { throw Refusal(.fileOwnerUnmapped) }
        if gid == nil, !inode.gid.isValid { throw Refusal(.fileOwnerUnmapped) }
        if let refusal = inode.attributesRefusal { throw refusal }
        let isOwner = credentials.fsuid == inode.uid
        let mayRepair = credentials.has(.chown, over: owner)
        if let uid {
            let isAllowed =
                (isOwner && uid == inode.uid) || inode.isCapable(.chown, credentials)
                || (!inode.uid.isValid && mayRepair)
            if !isAllowed {
                throw caller.refusal(
                    .chownUserNotPermitted,
                    "the owner is \(inode.uid.rawValue), the caller's fsuid \(credentials.fsuid.rawValue)")
            }
        }
        if let gid {
            let isAllowed =
                (isOwner && (gid == inode.gid || credentials.isMember(of: gid)))
                || inode.isCapable(.chown, credentials) || (!inode.gid.isValid && mayRepair)
            if !isAllowed { throw Refusal(.chownGroupNotPermitted) }
        }
        var change = AttributeChange()
        change.uid = uid
        change.gid = gid
        if !inode.mode.isDirectory {
            // chown(2): programs lose what their old owner lent them, root's chown included.
            var mode = inode.mode.rawValue & ~0o4000
            // setattr_should_drop_sgid(): without group execution the bit means locking, and members keep it.
            let isMember = credentials.isMember(of: inode.gid) || inode.isCapable(.fsetid, credentials)
            if mode & 0o2000 != 0, mode & 0o010 != 0 || !isMember { mode &= ~0o2000 }
            if mode != inode.mode.rawValue {
                // notify_change() makes a chmod of it, which is for the owner (setattr_prepare).
                if !inode.isOwnedOrCapable(credentials) { throw Refusal(.chmodNotOwner) }
                let isNewMember =
                    credentials.isMember(of: gid ?? inode.gid) || inode.isCapable(.fsetid, credentials)
                if !isNewMember { mode &= ~0o2000 }
                change.permissions = mode & 0o7777
            }
            let name: Name = "security.capability"
            if let attributes = inode.extendedAttributes, attributes[name] != nil {
                try inode.setExtendedAttribute(name, nil)
            }
        }
        change.changed = now
        try inode.setAttributes(change, for: caller)
    }

    /// A time to set by utimensat(2).
    package enum TimeChange: Hashable, Sendable {
        case now, omit
        case at(Timestamp)
    }

    /// utimensat(2).
    package func changeTimes(
        _ accessed: TimeChange, _ modified: TimeChange, for caller: any Caller
    ) throws(Refusal) {
        try checkWritable()
        inode.refreshOwnership()
        if let refusal = inode.immutability { throw refusal }
        if accessed == .now, modified == .now {
            // Now is for anybody who may write.
            if !inode.isOwnedOrCapable(caller.credentials) {
                do { try inode.check(.write, for: caller) } catch { throw error.under(.utimeNowDenied) }
            }
            if let refusal = inode.attributesRefusal { throw refusal }
        } else if let refusal = inode.attributesRefusal {
            throw refusal
        } else if !inode.isOwnedOrCapable(caller.credentials) {
            throw Refusal(.utimeNotOwner)
        }
        let now = now
        func time(_ change: TimeChange) -> Timestamp? {
            switch change {
            case .now: now
            case .omit: nil
            case .at(let time): time
            }
        }
        var change = AttributeChange()
        change.accessed = time(accessed)
        change.modified = time(modified)
        change.changed = now
        try inode.setAttributes(change, for: caller)
    }
}

/// A file system that keeps times.
package protocol TimedFileSystem: FileSystem {
    var now: Timestamp { get }
}
