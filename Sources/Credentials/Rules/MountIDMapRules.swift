import LinuxABI

/// Maps of IDs that a mount may have (mount_setattr(2), ID-mapped mounts).
extension Rule {
    package static let idMapCleared = Rule(
        "idmap-cleared", .EINVAL, "only a new copy of a mount can lose its map", source: "mount_setattr(2)")
    package static let idMapNotUserNamespace = Rule(
        "idmap-not-user-namespace", .EINVAL, "the descriptor is not a user namespace's", source: "mount_setattr(2)")
    package static let idMapInitial = Rule(
        "idmap-initial", .EPERM, "the initial user namespace maps nothing", source: "mount_setattr(2)")
    package static let idMapNotPermitted = Rule(
        "idmap-not-permitted", .EPERM, "the caller needs CAP_SYS_ADMIN over the user namespace that gives the map",
        source: "build_mount_idmapped")
    package static let idMapIncomplete = Rule(
        "idmap-incomplete", .EINVAL, "the user namespace has no map of users or none of groups yet",
        source: "alloc_mnt_idmap")
    package static let idMapOfFileSystem = Rule(
        "idmap-of-file-system", .EINVAL, "the file system belongs to that user namespace, which would map nothing",
        source: "can_idmap_mount")
    package static let idMapAlready = Rule(
        "idmap-already", .EPERM, "the mount has a map, which it keeps", source: "mount_setattr(2)")
    package static let idMapUnsupported = Rule(
        "idmap-unsupported", .EINVAL, "file systems of this type have no mapped mounts", source: "mount_setattr(2)")
    package static let idMapFileSystemNotPermitted = Rule(
        "idmap-file-system-not-permitted", .EPERM,
        "the caller needs CAP_SYS_ADMIN over the user namespace in which the file system was mounted",
        source: "can_idmap_mount")
    package static let idMapAttached = Rule(
        "idmap-attached", .EINVAL, "only a mount that was never attached gets a map", source: "mount_setattr(2)")

    package static let mountIDMapRules: [Rule] = [
        .idMapCleared, .idMapNotUserNamespace, .idMapInitial, .idMapNotPermitted, .idMapIncomplete,
        .idMapOfFileSystem, .idMapAlready, .idMapUnsupported, .idMapFileSystemNotPermitted, .idMapAttached,
    ]
}
