import LinuxABI

extension Set<SyscallNumber> {
    /// The calls by which a task could reach what it was not given: by path, signal, socket, other processes' memory or
    /// descriptors. Native in tests of the second wall alone, which tasks without privileges then face as it is.
    static let firstWall: Set<SyscallNumber> = [
        // Opening, and using what was opened past the model.
        .open, .openat, .openat2, .creat, .open_by_handle_at, .name_to_handle_at, .write, .ftruncate, .fallocate,
        .flock,
        .dup, .ioctl,
        // Names.
        .rename, .renameat, .renameat2, .unlink, .unlinkat, .rmdir, .mkdir, .mkdirat, .mknod, .mknodat, .link, .linkat,
        .symlink, .symlinkat, .readlink, .readlinkat, .truncate, .chdir, .fchdir, .chroot,
        // Attributes.
        .stat, .lstat, .newfstatat, .statx, .access, .faccessat, .faccessat2, .chmod, .fchmod, .fchmodat, .fchmodat2,
        .chown, .lchown, .fchown, .fchownat, .utime, .utimes, .futimesat, .utimensat, .setxattr, .lsetxattr, .fsetxattr,
        .getxattr,
        .removexattr, .statfs, .inotify_init1, .inotify_add_watch,
        // Mounts.
        .mount, .umount2, .pivot_root, .open_tree, .move_mount, .fsopen, .mount_setattr, .unshare, .setns,
        // Sockets.
        .socket, .socketpair, .connect, .bind, .listen, .accept, .accept4, .sendto, .sendmsg, .recvfrom, .recvmsg,
        // Other processes.
        .kill, .tkill, .tgkill, .rt_sigqueueinfo, .rt_tgsigqueueinfo, .pidfd_open, .pidfd_send_signal, .pidfd_getfd,
        .ptrace, .process_vm_readv, .process_vm_writev, .process_madvise, .kcmp, .setpriority, .prlimit64,
        .sched_setaffinity, .sched_setscheduler, .getppid,
        // System V IPC and POSIX message queues.
        .shmget, .shmat, .shmctl, .semget, .semop, .semctl, .msgget, .msgsnd, .msgrcv, .msgctl, .mq_open, .mq_unlink,
        // Keys.
        .add_key, .request_key, .keyctl,
    ]
}
