import LinuxABI

/// System V IPC objects and POSIX message queues.
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

    package static let queueCountLimit = Rule(
        "queue-count-limit", .ENOSPC,
        "the IPC namespace has as many message queues as fs.mqueue.queues_max, and CAP_SYS_RESOURCE in the initial user "
            + "namespace is missing",
        source: "mq_overview(7), mqueue_create_attr()")
    package static let queueAttributesLimit = Rule(
        "queue-attributes-limit", .EINVAL,
        "a queue of more or longer messages than fs.mqueue.msg_max and msgsize_max needs CAP_SYS_RESOURCE in the initial "
            + "user namespace, and none passes the kernel's own limits",
        source: "mq_overview(7), mqueue_get_inode()")
    package static let queueBytesLimit = Rule(
        "queue-bytes-limit", .EMFILE,
        "the user's message queues would pass RLIMIT_MSGQUEUE, or those of a user namespace's users the limit of who "
            + "made it",
        source: "getrlimit(2), RLIMIT_MSGQUEUE; mqueue_get_inode()")

    static let ipcRules: [Rule] = [
        ipcAccessDenied, ipcNotOwner, ipcOwnerUnmapped, ipcQueueBytesRaise, ipcLockNotPermitted, queueCountLimit,
        queueAttributesLimit, queueBytesLimit,
    ]
}
