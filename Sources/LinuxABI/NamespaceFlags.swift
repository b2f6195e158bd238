/// Flags of clone(2), clone3(2), unshare(2) and setns(2) (include/uapi/linux/sched.h).
package struct CloneFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64
    @inlinable package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The low byte of clone(2)'s flags: the signal sent to the parent at exit.
    package static let signalMask: UInt64 = 0xff

    package static let newTime = CloneFlags(rawValue: 0x0000_0080)
    package static let vm = CloneFlags(rawValue: 0x0000_0100)
    package static let fs = CloneFlags(rawValue: 0x0000_0200)
    package static let files = CloneFlags(rawValue: 0x0000_0400)
    package static let sighand = CloneFlags(rawValue: 0x0000_0800)
    package static let pidfd = CloneFlags(rawValue: 0x0000_1000)
    package static let ptrace = CloneFlags(rawValue: 0x0000_2000)
    package static let vfork = CloneFlags(rawValue: 0x0000_4000)
    package static let parent = CloneFlags(rawValue: 0x0000_8000)
    package static let thread = CloneFlags(rawValue: 0x0001_0000)
    package static let newMount = CloneFlags(rawValue: 0x0002_0000)
    package static let sysvsem = CloneFlags(rawValue: 0x0004_0000)
    package static let setTLS = CloneFlags(rawValue: 0x0008_0000)
    package static let parentSetTID = CloneFlags(rawValue: 0x0010_0000)
    package static let childClearTID = CloneFlags(rawValue: 0x0020_0000)
    package static let detached = CloneFlags(rawValue: 0x0040_0000)
    package static let untraced = CloneFlags(rawValue: 0x0080_0000)
    package static let childSetTID = CloneFlags(rawValue: 0x0100_0000)
    package static let newCgroup = CloneFlags(rawValue: 0x0200_0000)
    package static let newUTS = CloneFlags(rawValue: 0x0400_0000)
    package static let newIPC = CloneFlags(rawValue: 0x0800_0000)
    package static let newUser = CloneFlags(rawValue: 0x1000_0000)
    package static let newPID = CloneFlags(rawValue: 0x2000_0000)
    package static let newNet = CloneFlags(rawValue: 0x4000_0000)
    package static let io = CloneFlags(rawValue: 0x8000_0000)
    /// clone3 only.
    package static let clearSighand = CloneFlags(rawValue: 0x1_0000_0000)
    /// clone3 only.
    package static let intoCgroup = CloneFlags(rawValue: 0x2_0000_0000)

    /// Every flag that names a kind of namespace.
    package static let namespaces: CloneFlags = [
        .newTime, .newMount, .newCgroup, .newUTS, .newIPC, .newUser, .newPID, .newNet,
    ]
}

/// The eight kinds of namespace (namespaces(7)); `rawValue` is the kind's clone flag.
package enum NamespaceKind: UInt32, CaseIterable, Sendable {
    case mount = 0x0002_0000
    case cgroup = 0x0200_0000
    case uts = 0x0400_0000
    case ipc = 0x0800_0000
    case user = 0x1000_0000
    case pid = 0x2000_0000
    case net = 0x4000_0000
    case time = 0x0000_0080

    package var flag: CloneFlags { CloneFlags(rawValue: UInt64(rawValue)) }

    /// The name used in `/proc/[pid]/ns` and in `name:[inode]`.
    package var name: String {
        switch self {
        case .mount: "mnt"
        case .cgroup: "cgroup"
        case .uts: "uts"
        case .ipc: "ipc"
        case .user: "user"
        case .pid: "pid"
        case .net: "net"
        case .time: "time"
        }
    }
}
