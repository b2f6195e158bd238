/// The ID map of an idmapped mount: the owners of files show through it as other IDs (mount_setattr(2), "ID-mapped mounts";
/// struct mnt_idmap).
///
/// What the file system's namespace calls 5 shows as what the map's namespace calls 5. Most mounts have none, and
/// `MountIDMap?` converts for both: without a map an owner shows as it is.
package final class MountIDMap {
    /// Whose uid_map and gid_map it is. They were complete when the map was made, and are never changed.
    package let userNamespace: UserNamespace
    /// s_user_ns of what is mounted.
    package let fileSystem: UserNamespace

    package init(_ userNamespace: UserNamespace, fileSystem: UserNamespace) {
        self.userNamespace = userNamespace
        self.fileSystem = fileSystem
    }

    /// make_vfsuid().
    package func vfsuid(of kuid: KUID) -> VFSUID {
        guard let stored = fileSystem.uid(kuid), let shown = userNamespace.uidMap.toGlobal(stored.rawValue) else {
            return .invalid
        }
        return VFSUID(shown)
    }
    /// make_vfsgid().
    package func vfsgid(of kgid: KGID) -> VFSGID {
        guard let stored = fileSystem.gid(kgid), let shown = userNamespace.gidMap.toGlobal(stored.rawValue) else {
            return .invalid
        }
        return VFSGID(shown)
    }
    /// from_vfsuid(): the owner that shows as `vfsuid`; nil where none does.
    package func kuid(_ vfsuid: VFSUID) -> KUID? {
        userNamespace.uidMap.toLocal(vfsuid.rawValue).flatMap { fileSystem.kuid(UID($0)) }
    }
    /// from_vfsgid().
    package func kgid(_ vfsgid: VFSGID) -> KGID? {
        userNamespace.gidMap.toLocal(vfsgid.rawValue).flatMap { fileSystem.kgid(GID($0)) }
    }
}

extension MountIDMap? {
    // Every check and every stat asks; nearly always there is no map (nop_mnt_idmap).

    /// How the owner `kuid` shows.
    package func vfsuid(of kuid: KUID) -> VFSUID {
        guard let map = self else { return VFSUID(kuid) }
        return map.vfsuid(of: kuid)
    }
    /// How the group `kgid` shows.
    package func vfsgid(of kgid: KGID) -> VFSGID {
        guard let map = self else { return VFSGID(kgid) }
        return map.vfsgid(of: kgid)
    }
    /// The owner that shows as `vfsuid`; nil where none does. Without a map any ID can be an owner, even one that the file
    /// system's namespace has no number for.
    package func kuid(_ vfsuid: VFSUID) -> KUID? {
        guard let map = self else { return vfsuid.isValid ? vfsuid.kuid : nil }
        return map.kuid(vfsuid)
    }
    package func kgid(_ vfsgid: VFSGID) -> KGID? {
        guard let map = self else { return vfsgid.isValid ? vfsgid.kgid : nil }
        return map.kgid(vfsgid)
    }
}
