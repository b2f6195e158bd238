import LinuxABI

extension Rule {
    package static let fileSearchDenied = Rule(
        "file-search-denied", .EACCES, "a directory on the way may not be searched by the caller",
        source: "path_resolution(7)")
    package static let fileAccessDenied = Rule(
        "file-access-denied", .EACCES, "the file's mode does not grant the caller this access, and no capability does",
        source: "path_resolution(7), generic_permission")
    package static let tooManyOpenFiles = Rule(
        "too-many-open-files", .ENFILE, "the system has as many open files as fs.file-max allows",
        source: "proc_sys_fs(5), alloc_empty_file")
    package static let fileOwnerUnmappedWrite = Rule(
        "file-owner-unmapped-write", .EACCES, "a file whose owner has no ID in its file system cannot be written",
        source: "inode_permission")
    package static let fileOwnerUnmapped = Rule(
        "file-owner-unmapped", .EOVERFLOW, "the file's owner has no ID in its file system",
        source: "may_delete, notify_change")
    package static let fileCreateUnmappedID = Rule(
        "file-create-unmapped-id", .EOVERFLOW,
        "the creator's fsuid or fsgid has no ID in the file system's user namespace",
        source: "may_o_create, may_create")
    package static let fileReadOnlyMount = Rule(
        "file-read-only-mount", .EROFS, "the mount or the file system is read-only", source: "mount(2), mnt_want_write")
    package static let fileDeviceOnNodev = Rule(
        "file-device-on-nodev", .EACCES, "device nodes on this mount cannot be opened (nodev)",
        source: "mount(2), may_open_dev")
    package static let execNotRegularFile = Rule(
        "exec-not-regular-file", .EACCES, "only a regular file can be executed",
        source: "execve(2), ERRORS; do_open_execat()")
    package static let fileNoexecMount = Rule(
        "file-noexec-mount", .EACCES, "files on this mount cannot be executed (noexec)", source: "mount(2), path_noexec"
    )
    package static let mapNoexecMount = Rule(
        "map-noexec-mount", .EPERM, "a file on a noexec mount cannot be mapped executable", source: "mmap(2)")
    package static let fileStickyDirectory = Rule(
        "file-sticky-directory", .EPERM,
        "in a sticky directory only the owner of the file or of the directory may remove or rename it",
        source: "unlink(2), check_sticky")
    package static let chmodNotOwner = Rule(
        "chmod-not-owner", .EPERM, "only the file's owner or a holder of CAP_FOWNER over it may change its mode",
        source: "chmod(2), setattr_prepare")
    package static let chownUserNotPermitted = Rule(
        "chown-user-not-permitted", .EPERM, "changing the owner needs CAP_CHOWN over the file",
        source: "chown(2), chown_ok")
    package static let chownGroupNotPermitted = Rule(
        "chown-group-not-permitted", .EPERM,
        "an owner may give the file only to a group of its own; anything else needs CAP_CHOWN over the file",
        source: "chown(2), chgrp_ok")
    package static let chownUnmappedID = Rule(
        "chown-unmapped-id", .EINVAL, "the new owner or group has no mapping in the caller's user namespace",
        source: "chown_common")
    package static let chownOutsideMountMap = Rule(
        "chown-outside-mount-map", .EOVERFLOW, "the mount's ID map has no number for the new owner or group",
        source: "mount_setattr(2), vfsuid_has_fsmapping()")
    package static let noatimeNotOwner = Rule(
        "open-noatime-not-owner", .EPERM, "O_NOATIME is only for the file's owner or a holder of CAP_FOWNER over it",
        source: "open(2)")
    package static let writeHintNotOwner = Rule(
        "write-hint-not-owner", .EPERM, "a write hint is only for the file's owner or a holder of CAP_FOWNER over it",
        source: "fcntl(2), fcntl_set_rw_hint")
    package static let utimeNotOwner = Rule(
        "utime-not-owner", .EPERM,
        "setting times to given values is only for the owner or a holder of CAP_FOWNER over it",
        source: "utimensat(2)")
    package static let utimeNowDenied = Rule(
        "utime-now-denied", .EACCES, "setting times to now needs ownership or write permission", source: "utimensat(2)")
    package static let mknodDevice = Rule(
        "mknod-device", .EPERM, "making a device node needs CAP_MKNOD in the initial user namespace",
        source: "mknod(2), vfs_mknod")
    package static let linkDirectory = Rule(
        "link-directory", .EPERM, "a directory can have no second hard link", source: "link(2)")
    package static let linkSourceProtected = Rule(
        "link-source-protected", .EPERM,
        "another's file gets no more names from who may not read and write it, or if it is special or set-ID",
        source: "proc_sys_fs(5), protected_hardlinks; may_linkat()")
    package static let linkInStickyDirectory = Rule(
        "link-in-sticky-directory", .EACCES,
        "in a sticky world-writable directory only one's own links and those of the directory's owner are followed",
        source: "proc_sys_fs(5), protected_symlinks; may_follow_link()")
    package static let createOpensOthersFile = Rule(
        "create-opens-others-file", .EACCES,
        "O_CREAT does not open what belongs to another in a sticky directory that others may write",
        source: "proc_sys_fs(5), protected_regular and protected_fifos; may_create_in_sticky()")
    package static let unlinkDirectory = Rule(
        "unlink-directory", .EISDIR, "unlink does not remove directories", source: "unlink(2)")
    package static let chrootNotPermitted = Rule(
        "chroot-not-permitted", .EPERM, "chroot needs CAP_SYS_CHROOT in the caller's user namespace",
        source: "chroot(2)")
    package static let aclNotOwner = Rule(
        "acl-not-owner", .EPERM,
        "only the file's owner or a holder of CAP_FOWNER over it may change its access control lists",
        source: "acl(5), set_posix_acl()")
    package static let aclDefaultsOfNoDirectory = Rule(
        "acl-defaults-of-no-directory", .EACCES, "only a directory has a list of defaults",
        source: "acl(5), set_posix_acl()")
    package static let aclMalformed = Rule(
        "acl-malformed", .EINVAL,
        "the list lacks an entry, has one too many or out of order, or names an ID that the file system has no number for",
        source: "acl(5), posix_acl_valid()")
    package static let aclIDUnmapped = Rule(
        "acl-id-unmapped", .EINVAL, "an ID of the list has no mapping in the caller's user namespace",
        source: "posix_acl_from_xattr()")
    package static let handleNeedsReadSearch = Rule(
        "handle-needs-read-search", .EPERM,
        "opening by handle is for CAP_DAC_READ_SEARCH in the initial user namespace, or, with O_DIRECTORY, for who may mount it",
        source: "open_by_handle_at(2); may_decode_fh()")
    package static let fileFlagsNotOwner = Rule(
        "file-flags-not-owner", .EPERM,
        "a file's flags are changed only by its owner or a holder of CAP_FOWNER over it",
        source: "FS_IOC_SETFLAGS(2const), vfs_fileattr_set()")
    package static let fileFlagsImmutable = Rule(
        "file-flags-immutable", .EPERM,
        "making a file immutable or append-only needs CAP_LINUX_IMMUTABLE in the initial user namespace",
        source: "FS_IOC_SETFLAGS(2const), fileattr_set_prepare()")
    package static let quotaOfNoDevice = Rule(
        "quota-of-no-device", .ENOTBLK, "quotas are asked for by a block device", source: "quotactl(2)")
    package static let freezeNeedsAdmin = Rule(
        "freeze-needs-admin", .EPERM, "freezing needs CAP_SYS_ADMIN over the file system's user namespace",
        source: "ioctl_fsfreeze()")
    package static let xattrTrusted = Rule(
        "xattr-trusted", .EPERM, "trusted.* attributes need CAP_SYS_ADMIN in the initial user namespace",
        source: "xattr(7), xattr_permission")
    package static let xattrTrustedHidden = Rule(
        "xattr-trusted-hidden", .ENODATA,
        "trusted.* attributes are invisible without CAP_SYS_ADMIN in the initial user namespace",
        source: "xattr(7), xattr_permission")
    package static let xattrUserKind = Rule(
        "xattr-user-kind", .EPERM, "user.* attributes exist only on regular files and directories", source: "xattr(7)")
    package static let xattrUserKindHidden = Rule(
        "xattr-user-kind-hidden", .ENODATA, "user.* attributes exist only on regular files and directories",
        source: "xattr(7)")
    package static let xattrUserSticky = Rule(
        "xattr-user-sticky", .EPERM, "user.* attributes of a sticky directory are changed by its owner only",
        source: "xattr(7)")
    package static let xattrSecurity = Rule(
        "xattr-security", .EPERM, "security.* attributes need CAP_SYS_ADMIN over the file system's user namespace",
        source: "xattr(7), cap_inode_setxattr")
    package static let directoryBusy = Rule(
        "directory-busy", .EBUSY, "a mount point or the root cannot be removed or renamed",
        source: "rmdir(2), rename(2)")

