import Credentials
import LinuxABI

/// /proc/sys/user: the limits of the caller's own user namespace (namespaces(7), "The /proc/sys/user directory").
enum UserSettings {
    static let all: [Sysctl] =
        namespaces.map { name, kind in limit(name, get: { $0[kind] }, set: { $0[kind] = $1 }) } + [
            limit("fanotify_groups", get: { $0.fanotifyGroups }, set: { $0.fanotifyGroups = $1 }),
            limit("fanotify_marks", get: { $0.fanotifyMarks }, set: { $0.fanotifyMarks = $1 }),
            limit("inotify_instances", get: { $0.inotifyInstances }, set: { $0.inotifyInstances = $1 }),
            limit("inotify_watches", get: { $0.inotifyWatches }, set: { $0.inotifyWatches = $1 }),
        ]

    private static let namespaces: [(String, NamespaceKind)] = [
        ("cgroup_namespaces", .cgroup), ("ipc_namespaces", .ipc), ("mnt_namespaces", .mount),
        ("net_namespaces", .net), ("pid_namespaces", .pid), ("time_namespaces", .time), ("user_namespaces", .user),
        ("uts_namespaces", .uts),
    ]

    private static func limit(
        _ name: String, get: @escaping @Sendable (NamespaceLimits) -> Int32,
        set: @escaping @Sendable (inout NamespaceLimits, Int32) -> Void
    ) -> Sysctl {
        .variable(
            "user/max_\(name)", .user, in: 0...Int64(Int32.max), get: { Int64(get($0.user.limits)) },
            set: { set(&$0.user.limits, Int32(clamping: $1)) })
    }
}
