import Credentials
import LinuxABI

/// A thread as the guest knows it (task_struct): everything that concerns who it is.
package final class Task: Caller {
    package unowned let kernel: Kernel
    package internal(set) var group: ThreadGroup
    /// Its identity; `pid.number(in:)` is its tid.
    package internal(set) var pid: PID
    package internal(set) var credentials: Credentials
    /// For which user and namespace it is counted.
    var counted: Credentials?
    /// Nil once the task is a zombie.
    package internal(set) var namespaces: NamespaceSet?
    /// Its control group; a zombie's is that in which it died.
    package internal(set) var cgroup: Cgroup
    package internal(set) var fs: FSContext
    package internal(set) var files: FDTable
    /// Its memory itself.
    package internal(set) var addressSpace: any GuestMemory
    /// Its memory, as the present call copies it.
    package var memory: any GuestMemory { copies.isKeeping ? copies : addressSpace }
    /// Shared by tasks with one address space.
    package internal(set) var image: AddressSpace
    /// At most 15 bytes.
    package var comm: [UInt8]
    /// The call in which it waits to be woken.
    package internal(set) var waiting: (any WaitingCall)?
    /// Whether a worker does something for its call, which no signal ends.
    package var isInHostWork = false
    /// What its call has asked of the host.
    private lazy var answers = HostAnswers()
    /// What its call has copied of its memory, for the case that it is run again.
    let copies = CallCopies()
    /// PR_SET_PDEATHSIG.
    package var parentDeathSignal: Signal?
    package internal(set) var isExiting = false
    /// The init of a PID namespace that exits waits for the other members to go, and is no zombie before
    /// (zap_pid_ns_processes).
    package internal(set) var awaitsMembers = false
    /// The wait status with which the thread itself exited; 0 for one that another's exec ended.
    package internal(set) var exitStatus: Int32 = 0
    /// Whether the memory that the task has given up at exit was dumpable.
    var wasDumpable = false
    /// True once nothing in the model names the task any more (release_task).
    package internal(set) var isReleased = false
    /// True when some child of its process may have this thread as its parent.
    var hasForked = false
    /// set_tid_address(2).
    package var clearChildTID = UserAddress(0)
    /// Signals for this thread that count for its user.
    var pendingSignals = PendingSignals()
    /// Whatever the platform keeps for this thread; the kernel never looks inside.
    package var hostThread: AnyObject?
    /// Nice value, −20...19.
    package var nice: Int32 = 0
    /// The rest of sched_setattr(2), remembered only.
    package var scheduling = Scheduling()
    /// Nil until there is something to keep in it.
    package var ioContext: IOContext?
    /// What semop(2) with SEM_UNDO is to undo; nil until it is used or shared.
    package internal(set) var semaphoreUndos: SemaphoreUndoList?
    /// sched_setaffinity(2)'s mask, nil when never set.
    package var affinity: [UInt8]?
    /// PR_SET_IO_FLUSHER, remembered only.
    package var isIOFlusher = false
    /// personality(2)'s flags.
    package var personality: UInt32 = 0

    private let charge: Charge
    /// Task, process, image and credentials, and what the platform has of them; a thread has less.
    static func footprint(isThread: Bool) -> Int { isThread ? 1792 : 3072 }

    package init(
        kernel: Kernel, group: ThreadGroup, pid: PID, credentials: Credentials, namespaces: NamespaceSet,
        fs: FSContext, files: FDTable, memory: any GuestMemory, image: AddressSpace, comm: [UInt8],
        charge: consuming Charge
    ) {
        self.charge = charge
        self.kernel = kernel
        self.group = group
        self.pid = pid
        self.credentials = credentials
        self.namespaces = namespaces
        cgroup = kernel.rootCgroup
        self.fs = fs
        self.files = files
        addressSpace = memory
        self.image = image
        self.comm = comm
    }

    package var hostAnswers: HostAnswers? { answers }
    package var userNamespace: UserNamespace { credentials.userNamespace }
    /// The PID namespace in which the task itself lives (task_active_pid_ns).
    package var pidNamespace: PIDNamespace { pid.namespace }
    /// Nil for a task that has exited.
    package var mountNamespace: MountNamespace? { namespaces?.mount }
    /// Its namespaces, for a request that only a living task can make; ESRCH otherwise.
    package func ownNamespaces() throws(Refusal) -> NamespaceSet {
        guard let namespaces else { throw Refusal(.ESRCH) }
        return namespaces
    }
    /// The tid as the task's own PID namespace numbers it.
    package var tid: Int32 { pid.number(in: pidNamespace) }
    /// The tgid likewise.
    package var tgid: Int32 { group.pid.number(in: pidNamespace) }
    package var isLeader: Bool { group.leader === self }
    /// Whether its process is the init of a PID namespace (SIGNAL_UNKILLABLE).
    package var isNamespaceInit: Bool { pidNamespace.initGroup === group }
}

