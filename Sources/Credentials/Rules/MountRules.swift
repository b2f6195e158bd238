import LinuxABI

/// mount(2), umount2(2), pivot_root(2) and the calls that make and move mounts by file descriptors.
extension Rule {
    package static let mountNotPermitted = Rule(
        "mount-not-permitted", .EPERM, "mounting needs CAP_SYS_ADMIN over the owner of the caller's mount namespace",
        source: "mount(2), may_mount")
    package static let mountUnknownFlags = Rule(
        "mount-unknown-flags", .EINVAL, "a flag is none of those that the call knows", source: "mount(2), path_mount")
    package static let mountFlagsCombination = Rule(
        "mount-flags-combination", .EINVAL, "these flags do not go together", source: "mount(2), move_mount(2)")
    package static let mountWithoutType = Rule(
        "mount-without-type", .EINVAL, "a new mount needs the name of a file-system type",
        source: "mount(2), do_new_mount")
    package static let mountUnknownType = Rule(
        "mount-unknown-type", .ENODEV, "a file-system type of that name is not supported by nsentry, or does not exist",
        source: "mount(2), ENODEV; get_fs_type")
    package static let mountInternalType = Rule(
        "mount-internal-type", .EINVAL, "file systems of this type are the kernel's own",
        source: "graft_tree, SB_NOUSER")
    package static let mountTooRevealing = Rule(
        "mount-too-revealing", .EPERM,
        "proc and sysfs can be mounted only where one is to be seen already, with the same flags and nothing hidden",
        source: "mount_namespaces(7), mount_too_revealing")
    package static let mountWithoutDevice = Rule(
        "mount-without-device", .EINVAL, "a file system of this type lies on a block device, and none was named",
        source: "mount(2), get_tree_bdev")
    package static let mountNotBlockDevice = Rule(
        "mount-not-block-device", .ENOTBLK, "the source is no block device", source: "mount(2), ENOTBLK")
    package static let mountWithoutSource = Rule(
        "mount-without-source", .EINVAL, "a bind or a move needs a source", source: "mount(2), do_loopback")
    package static let mountNotMountRoot = Rule(
        "mount-not-mount-root", .EINVAL, "the path is not the root of a mount", source: "mount(2), path_mounted")
    package static let mountOtherNamespace = Rule(
        "mount-other-namespace", .EINVAL, "the mount is not in the caller's mount namespace",
        source: "mount(2), check_mnt")
    package static let mountPlaceGone = Rule(
        "mount-place-gone", .ENOENT,
        "the place is on nothing that is mounted any more, its name or what is mounted there was removed, or it is an entry of "
            + "/proc/[pid]/fd or fdinfo",
        source: "mount(2), do_lock_mount")
    package static let mountKindsDiffer = Rule(
        "mount-kinds-differ", .ENOTDIR,
        "a directory can only be mounted on a directory, anything else only on no directory",
        source: "mount(2), graft_tree")
    package static let mountMoveKindsDiffer = Rule(
        "mount-move-kinds-differ", .EINVAL, "a directory can only be moved onto a directory, anything else not",
        source: "mount(2), do_move_mount")
    package static let mountSameFileSystem = Rule(
        "mount-same-file-system", .EBUSY, "the root of that file system is what is mounted there already",
        source: "mount(2), do_add_mount")
    package static let mountUnbindable = Rule(
        "mount-unbindable", .EINVAL, "the mount is unbindable", source: "mount_namespaces(7), MS_UNBINDABLE")
    package static let mountUnbindableLocked = Rule(
        "mount-unbindable-locked", .EPERM, "a locked mount below is unbindable and cannot be left out",
        source: "copy_tree")
    package static let mountUnbindableOntoShared = Rule(
        "mount-unbindable-onto-shared", .EINVAL, "a tree with an unbindable mount cannot be moved onto a shared mount",
        source: "mount(2), do_move_mount")
    package static let mountLockedChildren = Rule(
        "mount-locked-children", .EINVAL, "a mount that hides something may not be left out of the copy",
        source: "mount_namespaces(7), has_locked_children")
    package static let mountNamespaceLoop = Rule(
        "mount-namespace-loop", .EINVAL,
        "a mount namespace can only be bound in an older one, so that no two keep each other alive",
        source: "mount(2), mnt_ns_loop")
    package static let mountSourceNotMounted = Rule(
        "mount-source-not-mounted", .EINVAL,
        "the source is neither in the caller's mount namespace nor a detached tree",
        source: "mount(2), may_copy_tree")
    package static let mountIsLocked = Rule(
        "mount-is-locked", .EINVAL, "the mount came from a more privileged mount namespace and may hide what is below",
        source: "mount_namespaces(7), Restrictions on mount namespaces")
    package static let mountParentShared = Rule(
        "mount-parent-shared", .EINVAL, "a mount cannot be moved away from a shared parent",
        source: "mount(2), MS_MOVE; do_move_mount")
    package static let mountIntoItself = Rule(
        "mount-into-itself", .ELOOP, "a mount cannot be moved to a place below itself",
        source: "mount(2), do_move_mount")
    package static let mountFlagsLocked = Rule(
        "mount-flags-locked", .EPERM, "a flag was set in a more privileged mount namespace and cannot be cleared here",
        source: "mount_namespaces(7), can_change_locked_flags")
    package static let mountWriters = Rule(
        "mount-writers", .EBUSY, "a file is open for writing there", source: "mount(2), EBUSY; mnt_hold_writers")
    package static let remountNotPermitted = Rule(
        "remount-not-permitted", .EPERM,
        "changing a file system's options needs CAP_SYS_ADMIN over the user namespace in which it was mounted",
        source: "mount(2), do_remount")
    package static let mountPropagationType = Rule(
        "mount-propagation-type", .EINVAL, "exactly one kind of propagation can be asked for, and nothing else with it",
        source: "mount(2), flags_to_propagation_type")
    package static let mountTooMany = Rule(
        "mount-too-many", .ENOSPC, "the mount namespace has as many mounts as fs.mount-max allows",
        source: "mount(2), ENOSPC; count_mounts")
    package static let umountUnknownFlags = Rule(
        "umount-unknown-flags", .EINVAL, "a flag is none of those that umount2 knows", source: "umount2(2), EINVAL")
    package static let umountNotMountpoint = Rule(
        "umount-not-mountpoint", .EINVAL, "the path is not the root of a mount", source: "umount(2), can_umount")
    package static let umountForceNotPermitted = Rule(
        "umount-force-not-permitted", .EPERM,
        "MNT_FORCE needs CAP_SYS_ADMIN over the user namespace in which the file system was mounted",
        source: "umount(2), can_umount")
    package static let umountExpireFlags = Rule(
        "umount-expire-flags", .EINVAL,
        "MNT_EXPIRE goes neither with MNT_FORCE or MNT_DETACH nor with the root directory",
        source: "umount(2), do_umount")
    package static let umountExpireMarked = Rule(
        "umount-expire-marked", .EAGAIN,
        "the mount is marked as expired now, and goes at the next call if nobody uses it",
        source: "umount(2), MNT_EXPIRE")
    package static let umountBusy = Rule(
        "umount-busy", .EBUSY, "the mount is in use: by mounts on it, open files, or working or root directories",
        source: "umount(2), EBUSY; propagate_mount_busy")
    package static let umountRootNotPermitted = Rule(
        "umount-root-not-permitted", .EPERM,
        "unmounting the root makes its file system read-only, which is for who may remount it",
        source: "umount(2), do_umount")
    package static let mountBeneathRoot = Rule(
        "mount-beneath-root", .EINVAL, "nothing can be put beneath the caller's root",
        source: "move_mount(2), can_move_mount_beneath")
    package static let mountBeneathItself = Rule(
        "mount-beneath-itself", .EINVAL, "a mount cannot be put beneath itself or what it carries",
        source: "move_mount(2), can_move_mount_beneath")
    package static let mountBeneathCovered = Rule(
        "mount-beneath-covered", .EINVAL, "what has something mounted over its root cannot be put beneath another",
        source: "move_mount(2), can_move_mount_beneath")
    package static let mountBeneathPeers = Rule(
        "mount-beneath-peers", .EINVAL, "what is put beneath would propagate to where it comes from",
        source: "move_mount(2), can_move_mount_beneath")
    package static let mountNotContext = Rule(
        "mount-not-context", .EINVAL, "the descriptor is not a file-system context's", source: "fsconfig(2), fsmount(2)"
    )
    package static let mountSetupUnknownCommand = Rule(
        "mount-setup-unknown-command", .EOPNOTSUPP, "there is no such command", source: "fsconfig(2)")
    package static let mountSetupArguments = Rule(
        "mount-setup-arguments", .EINVAL, "the command does not take this combination of key, value and number",
        source: "fsconfig(2)")
    package static let mountSetupTextLong = Rule(
        "mount-setup-text-long", .EINVAL, "a key or value is longer than 255 bytes", source: "fsconfig(2)")
    package static let mountSetupPhase = Rule(
        "mount-setup-phase", .EBUSY,
        "the context is past this command, not ready for it, or something failed before, after which it is of no use",
        source: "fsconfig(2), enum fs_context_phase")
    package static let mountSetupNotCreated = Rule(
        "mount-setup-not-created", .EINVAL, "the context has made no file system yet", source: "fsmount(2)")
    package static let mountAttributeBits = Rule(
        "mount-attribute-bits", .EINVAL, "an attribute is none of those that the call knows",
        source: "mount_setattr(2), fsmount(2)")
    package static let mountAttributeAtime = Rule(
        "mount-attribute-atime", .EINVAL,
        "access times are set by clearing all of MOUNT_ATTR__ATIME and setting one value",
        source: "mount_setattr(2), build_mount_kattr")
    package static let mountGroupOtherPart = Rule(
        "mount-group-other-part", .EINVAL, "a mount only joins one that shows all that it shows",
        source: "move_mount(2), do_set_group")
    package static let mountGroupNotPrivate = Rule(
        "mount-group-not-private", .EINVAL, "a mount that has a group or a master joins no other",
        source: "move_mount(2), do_set_group")
    package static let mountGroupOfPrivate = Rule(
        "mount-group-of-private", .EINVAL, "a private mount has no group to join",
        source: "move_mount(2), do_set_group")
    package static let mountOutOfReach = Rule(
        "mount-out-of-reach", .EPERM,
        "what is not below the caller's root is told of only to who administers the mount namespace",
        source: "statmount(2), listmount(2)")
    package static let pivotShared = Rule(
        "pivot-root-shared", .EINVAL, "neither the parents of the two mounts nor the mount of put_old may be shared",
        source: "pivot_root(2), EINVAL")
    package static let pivotOnRoot = Rule(
        "pivot-root-on-root", .EBUSY, "new_root or put_old is on the current root mount", source: "pivot_root(2), EBUSY"
    )
    package static let pivotNotMountRoot = Rule(
        "pivot-root-not-mount-root", .EINVAL,
        "the caller's root and new_root must be the roots of mounts that sit somewhere",
        source: "pivot_root(2), EINVAL")
    package static let pivotNotBelow = Rule(
        "pivot-root-not-below", .EINVAL, "put_old must be at or below new_root, and new_root below the caller's root",
        source: "pivot_root(2), EINVAL")
    package static let fileNosymfollowMount = Rule(
        "file-nosymfollow-mount", .ELOOP, "symbolic links on this mount are not followed (nosymfollow)",
        source: "mount(2), MS_NOSYMFOLLOW; pick_link")

