import Credentials
import LinuxABI

/// /proc/sys/fs (proc_sys_fs(5)).
enum FsSettings {
    static let all: [Sysctl] = [
        .integer("fs/aio-max-nr", 65536),
        .fixed("fs/aio-nr", "0"),
        .integer("fs/dir-notify-enable", 1),
        .integer("fs/epoll/max_user_watches", 5_491_511),
        .integer("fs/fanotify/max_queued_events", 16384),
        .variable(
            "fs/file-max", in: 0...Int64.max, get: { Int64($0.kernel.fileLimit) },
            set: { $0.kernel.settings.values["fs/file-max"] = [$1] }),
        // Allocated, free, and the most (proc_sys_fs(5)).
        Sysctl(
            "fs/file-nr", 0o444,
            read: { SysctlText.line([Int64($0.kernel.openFiles.used), 0, Int64($0.kernel.fileLimit)]) }),
        .fixed("fs/inode-nr", "0\t0"),
        .integer("fs/inotify/max_queued_events", 16384, in: 0...Int64(Int32.max)),
        // Another name for the initial user namespace's limits in /proc/sys/user.
        .variable(
            "fs/inotify/max_user_instances", in: 0...Int64(Int32.max),
            get: { Int64($0.kernel.initialUserNamespace.limits.inotifyInstances) },
            set: { $0.kernel.initialUserNamespace.limits.inotifyInstances = Int32(clamping: $1) }),
        .variable(
            "fs/inotify/max_user_watches", in: 0...Int64(Int32.max),
            get: { Int64($0.kernel.initialUserNamespace.limits.inotifyWatches) },
            set: { $0.kernel.initialUserNamespace.limits.inotifyWatches = Int32(clamping: $1) }),
        .integer("fs/lease-break-time", 45),
        .integer("fs/leases-enable", 1),
        .variable(
            "fs/mount-max", in: 1...Int64(Int32.max), get: { Int64($0.kernel.mountLimit.value) },
            set: { $0.kernel.mountLimit.value = Int(clamping: $1) }),
        .integer("fs/mqueue/msg_default", 10, .ipc, in: 1...65536),
        .integer("fs/mqueue/msg_max", 10, .ipc, in: 1...65536),
        .integer("fs/mqueue/msgsize_default", 8192, .ipc, in: 128...16_777_216),
        .integer("fs/mqueue/msgsize_max", 8192, .ipc, in: 128...16_777_216),
        .integer("fs/mqueue/queues_max", 256, .ipc),
        .integer("fs/nr_open", 1_048_576, in: 64...2_147_483_584),
        .integer("fs/overflowgid", 65534, in: 0...65535),
        .integer("fs/overflowuid", 65534, in: 0...65535),
        .integer("fs/pipe-max-size", 1_048_576, in: 4096...Int64(Int32.max)),
        .integer("fs/pipe-user-pages-hard", 0, in: 0...Int64.max),
        .integer("fs/pipe-user-pages-soft", 16384, in: 0...Int64.max),
        .integer("fs/protected_fifos", 0, in: 0...2),
        .integer("fs/protected_hardlinks", 1, in: 0...1),
        .integer("fs/protected_regular", 0, in: 0...2),
        .integer("fs/protected_symlinks", 0, in: 0...1),
        .variable(
            "fs/suid_dumpable", in: 0...2, get: { Int64($0.kernel.settings.dumpableAfterIDChange) },
            set: { $0.kernel.settings.dumpableAfterIDChange = Int32(clamping: $1) }),
    ]
}
