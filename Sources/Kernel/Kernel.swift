import Credentials
import LinuxABI

/// The sentry's state: every task, namespace and table. One lock, outside, guards all of it.
package final class Kernel {
    package let platform: any Platform
    package let profile: Profile
    package let limits: SandboxLimits
    /// The open file descriptions of all tasks.
    package let openFiles = FileTotal()
    package let initialUserNamespace: UserNamespace
    package let initialPIDNamespace: PIDNamespace
    package let initialNamespaces: NamespaceSet
    package var inodes = NamespaceInodes()
    /// Counts changes that an open /proc file could show; the platform refreshes memory files by it.
    package var generation: UInt64 = 0
    /// Whether somebody reads the state behind refusals; set before the first call.
    package var wantsExplanations = false
    /// System-wide settings under /proc/sys.
    package var settings = SystemSettings()
    /// The first process; set by `spawnInit`.
    package internal(set) var initTask: Task?
    /// Lets a woken call go on: installed by whoever runs the tasks. Unless the call waits again, it ends it by
    /// `Platform.complete`.
    package var resume: ((WokenCall) -> Void)?
    /// True once any process is a subreaper; until then orphans need no walk (PR_SET_CHILD_SUBREAPER).
    var hasSubreapers = false
    /// How many tasks live, for loadavg(5), sysinfo(2) and threads-max.
    package internal(set) var taskCount = 0
    /// pidfs, where pidfds live.
    package let processFiles: PidFS
    package let anonymousFiles: AnonInodeFS
    /// The terminal, whose controlling session and foreground process group are the model's.
    package internal(set) var terminal = Terminal()
    /// sockfs, where sockets live and are found by name.
    package let sockets: SockFS
    /// How many processes are stopped; while none is, no process group needs a look when a member exits.
    var stoppedGroups = 0
    /// Woken calls that wait for the one going on to end.
    var wokenCalls: [WokenCall] = []
    var isResuming = false
    /// Told once of each limit that is reached.
    package var onLimit: ((CountedLimit) -> Void)?
    var reachedLimits: Set<CountedLimit> = []
    /// flock(2)'s and fcntl(2)'s locks.
    package let locks: LockTable
    /// What everything that a guest makes the kernel keep is charged to.
    package var budget: Budget { initialUserNamespace.budget }
    /// All keys, from the first call that concerns any.
    package private(set) lazy var keys = makeKeys()
    /// The types of file systems that mount(2) knows.
    package let fileSystemTypes = FileSystemTypes()
    /// Numbers for file systems that lie on no device.
    package let anonymousDevices: DeviceNumbers
    /// The root of all control groups, and their file system.
    package let rootCgroup: Cgroup
    package let cgroups: CgroupFS
    /// Every namespace as a file.
    package let nsfs: NsFS
    /// How many mounts a namespace may have.
    package var mountLimit: MountLimit { initialNamespaces.mount.limit }
    /// Every namespace by its identifier.
    package let namespaceTree = NamespaceTree()
    private var nextPIDSerial: UInt64 = 1
    /// /proc/sys/kernel/random/boot_id, before its version bits.
    package private(set) lazy var bootID: (UInt64, UInt64) = UUIDText.random()
    private var nextLoginSession: UInt32 = 1

    package init(
        platform: any Platform, profile: Profile, mounts: MountNamespace, user: UserNamespace, hostname: [UInt8],
        limits: SandboxLimits = SandboxLimits()
    ) {
        self.platform = platform
        self.limits = limits
        self.profile = profile
        initialUserNamespace = user
        anonymousDevices = mounts.numbers.devices
        rootCgroup = Cgroup(root: user.budget)
        cgroups = CgroupFS(device: mounts.numbers.devices.allocate(), userNamespace: user, now: platform.storage.now)
        locks = LockTable(budget: user.budget)
        nsfs = NsFS(mounts.numbers, userNamespace: user, tree: namespaceTree, profile: profile)
        processFiles = PidFS(mounts.numbers, userNamespace: user)
        anonymousFiles = AnonInodeFS(mounts.numbers, userNamespace: user)
        sockets = SockFS(mounts.numbers, userNamespace: user, platform: platform)
        let pid = PIDNamespace(inode: NamespaceInodes.pid, owner: user, parent: nil)
        // Numbers must not run out before the tasks do (pid_idr_init() raises the maximum for large machines).
        if limits.tasks > Int(pid.maximum) / 2 { pid.maximum = 4_194_304 }
        initialPIDNamespace = pid
        let time = TimeNamespace(inode: NamespaceInodes.time, owner: user, copying: nil)
        initialNamespaces = NamespaceSet(
            mount: mounts,
            uts: UTSNamespace(
                inode: NamespaceInodes.uts, owner: user, hostname: hostname, domainname: Array("(none)".utf8)),
            ipc: IPCNamespace(
                inode: NamespaceInodes.ipc, owner: user, creator: nil, mounts: mounts.numbers),
            net: NetNamespace(inode: NamespaceInodes.net, owner: user),
            cgroup: CgroupNamespace(inode: NamespaceInodes.cgroup, owner: user, root: rootCgroup),
            time: time, timeForChildren: time, pidForChildren: pid)
        namespaceTree.add(user)
        for namespace in initialNamespaces.all { namespaceTree.add(namespace) }
        cgroups.show(rootCgroup)
        registerFileSystemTypes()
    }

    /// POSIX timers, inotify instances and their watches of all tasks.
    let timers = QuotaTotal()
    /// When pending signals of all tasks were last looked at.
    var signalsReviewed: UInt64 = 0
    let inotifyInstances = QuotaTotal()
    let inotifyWatches = QuotaTotal()
    let pipePages = QuotaTotal()

    package func allocatePIDSerial() -> UInt64 {
        defer { nextPIDSerial &+= 1 }
        return nextPIDSerial
    }

    /// The next audit session's number (proc_pid_sessionid(5)); −1 means none and is left out.
    package func allocateLoginSession() -> UInt32 {
        defer { nextLoginSession = nextLoginSession >= .max - 1 ? 1 : nextLoginSession + 1 }
        return nextLoginSession
    }

    /// The refusal by `rule` with the state that mattered, whose text is only built when somebody listens.
    package func refusal(_ rule: Rule, _ explanation: @autoclosure () -> String) -> Refusal {
        Refusal(rule, explanation: wantsExplanations ? explanation() : nil)
    }
}

/// Values of /proc/sys that belong to no namespace.
package struct SystemSettings: Sendable {
    /// Settings without a meaning here that were written, by path below /proc/sys.
    package var values: [String: [Int64]] = [:]
    /// What one that was written takes.
    static let footprint = 128
    /// /proc/sys/fs/suid_dumpable: what a task's dumpable becomes when its IDs change.
    package var dumpableAfterIDChange: Int32 = 0
    package init() {}
}

/// A set of rule changes: whose behaviour the sentry shows.
package struct Profile: Sendable, Equatable {
    package let name: String
    /// /proc/[pid]/ns/user opens, but setns on it gives EINVAL, as gVisor had it before user namespaces became joinable.
    package var userNamespaceFilesAreFake = false
    package static let linux = Profile(name: "linux")
    package static let gvisorPre13323: Profile = {
        var profile = Profile(name: "gvisor-pre-13323")
        profile.userNamespaceFilesAreFake = true
        return profile
    }()
    package init(name: String) { self.name = name }
    package static let all: [Profile] = [.linux, .gvisorPre13323]
}
