import Credentials
import LinuxABI

extension Path {
    /// may_create(): may `caller` make a name in this directory? Existence was tested before.
    package func checkCreate(for caller: any Caller) throws(Refusal) {
        if dentry.isUnlinked { throw Refusal(.ENOENT) }
        let owner = mount.fileSystem.userNamespace
        // fsuidgid_has_mapping: comes before the mode, so an unmapped creator sees EOVERFLOW (6.18).
        if owner.uid(caller.credentials.fsuid) == nil || owner.gid(caller.credentials.fsgid) == nil {
            throw Refusal(.fileCreateUnmappedID)
        }
        try inode.check([.write, .execute], for: caller)
    }

    /// may_delete(): may `caller` remove or replace `victim` in this directory?
    package func checkDelete(_ victim: Dentry, isDirectory: Bool, for caller: any Caller) throws(Refusal) {
        let file = victim.inode
        file.refreshOwnership()
        // An owner without an ID could not be written back.
        if !file.uid.isValid || !file.gid.isValid { throw Refusal(.fileOwnerUnmapped) }
        try inode.check([.write, .execute], for: caller)
        if inode.isStickyProtected(file, from: caller.credentials) {
            throw caller.refusal(
                .fileStickyDirectory,
                "the directory's owner is \(inode.uid.rawValue), the file's \(file.uid.rawValue), the caller's fsuid "
                    + "\(caller.credentials.fsuid.rawValue)")
        }
        if isDirectory {
            if !file.mode.isDirectory { throw Refusal(.ENOTDIR) }
            if victim.parent == nil { throw Refusal(.directoryBusy) }
        } else if file.mode.isDirectory {
            throw Refusal(.unlinkDirectory)
        }
        if dentry.isUnlinked { throw Refusal(.ENOENT) }
    }
}

extension Inode {
    /// check_sticky(): whether this sticky directory keeps `file` from being removed by the holder of `credentials`.
    package func isStickyProtected(_ file: Inode, from credentials: Credentials) -> Bool {
        guard mode.isSticky else { return false }
        if file.uid == credentials.fsuid || uid == credentials.fsuid { return false }
        return !file.isCapable(.fowner, credentials)
    }
}
