import Credentials
import LinuxABI

extension Path {
    /// may_create(): may `caller` make a name in this directory? Existence was tested before.
    package func checkCreate(for caller: any Caller) throws(Refusal) {
        if dentry.isUnlinked { throw Refusal(.ENOENT) }
        // fsuidgid_has_mapping: comes before the mode, so an unmapped creator sees EOVERFLOW (6.18).
        if access(for: caller).newOwners(in: mount.fileSystem) == nil { throw Refusal(.fileCreateUnmappedID) }
        try check([.write, .execute], for: caller)
    }

    /// may_delete(): may `caller` remove or replace `victim` in this directory?
    package func checkDelete(_ victim: Dentry, isDirectory: Bool, for caller: any Caller) throws(Refusal) {
        let file = victim.inode
        file.refreshOwnership()
        let context = access(for: caller)
        if context.isUnmapped(file) { throw Refusal(.fileOwnerUnmapped) }
        try check([.write, .execute], for: caller)
        if context.isStickyProtected(file, in: inode) {
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

extension AccessContext {
    /// check_sticky(): whether `directory` keeps the caller from removing `file` in it.
    package func isStickyProtected(_ file: Inode, in directory: Inode) -> Bool {
        guard directory.mode.isSticky else { return false }
        return !isOwner(of: file) && !isOwner(of: directory) && !isCapable(.fowner, over: file)
    }
}
