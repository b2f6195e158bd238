import Credentials
import LinuxABI

/// What a new file starts with.
package struct NewInodeAttributes {
    package var mode: FileMode
    package var uid: KUID
    package var gid: KGID
    var accessList: AccessControlList?
    var defaultAccessList: AccessControlList?

    /// Gives the lists to the inode that was made.
    func complete(_ inode: Inode) {
        if accessList != nil || defaultAccessList != nil { inode.inheritLists(accessList, defaultAccessList) }
    }
}

extension Path {
    /// What a new file in this directory starts with, asked for with `mode`: the caller's file-system IDs as the mount's map
    /// stores them; a set-group-ID directory gives its own group, and new directories inherit the bit (inode_init_owner); a
    /// default list stands in for the umask (posix_acl_create).
    package func newInodeAttributes(
        of mode: FileMode, umask: UInt32, for caller: any Caller
    ) throws(Refusal) -> NewInodeAttributes {
        let context = access(for: caller)
        guard let owners = context.newOwners(in: mount.fileSystem) else { throw Refusal(.fileCreateUnmappedID) }
        let directory = inode
        var new = NewInodeAttributes(mode: mode, uid: owners.uid, gid: owners.gid)
        if directory.mode.isSetGroupID {
            new.gid = directory.gid
            if mode.isDirectory {
                new.mode.rawValue |= 0o2000
            } else if mode.rawValue & 0o2010 == 0o2010,
                !context.isMemberOrCapable(of: context.group(of: directory), over: directory)
            {
                // mode_strip_sgid: nobody makes a set-group-ID program of a group that it is not in.
                new.mode.rawValue &= ~0o2000
            }
        }
        if mode.isSymlink { return new }
        guard var list = directory.defaultAccessList else {
            new.mode.permissions &= ~umask
            return new
        }
        if mode.isDirectory { new.defaultAccessList = list }
        list.limit(to: &new.mode.permissions)
        if !list.equivalent.isExact { new.accessList = list }
        return new
    }
}
