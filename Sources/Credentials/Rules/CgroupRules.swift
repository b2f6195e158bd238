import LinuxABI

/// Control groups: their tree and who is in them.
extension Rule {
    package static let cgroupName = Rule(
        "cgroup-name", .EINVAL, "a group's name has no newline", source: "cgroup_mkdir()")
    package static let cgroupTreeLimit = Rule(
        "cgroup-tree-limit", .EAGAIN, "a group above allows no more groups below it, or none so deep",
        source: "cgroups(7), cgroup.max.depth; cgroup_check_hierarchy_limits()")
    package static let cgroupBusy = Rule(
        "cgroup-busy", .EBUSY, "the group has members or groups below it, or is the root",
        source: "cgroups(7), cgroup_destroy_locked()")
    package static let cgroupMoveNotPermitted = Rule(
        "cgroup-move-not-permitted", .EACCES,
        "who moves a process must be able to write cgroup.procs of the group that old and new one have in common",
        source: "cgroups(7), delegation; cgroup_procs_write_permission()")
    package static let cgroupDomainInvalid = Rule(
        "cgroup-domain-invalid", .EOPNOTSUPP, "the group is, or would be, no valid domain for processes",
        source: "cgroups(7), thread mode; cgroup_migrate_vet_dst(), cgroup_enable_threaded()")
    package static let cgroupOtherDomain = Rule(
        "cgroup-other-domain", .EOPNOTSUPP, "a thread moves only within the domain of its process",
        source: "cgroups(7), thread mode; __cgroup_procs_write()")

    package static let cgroupRules: [Rule] = [
        .cgroupName, .cgroupTreeLimit, .cgroupBusy, .cgroupMoveNotPermitted, .cgroupDomainInvalid, .cgroupOtherDomain,
    ]
}
