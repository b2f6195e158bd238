import LinuxABI

extension SyscallTable {
    /// System V message queues, semaphores and shared memory; POSIX message queues.
    static let ipcEntries: [SyscallEntry] = [
        .emulated(.msgget, [.int, .mode]),
        .emulated(.msgsnd, [.int, .pointer, .size, .hex]),
        .emulated(.msgrcv, [.int, .pointer, .size, .long, .hex]),
        .emulated(.msgctl, [.int, .int, .pointer]),
        .emulated(.semget, [.int, .int, .mode]),
        .emulated(.semop, [.int, .pointer, .size]),
        .emulated(.semtimedop, [.int, .pointer, .size, .timespec]),
        .emulated(.semctl, [.int, .int, .int, .hex]),
        .emulated(.shmget, [.int, .size, .mode]),
        .emulated(.shmctl, [.int, .int, .pointer]),
        .emulated(.shmat, [.int, .pointer, .hex], .address),
        .emulated(.shmdt, [.pointer]),
        .emulated(.mq_open, [.string, .flags(.open), .mode, .pointer], .fd),
        .emulated(.mq_unlink, [.string]),
        .emulated(.mq_timedsend, [.fd, .input(length: 2), .size, .unsigned, .timespec]),
        .emulated(.mq_timedreceive, [.fd, .pointer, .size, .pointer, .timespec]),
        .emulated(
            .mq_notify, [.fd, .structure(.sigevent)],
            note: "Not by a message on a netlink socket, which is how a C library serves SIGEV_THREAD."),
        .emulated(.mq_getsetattr, [.fd, .pointer, .pointer]),
    ]
}
