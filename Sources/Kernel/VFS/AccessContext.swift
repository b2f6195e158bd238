import Credentials

/// As whom a file is acted on: the caller's credentials, and the ID map of the mount that led to the file.
///
/// Whoever decides by a file's owners asks this, so that no decision forgets the map.
package struct AccessContext {
    package let credentials: Credentials
    package let idMap: MountIDMap?

    package init(_ credentials: Credentials, _ idMap: MountIDMap?) {
        self.credentials = credentials
        self.idMap = idMap
    }

    /// i_uid_into_vfsuid(): the owner as the mount shows it.
    package func owner(of inode: Inode) -> VFSUID { idMap.vfsuid(of: inode.uid) }
    /// i_gid_into_vfsgid().
    package func group(of inode: Inode) -> VFSGID { idMap.vfsgid(of: inode.gid) }

    /// HAS_UNMAPPED_ID(): an owner without an ID could not be written back.
    package func isUnmapped(_ inode: Inode) -> Bool { !owner(of: inode).isValid || !group(of: inode).isValid }

    package func isOwner(of inode: Inode) -> Bool { owner(of: inode).isOwn(credentials.fsuid) }

    /// inode_owner_or_capable(): the owner, or CAP_FOWNER over a file whose owner the caller's namespace numbers.
    package func isOwnerOrCapable(of inode: Inode) -> Bool {
        let owner = owner(of: inode)
        if owner.isOwn(credentials.fsuid) { return true }
        return credentials.effective.has(.fowner) && credentials.userNamespace.uid(owner) != nil
    }

    /// capable_wrt_inode_uidgid(): the capability in the caller's own user namespace, which must also number both of
    /// the file's owners.
    package func isCapable(_ capability: Capability, over inode: Inode) -> Bool {
        guard credentials.effective.has(capability) else { return false }
        let namespace = credentials.userNamespace
        return namespace.uid(owner(of: inode)) != nil && namespace.gid(group(of: inode)) != nil
    }

    /// in_group_or_capable(): who may give `inode` the set-group-ID bit of `group`.
    package func isMemberOrCapable(of group: VFSGID, over inode: Inode) -> Bool {
        credentials.isMember(of: group) || isCapable(.fsetid, over: inode)
    }

    // MARK: New files

    /// The owners of a new file in `fileSystem` (mapped_fsuid, mapped_fsgid); nil where the mount's map or the file system's
    /// namespace has no number for the caller's file-system IDs (fsuidgid_has_mapping).
    package func newOwners(in fileSystem: FileSystem) -> (uid: KUID, gid: KGID)? {
        guard let uid = idMap.kuid(VFSUID(credentials.fsuid)), let gid = idMap.kgid(VFSGID(credentials.fsgid)),
            fileSystem.userNamespace.uid(uid) != nil, fileSystem.userNamespace.gid(gid) != nil
        else { return nil }
        return (uid, gid)
    }
}

extension Mount {
    /// do_idmap_mount(): from now on owners show by the maps of `namespace`, which are complete.
    package func setIDMap(of namespace: UserNamespace) {
        idMap = MountIDMap(namespace, fileSystem: fileSystem.userNamespace)
    }
}

extension Path {
    /// As whom `caller` acts on the file here.
    package func access(for caller: any Caller) -> AccessContext { AccessContext(caller.credentials, mount.idMap) }
}
