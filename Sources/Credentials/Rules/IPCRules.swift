import LinuxABI

/// System V IPC objects.
extension Rule {
    package static let ipcAccessDenied = Rule(
        "ipc-access-denied", .EACCES,
        "the object's mode does not grant this, and the caller has no CAP_IPC_OWNER over the IPC namespace's owner",
        source: "sysvipc(7), ipcperms()")
    package static let ipcNotOwner = Rule(
        "ipc-not-owner", .EPERM,
        "the object is changed and removed only by its owner, its creator, or with CAP_SYS_ADMIN over the IPC "
            + "namespace's owner",
        source: "sysvipc(7), ipcctl_obtain_check()")
    package static let ipcOwnerUnmapped = Rule(
        "ipc-owner-unmapped", .EINVAL, "the new owner or group has no mapping in the caller's user namespace",
        source: "ipc_update_perm()")
    package static let ipcQueueBytesRaise = Rule(
        "ipc-queue-bytes-raise", .EPERM,
        "more bytes than msgmnb in a message queue need CAP_SYS_RESOURCE in the initial user namespace",
        source: "msgctl(2), ERRORS; msgctl_down()")
    package static let ipcLockNotPermitted = Rule(
        "ipc-lock-not-permitted", .EPERM,
        "locking another's shared memory, or any with RLIMIT_MEMLOCK 0, needs CAP_IPC_LOCK over the IPC namespace's "
            + "owner",
        source: "shmctl(2), ERRORS; ksys_shmctl()")

    static let ipcRules: [Rule] = [
        ipcAccessDenied, ipcNotOwner, ipcOwnerUnmapped, ipcQueueBytesRaise, ipcLockNotPermitted,
    ]
}
