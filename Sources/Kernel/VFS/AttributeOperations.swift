import Credentials
import LinuxABI

extension Path {
    var now: Timestamp? { (mount.fileSystem as? any TimedFileSystem)?.now }

    /// chmod(2).
    package func changeMode(_ permissions: UInt32, for caller: any Caller) throws(Refusal) {
        try checkWritable()
        inode.refreshOwnership()
        if let refusal = inode.immutability { throw refusal }
        let context = access(for: caller)
        if context.isUnmapped(inode) { throw Refusal(.fileOwnerUnmapped) }
        if let refusal = inode.attributesRefusal { throw refusal }
        if !context.isOwnerOrCapable(of: inode) {
            throw caller.refusal(
                .chmodNotOwner,
                "the owner is \(context.owner(of: inode).rawValue), the caller's fsuid "
                    + "\(caller.credentials.fsuid.rawValue)")
        }
        var permissions = permissions & 0o7777
        // chmod(2): set-group-ID is silently left out for a group that the caller is not in.
        if !context.isMemberOrCapable(of: context.group(of: inode), over: inode) { permissions &= ~0o2000 }
        var change = AttributeChange()
        change.permissions = permissions
        change.changed = now
        try inode.setAttributes(change, for: caller)
    }

    /// chown(2) with global IDs; nil leaves one as it is.
    package func changeOwner(_ uid: KUID?, _ gid: KGID?, for caller: any Caller) throws(Refusal) {
        let context = access(for: caller)
        let uid = uid.map { VFSUID($0) }, gid = gid.map { VFSGID($0) }
        inode.refreshOwnership()
        // may_setattr() does not mind a chown(2) that changes nothing.
        if uid != nil || gid != nil, let refusal = inode.immutability { throw refusal }
        var change = AttributeChange()
        // vfsuid_has_fsmapping(): what the mount's map cannot store; without a map everything can be.
        if let uid {
            change.uid = context.idMap.kuid(uid)
            if change.uid == nil { throw Refusal(.chownOutsideMountMap) }
        }
        if let gid {
            change.gid = context.idMap.kgid(gid)
            if change.gid == nil { throw Refusal(.chownOutsideMountMap) }
        }
        if uid == nil, !context.owner(of: inode).isValid { throw Refusal(.fileOwnerUnmapped) }
        if gid == nil, !context.group(of: inode).isValid { throw Refusal(.fileOwnerUnmapped) }
        if let refusal = inode.attributesRefusal { throw refusal }
        try checkOwnerChange(uid, gid, context, for: caller)
        if !inode.mode.isDirectory {
            change.permissions = try modeAfterOwnerChange(gid, context)
            let name: Name = "security.capability"
            if inode.attribute(name) != nil { try inode.setAttribute(name, nil) }
        }
        change.changed = now
        try inode.setAttributes(change, for: caller)
    }

    /// chown_ok() and chgrp_ok().
    private func checkOwnerChange(
        _ uid: VFSUID?, _ gid: VFSGID?, _ context: AccessContext, for caller: any Caller
    ) throws(Refusal) {
        let owner = context.owner(of: inode), group = context.group(of: inode)
        let isOwner = context.isOwner(of: inode)
        // An invalid owner is for the file system's administrator to repair.
        let mayRepair = context.credentials.has(.chown, over: mount.fileSystem.userNamespace)
        if let uid {
            let isAllowed =
                (isOwner && uid == owner) || context.isCapable(.chown, over: inode) || (!owner.isValid && mayRepair)
            if !isAllowed {
                throw caller.refusal(
                    .chownUserNotPermitted,
                    "the owner is \(owner.rawValue), the caller's fsuid \(context.credentials.fsuid.rawValue)")
            }
        }
        if let gid {
            let isAllowed =
                (isOwner && (gid == group || context.credentials.isMember(of: gid)))
                || context.isCapable(.chown, over: inode) || (!group.isValid && mayRepair)
            if !isAllowed { throw Refusal(.chownGroupNotPermitted) }
        }
    }

    /// chown(2): programs lose what their old owner lent them, root's chown included. Nil where they lent nothing.
    private func modeAfterOwnerChange(_ gid: VFSGID?, _ context: AccessContext) throws(Refusal) -> UInt32? {
        var mode = inode.mode.rawValue & ~0o4000
        if mode & 0o2000 != 0, context.losesSetGroupID(inode) { mode &= ~0o2000 }
        if mode == inode.mode.rawValue { return nil }
        // notify_change() makes a chmod of it, which is for the owner (setattr_prepare).
        if !context.isOwnerOrCapable(of: inode) { throw Refusal(.chmodNotOwner) }
        if !context.isMemberOrCapable(of: gid ?? context.group(of: inode), over: inode) { mode &= ~0o2000 }
        return mode & 0o7777
    }

    /// file_remove_privs(): who writes without CAP_FSETID takes the set-ID bits away, and anybody the capabilities.
    package func removePrivileges(writtenBy caller: any Caller) {
        inode.removeCapabilities()
        let mode = inode.mode
        guard mode.isRegular, mode.rawValue & 0o6000 != 0, !caller.hasGlobally(.fsetid) else { return }
        inode.mode.permissions &= ~(access(for: caller).losesSetGroupID(inode) ? 0o6000 : 0o4000)
        inode.privilegesDropped()
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
        let context = access(for: caller)
        let isNow = accessed == .now && modified == .now
        // Now is for anybody who may write (may_setattr).
        if isNow, !context.isOwnerOrCapable(of: inode) {
            do { try check(.write, for: caller) } catch { throw error.under(.utimeNowDenied) }
        }
        if context.isUnmapped(inode) { throw Refusal(.fileOwnerUnmapped) }
        if let refusal = inode.attributesRefusal { throw refusal }
        if !isNow, !context.isOwnerOrCapable(of: inode) { throw Refusal(.utimeNotOwner) }
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

extension AccessContext {
    /// setattr_should_drop_sgid(): without group execution the bit means locking, and members keep it.
    fileprivate func losesSetGroupID(_ inode: Inode) -> Bool {
        inode.mode.permissions & 0o010 != 0 || !isMemberOrCapable(of: group(of: inode), over: inode)
    }
}

/// A file system that keeps times.
package protocol TimedFileSystem: FileSystem {
    var now: Timestamp { get }
}