extension Task {
    /// Gives a child that shares no address space its own memory.
    package func adopt(memory: any GuestMemory) { addressSpace = memory }
    /// Sets the credentials without the side effects of a change by the task itself (commit_creds): for who makes tasks.
    package func setCredentials(_ credentials: Credentials) {
        self.credentials = credentials
        countProcess()
    }

    /// Counts the task for its real user and user namespace, and no more for former ones (RLIMIT_NPROC).
    func countProcess() {
        if let counted, counted.uid == credentials.uid, counted.userNamespace === credentials.userNamespace { return }
        uncountProcess()
        credentials.userNamespace.addProcess(of: credentials.uid)
        counted = credentials
    }

    func uncountProcess() {
        if let counted { counted.userNamespace.removeProcess(of: counted.uid) }
        counted = nil
    }

    /// True from exit on.
    package var isDead: Bool { isExiting }
}

/// sched_setattr(2)'s attributes but for the nice value (sched(7)).
package struct Scheduling: Hashable, Sendable {
    /// SCHED_OTHER 0, FIFO 1, RR 2, BATCH 3, IDLE 5, DEADLINE 6.
    package var policy: Int32 = 0
    /// 1...99 for FIFO and RR, else 0.
    package var priority: Int32 = 0
    package var resetsOnFork = false
    /// Nanoseconds, for DEADLINE.
    package var runtime: UInt64 = 0
    package var deadline: UInt64 = 0
    package var period: UInt64 = 0
    package init() {}
    package var isRealtime: Bool { policy == 1 || policy == 2 }
}

/// mm_struct's part that concerns identity: what was executed and who may look.
package final class AddressSpace {
    /// PR_SET_DUMPABLE: 0, 1, or 2.
    package var dumpable: Int32 = 1
    /// mm->user_ns: the user namespace at exec, or an ancestor that maps an unreadable binary's owner.
    package var userNamespace: UserNamespace
    package var executable: Path? {
        didSet {
            oldValue?.inode.denyWriteCount -= 1
            executable?.inode.denyWriteCount += 1
            oldValue?.mount.useCount -= 1
            executable?.mount.useCount += 1
        }
    }
    /// NUL-separated arguments and environment where the program was started with them.
    package var argumentsRange: Range<UInt64> = 0..<0
    package var environmentRange: Range<UInt64> = 0..<0
    /// The initial stack pointer, start of code and data, for /proc/[pid]/stat.
    package var startStack: UInt64 = 0
    package var auxiliaryVector: [UInt8] = []
    /// Tasks that share it (mm_users).
    package var users = 1
    /// System V segments that are, or were when last looked at, mapped here.
    var segments: [AttachedSegment] = []
    package var attachedSegments: [SharedSegment] { segments.map(\.segment) }

    package init(userNamespace: UserNamespace) { self.userNamespace = userNamespace }
    deinit {
        executable?.inode.denyWriteCount -= 1
        executable?.mount.useCount -= 1
    }

    /// The same program in an address space of its own (dup_mm).
    package func copy() -> AddressSpace {
        let copy = AddressSpace(userNamespace: userNamespace)
        copy.dumpable = dumpable
        copy.executable = executable
        copy.argumentsRange = argumentsRange
        copy.environmentRange = environmentRange
        copy.startStack = startStack
        copy.auxiliaryVector = auxiliaryVector
        return copy
    }
}
