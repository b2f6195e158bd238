import LinuxABI

extension SyscallTable {
    /// System V message queues, semaphores and shared memory.
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
    ]
}
