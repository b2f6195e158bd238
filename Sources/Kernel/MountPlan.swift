import Credentials
import LinuxABI

/// What a sandbox finds mounted at its start.
package struct MountPlan {
    /// What `/` is.
    package enum Root {
        /// A new, empty tree.
        case empty
        /// A private overlay over a granted tree.
        case tree(HostTree)
    }

    /// A granted tree, or a single granted file, at a place of its own.
    package struct Bind {
        package let tree: HostTree
        /// Absolute.
        package let target: [UInt8]
        package let isReadOnly: Bool
        package init(tree: HostTree, target: [UInt8], isReadOnly: Bool) {
            self.tree = tree
            self.target = target
            self.isReadOnly = isReadOnly
        }
    }

    package var root = Root.empty
    package var binds: [Bind] = []
    package init() {}

    /// What every sandbox has besides, in this order.
    struct Entry {
        let target: String
        let type: Name
        var permissions: UInt32 = 0o755
        var flags: MountFlags = .relatime
    }

    static let entries: [Entry] = [
        Entry(target: "/dev", type: "devtmpfs", flags: [.noSetuid, .relatime]),
        Entry(target: "/dev/shm", type: "tmpfs", permissions: 0o1777, flags: [.noSetuid, .noDevices, .relatime]),
        Entry(target: "/tmp", type: "tmpfs", permissions: 0o1777),
        Entry(target: "/run", type: "tmpfs", flags: [.noSetuid, .noDevices, .relatime]),
    ]
    /// What shows a kernel, and so comes when there is one.
    static let kernelEntries: [Entry] = [
        Entry(target: "/proc", type: "proc", flags: [.noSetuid, .noDevices, .noExec, .relatime]),
        Entry(target: "/sys", type: "sysfs", flags: [.noSetuid, .noDevices, .noExec, .relatime]),
    ]
    /// Directories that are there even if the root has none.
    static let directories: [(path: String, permissions: UInt32)] = [
        ("/dev", 0o755), ("/mnt", 0o755), ("/proc", 0o755), ("/run", 0o755), ("/sys", 0o755), ("/tmp", 0o755),
        ("/root", 0o700),
    ]
    /// In /dev: the devices that need no driver. The group of terminals is 5 in Debian and its kin.
    static let devices: [(name: Name, gid: KGID, number: DeviceNumber)] = [
        ("null", .root, DeviceNumber(major: 1, minor: 3)), ("zero", .root, DeviceNumber(major: 1, minor: 5)),
        ("full", .root, DeviceNumber(major: 1, minor: 7)), ("random", .root, DeviceNumber(major: 1, minor: 8)),
        ("urandom", .root, DeviceNumber(major: 1, minor: 9)), ("tty", KGID(5), DeviceNumber(major: 5, minor: 0)),
    ]
    /// In /dev: the links that programs expect.
    static let deviceLinks: [(name: Name, target: StaticString)] = [
        ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ]
}
