import LinuxABI

/// uid_map, gid_map, projid_map and setgroups (user_namespaces(7)).
extension Rule {
    package static let mapOfInitialNamespace = Rule(
        "map-of-initial-namespace", .EPERM, "the initial user namespace's maps are fixed",
        source: "user_namespaces(7), Defining user and group ID mappings; proc_uid_map_write()")
    package static let mapOpenerElsewhere = Rule(
        "map-opener-elsewhere", .EPERM,
        "the map file was opened in a user namespace that is neither this one nor its parent",
        source: "user_namespaces(7), Defining user and group ID mappings; proc_uid_map_write()")
    package static let mapWriteSize = Rule(
        "map-write-size", .EINVAL, "a map is written by one write at offset 0 of fewer bytes than a page",
        source: "user_namespaces(7), Defining user and group ID mappings; map_write()")
    package static let mapAlreadySet = Rule(
        "map-already-set", .EPERM, "a map can be set once only",
        source: "user_namespaces(7), Defining user and group ID mappings; map_write()")
    package static let mapOpenerNeedsAdmin = Rule(
        "map-opener-needs-admin", .EPERM, "who opened the map file has no CAP_SYS_ADMIN over the user namespace",
        source: "user_namespaces(7), Defining user and group ID mappings; map_write()")
    package static let mapSyntax = Rule(
        "map-syntax", .EINVAL, "a line is not three decimal numbers: first ID inside, first ID outside, count",
        source: "user_namespaces(7), Defining user and group ID mappings; map_write()")
    package static let mapRange = Rule(
        "map-range", .EINVAL, "a range is empty, starts at 4294967295 or goes beyond the last ID",
        source: "map_write()")
    package static let mapOverlap = Rule(
        "map-overlap", .EINVAL, "two lines overlap, inside or outside",
        source: "user_namespaces(7), Defining user and group ID mappings; mappings_overlap()")
    package static let mapTooManyLines = Rule(
        "map-too-many-lines", .EINVAL, "a map has at most 340 lines",
        source: "user_namespaces(7), Defining user and group ID mappings; map_write()")
    package static let mapOfRootNeedsSetfcap = Rule(
        "map-of-root-needs-setfcap", .EPERM,
        "mapping the parent's user ID 0 needs CAP_SETFCAP: of the namespace's creator when written from inside, else of the opener in the parent",
        source: "user_namespaces(7), Defining user and group ID mappings; verify_root_map()")
    package static let mapNotPermitted = Rule(
        "map-not-permitted", .EPERM,
        "without CAP_SETUID or CAP_SETGID in the parent, for writer and opener, only the owner's own effective ID can be mapped, "
            + "and for groups only once setgroups is denied",
        source: "user_namespaces(7), Defining user and group ID mappings; new_idmap_permitted()")
    package static let mapOutsideUnmapped = Rule(
        "map-outside-unmapped", .EPERM, "a range outside is not within one line of the parent's map",
        source: "user_namespaces(7), Defining user and group ID mappings; map_write()")

    package static let setgroupsFileSyntax = Rule(
        "setgroups-file-syntax", .EINVAL, "the text is neither allow nor deny, or the write is not at offset 0",
        source: "user_namespaces(7), The /proc/pid/setgroups file; proc_setgroups_write()")
    package static let setgroupsAlreadyDenied = Rule(
        "setgroups-already-denied", .EPERM, "setgroups was denied for good in this user namespace",
        source: "user_namespaces(7), The /proc/pid/setgroups file; proc_setgroups_write()")
    package static let setgroupsAfterGIDMap = Rule(
        "setgroups-after-gid-map", .EPERM, "setgroups can only be denied before the group ID map is set",
        source: "user_namespaces(7), The /proc/pid/setgroups file; proc_setgroups_write()")

    static let idMapRules: [Rule] = [
        mapOfInitialNamespace, mapOpenerElsewhere, mapWriteSize, mapAlreadySet, mapOpenerNeedsAdmin, mapSyntax,
        mapRange, mapOverlap, mapTooManyLines, mapOfRootNeedsSetfcap, mapNotPermitted, mapOutsideUnmapped,
        setgroupsFileSyntax, setgroupsAlreadyDenied, setgroupsAfterGIDMap,
    ]
}
