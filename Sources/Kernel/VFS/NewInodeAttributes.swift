import Credentials
import LinuxABI

/// What a new file starts with.
package struct NewInodeAttributes {
    package var mode: FileMode
    package var gid: KGID
    var accessList: AccessControlList?
    var defaultAccessList: AccessControlList?

    /// Gives the lists to the inode that was made.
    func complete(_ inode: Inode) {
        if accessList != nil || defaultAccessList != nil { inode.inheritLists(accessList, defaultAccessList) }
    }
}

extension Inode {
    /// What a new file in this directory starts with, asked for with `mode`: a set-group-ID directory gives its own group,
    /// and new directories inherit the bit (inode_init_owner); a default list stands in for the umask (posix_acl_create).
    package func newInodeAttributes(
        of mode: FileMode, umask: UInt32, by credentials: Credentials
    ) -> NewInodeAttributes {
        var new = NewInodeAttributes(mode: mode, gid: credentials.fsgid)
        if self.mode.isSetGroupID {
            new.gid = gid
            if mode.isDirectory {
                new.mode.rawValue |= 0o2000
            } else if mode.rawValue & 0o2010 == 0o2010, !credentials.isMember(of: gid), !isCapable(.fsetid, credentials)
            {
                // mode_strip_sgid: nobody makes a set-group-ID program of a group that it is not in.
                new.mode.rawValue &= ~0o2000
            }
        }
        if mode.isSymlink { return new }
        guard var list = defaultAccessList else {
            new.mode.permissions &= ~umask
            return new
        }
        if mode.isDirectory { new.defaultAccessList = list }
        list.limit(to: &new.mode.permissions)
        if !list.equivalent.isExact { new.accessList = list }
        return new
    }
}