    package static let mountRules: [Rule] = [
        .mountNotPermitted, .mountUnknownFlags, .mountFlagsCombination, .mountWithoutType, .mountUnknownType,
        .mountInternalType,
        .mountTooRevealing,
        .mountWithoutDevice, .mountNotBlockDevice, .mountWithoutSource, .mountNotMountRoot, .mountOtherNamespace,
        .mountPlaceGone, .mountKindsDiffer,
        .mountMoveKindsDiffer, .mountSameFileSystem, .mountUnbindable, .mountUnbindableLocked,
        .mountUnbindableOntoShared, .mountLockedChildren, .mountNamespaceLoop, .mountSourceNotMounted, .mountIsLocked,
        .mountParentShared, .mountIntoItself, .mountFlagsLocked, .mountWriters, .remountNotPermitted,
        .mountPropagationType, .mountTooMany, .umountUnknownFlags, .umountNotMountpoint, .umountForceNotPermitted,
        .umountExpireFlags, .umountExpireMarked, .umountBusy, .umountRootNotPermitted, .mountBeneathRoot,
        .mountBeneathItself, .mountBeneathCovered, .mountBeneathPeers, .mountNotContext, .mountSetupUnknownCommand,
        .mountSetupArguments,
        .mountSetupTextLong, .mountSetupPhase, .mountSetupNotCreated, .mountAttributeBits, .mountAttributeAtime,
        .mountGroupOtherPart, .mountGroupNotPrivate, .mountGroupOfPrivate, .mountOutOfReach, .pivotShared, .pivotOnRoot,
        .pivotNotMountRoot, .pivotNotBelow, .fileNosymfollowMount,
    ]
}