    /// Files: walking, permission, ownership, attributes.
    package static let memoryFileMustNotExecute = Rule(
        "memory-file-must-not-execute", .EACCES,
        "the PID namespace allows only memory files that can never be executed",
        source: "memfd_create(2), ERRORS; check_sysctl_memfd_noexec()")
    package static let memoryFileExecutionSealed = Rule(
        "memory-file-execution-sealed", .EPERM, "the execution bits of this memory file are sealed",
        source: "memfd_create(2), MFD_NOEXEC_SEAL; shmem_setattr()")

    package static let fileRules: [Rule] = [
        .tooManyOpenFiles, .memoryFileMustNotExecute, .memoryFileExecutionSealed,
        .fileSearchDenied, .fileAccessDenied, .fileOwnerUnmappedWrite, .fileOwnerUnmapped, .fileCreateUnmappedID,
        .fileReadOnlyMount, .fileDeviceOnNodev, .fileNoexecMount, .mapNoexecMount, .execNotRegularFile,
        .fileStickyDirectory, .chmodNotOwner, .chownUserNotPermitted, .chownGroupNotPermitted,
        .aclNotOwner, .aclDefaultsOfNoDirectory, .aclMalformed, .aclIDUnmapped, .chownUnmappedID, .chownOutsideMountMap,
        .noatimeNotOwner,
        .writeHintNotOwner, .utimeNotOwner, .utimeNowDenied, .mknodDevice, .linkDirectory,
        .linkSourceProtected, .linkInStickyDirectory, .createOpensOthersFile,
        .unlinkDirectory, .chrootNotPermitted, .handleNeedsReadSearch, .fileFlagsNotOwner, .fileFlagsImmutable,
        .freezeNeedsAdmin, .quotaOfNoDevice, .xattrTrusted, .xattrTrustedHidden,
        .xattrUserKind, .xattrUserKindHidden, .xattrUserSticky, .xattrSecurity, .directoryBusy,
    ]
}
