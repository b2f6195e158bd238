import Credentials
import LinuxABI

/// A UTS namespace: host and domain name (uts_namespaces(7)).
package final class UTSNamespace: Namespace {
    package let kind = NamespaceKind.uts
    package let inode: UInt32
    package let owner: UserNamespace?
    /// What it costs its creator while it lives; nil for the initial one.
    var charge: NamespaceCharge?
    /// At most 64 bytes each.
    package var hostname: [UInt8]
    package var domainname: [UInt8]

    package init(inode: UInt32, owner: UserNamespace, hostname: [UInt8], domainname: [UInt8]) {
        self.inode = inode
        self.owner = owner
        self.hostname = hostname
        self.domainname = domainname
    }
}

/// An IPC namespace (ipc_namespaces(7)); System V and POSIX queue objects hang on it.
package final class IPCNamespace: Namespace {
    package let kind = NamespaceKind.ipc
    package let inode: UInt32
    package let owner: UserNamespace?
    /// What it costs its creator while it lives; nil for the initial one.
    var charge: NamespaceCharge?
    /// Settings that were written, by path below /proc/sys.
    package var settings: [String: [Int64]] = [:] {
        didSet { settingsCharge.resize(overdrawingTo: settings.count * SystemSettings.footprint) }
    }
    private var settingsCharge: Charge
    /// System V objects.
    package var objects = IPCObjects()
    /// The namespace's mqueue file system, whose root holds the names of its POSIX queues. It is mounted nowhere.
    package let queues: Mount
    /// How many of those queues live, with or without a name (mq_queues_count).
    var queueCount: Int64 = 0

    /// `creator` nil stands for the system itself.
    package init(inode: UInt32, owner: UserNamespace, creator: Credentials?, mounts: MountNumbers) {
        settingsCharge = Charge(overdrawing: owner.budget, .settings, 0)
        self.inode = inode
        self.owner = owner
        queues = MqueueFS.makeMount(mounts, owner: owner, creator: creator)
        (queues.fileSystem as? MqueueFS)?.namespace = self
    }

    /// A setting below /proc/sys, as it was written or is by default.
    package func setting(_ path: String, _ index: Int = 0, default value: Int64) -> Int64 {
        guard let values = settings[path], values.indices.contains(index) else { return value }
        return values[index]
    }
}

/// A network namespace (network_namespaces(7)): an identity; `lo` is down until somebody raises it.
package final class NetNamespace: Namespace {
    package let kind = NamespaceKind.net
    package let inode: UInt32
    package let owner: UserNamespace?
    /// What it costs its creator while it lives; nil for the initial one.
    var charge: NamespaceCharge?
    /// Settings that were written, by path below /proc/sys.
    package var settings: [String: [Int64]] = [:] {
        didSet { settingsCharge.resize(overdrawingTo: settings.count * SystemSettings.footprint) }
    }
    private var settingsCharge: Charge
    package init(inode: UInt32, owner: UserNamespace) {
        settingsCharge = Charge(overdrawing: owner.budget, .settings, 0)
        self.inode = inode
        self.owner = owner
    }
}

/// A cgroup namespace (cgroup_namespaces(7)): the creator's cgroup becomes its root.
package final class CgroupNamespace: Namespace {
    package let kind = NamespaceKind.cgroup
    package let inode: UInt32
    package let owner: UserNamespace?
    /// What it costs its creator while it lives; nil for the initial one.
    var charge: NamespaceCharge?
    /// What its members see as `/`.
    package let root: Cgroup
    package init(inode: UInt32, owner: UserNamespace, root: Cgroup) {
        self.inode = inode
        self.owner = owner
        self.root = root
    }
}

/// A time namespace (time_namespaces(7)): offsets of the monotonic and boot-time clocks.
package final class TimeNamespace: Namespace {
    package let kind = NamespaceKind.time
    package let inode: UInt32
    package let owner: UserNamespace?
    /// What it costs its creator while it lives; nil for the initial one.
    var charge: NamespaceCharge?
    package struct Offset: Sendable {
        package var seconds: Int64 = 0
        package var nanoseconds: Int64 = 0
        package init() {}
        /// In nanoseconds, as far as they go.
        package var total: Int64 {
            let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
            let (sum, exceeds) = product.addingReportingOverflow(nanoseconds)
            return overflows || exceeds ? .max : sum
        }
    }
    package var monotonic = Offset()
    package var boottime = Offset()
    /// True once a task has entered; offsets are then fixed.
    package var isFrozen: Bool

    package init(inode: UInt32, owner: UserNamespace, copying parent: TimeNamespace?) {
        self.inode = inode
        self.owner = owner
        if let parent {
            monotonic = parent.monotonic
            boottime = parent.boottime
        }
        isFrozen = parent == nil
    }

    package var hasOffsets: Bool { monotonic.total != 0 || boottime.total != 0 }

    /// Whether such a namespace can have another time on that clock.
    package static func isShifted(clock: Int32) -> Bool { [1, 4, 6, 7, 9].contains(clock) }

    /// What is added to the host's clock of that number, in nanoseconds; 0 for clocks that are everybody's.
    package func shift(ofClock clock: Int32) -> Int64 {
        switch clock {
        // CLOCK_MONOTONIC, MONOTONIC_RAW and MONOTONIC_COARSE; BOOTTIME and BOOTTIME_ALARM.
        case 1, 4, 6: monotonic.total
        case 7, 9: boottime.total
        default: 0
        }
    }

    /// timens_ktime_to_host(): an absolute time of such a clock as the host counts it, in nanoseconds. What lies before
    /// the clock's start has passed; it is never 0, which disarms timers.
    package func hostTime(_ time: Int64, ofClock clock: Int32) -> Int64 {
        let (result, overflows) = time.subtractingReportingOverflow(shift(ofClock: clock))
        return overflows ? .max : max(result, 1)
    }
}
