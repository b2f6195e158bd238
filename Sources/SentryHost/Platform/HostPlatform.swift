import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Synchronization

/// The host behind the kernel: threads by host number, their descriptors, signals and answers.
final class HostPlatform: Platform {
    let files: HostFiles
    /// The notification descriptor; set once the first task has installed the filter.
    var listener: Int32 = -1
    /// The thread group and thread number of the tracer, for waking it.
    let tracerTID: pid_t
    private var threads: [pid_t: HostThread] = [:]
    /// Open memory files whose text may have to change.
    let texts = TextFiles()
    let placeholders: Placeholders
    let sealed: SealedPages
    /// Whether another filter, a container's for example, judges the tasks' calls too.
    let isBehindFilter: Bool
    /// How many host numbers have become free for others.
    let reapedCount = Atomic<Int>(0)
    /// Tasks that the tracer must interrupt before their parked call is answered.
    var interruptions: [HostThread] = []
    /// What only the tracer's thread can do, for calls whose answer a worker has found.
    private var tracerWork: [() -> Void] = []
    /// What lets a task run again, kept until the lock is free: a task that runs at once, on the same CPU, would make its
    /// next call wait for the lock.
    var deferred: [DeferredAction] = []
    /// Parked tasks that got a signal during the present event.
    var signalled: [HostThread] = []
    /// Files whose readiness the host tells by a signal (O_ASYNC).
    var asyncFiles: [AsyncFile] = []
    /// Parked tasks with a deadline or with timers whose signals the host sends.
    private var polled: [HostThread] = []
    var executions = Executions()
    weak var kernel: Kernel?
    /// A few host numbers above the guest's belong to the loader.
    var descriptorLimit = 1024
    /// Whether calls are traced, with their results and in order.
    var isTraced = false
    /// How often limits were changed, to see whether a new process has those of its parent.
    var limitChanges = 0
    /// Watches what the host tells nobody of.
    let keeper: LimitKeeper
    /// What tasks may run on, and see.
    var cpus = ShownCPUs()
    let memoryFiles = MemoryFiles()
    /// Half of what makes the host give the user few pages for a new pipe; 0 there means no limit.
    let pipePageLimit: Int = {
        let soft = HostProc.decimal(HostProc.read("/proc/sys/fs/pipe-user-pages-soft")[...])
        return soft == 0 ? .max : Int(clamping: soft) / 2
    }()
    /// Where the host keeps to the memory limit.
    var cgroup: HostCgroup?
    /// How many processes the host had ended at the limit when last looked.
    var cgroupKills: UInt64 = 0

    init(files: HostFiles, tracerTID: pid_t, placeholders: Placeholders, sealed: SealedPages) {
        self.files = files
        self.tracerTID = tracerTID
        self.placeholders = placeholders
        self.sealed = sealed
        keeper = files.disk.keeper
        isBehindFilter = HostProc.isFiltered
    }

    var storage: any HostStorage { files }
    private(set) lazy var unixSockets = UnixSockets(directory: files.socketDirectory)

    // MARK: Threads

    func thread(_ tid: pid_t) -> HostThread? { threads[tid] }

    func add(_ thread: HostThread) {
        threads[thread.tid] = thread
        if thread.tid == thread.tgid { files.disk.droppedFiles.began(thread.tid) }
        let pending = thread.task.hostThread as? PendingHostThread
        thread.task.hostThread = thread
        pending?.signals.forEach { deliver($0.info, to: thread.task, wholeGroup: $0.wholeGroup) }
    }

    /// Tables that were large once become as small as what is left in them. What weakly refers to closed files and dead
    /// namespaces goes, as it keeps pages of the heap from being free.
    func shrinkTables() {
        kernel?.namespaceTree.removeGone()
        kernel?.nsfs.removeGone()
        files.forgetOldListings()
        memoryFiles.removeClosed()
        texts.removeClosed()
        guard threads.capacity > 4 * threads.count + 1024 else { return }
        threads = Dictionary(uniqueKeysWithValues: threads.map { ($0.key, $0.value) })
    }

    /// Drops a dead thread, whose number is free from now on.
    func forget(_ tid: pid_t) -> HostThread? {
        reapedCount.add(1, ordering: .releasing)
        guard let thread = threads.removeValue(forKey: tid) else { return nil }
        if tid == thread.tgid { files.disk.droppedFiles.ended(tid) }
        thread.dropPIDFD()
        stopPolling(thread)
        unixSockets.remember(thread)
        return thread
    }

    /// After an exec from a thread that was not the leader: the host gave it the leader's number.
    func renumber(_ thread: HostThread, from old: pid_t, to new: pid_t) {
        reapedCount.add(1, ordering: .releasing)
        threads[old] = nil
        if let leader = threads[new], leader !== thread { leader.task.hostThread = nil }
        thread.tid = new
        thread.dropPIDFD()
        threads[new] = thread
    }

    /// Forgets the threads of `group` other than `survivor`; their ends are not events of the model any more.
    func forgetSiblings(of survivor: HostThread) -> [HostThread] {
        let group = survivor.task.group
        guard group.isMultithreaded else { return [] }
        let siblings = group.threads.compactMap(hostThread(of:)).filter { $0 !== survivor }
        for sibling in siblings {
            threads[sibling.tid] = nil
            sibling.dropPIDFD()
            stopPolling(sibling)
        }
        return siblings
    }

    func hostThread(of task: Task) -> HostThread? { task.hostThread as? HostThread }

    /// Ends an event: what it changed is brought to the host.
    func settle() {
        kernel?.resumeAfterClosing()
        if !signalled.isEmpty { settleSignals() }
        refreshTexts()
    }

    // MARK: Parked calls that the host's clock or timers may end

    var needsPolling: Bool { !polled.isEmpty }

    func stopPolling(_ thread: HostThread) {
        if !polled.isEmpty { polled.removeAll { $0 === thread } }
    }

    /// Watches a task that just parked, when something other than the kernel may end its call.
    func watch(_ thread: HostThread) {
        guard let call = thread.task.waiting else { return }
        if call.deadline != nil || thread.task.group.hasTimers {
            polled.append(thread)
            wakeTracer()
        }
    }

    func pollTimers() {
        let now = monotonicNow
        for thread in polled {
            guard let call = thread.task.waiting else {
                polled.removeAll { $0 === thread }
                continue
            }
            if let deadline = call.deadline, deadline <= now {
                kernel?.deadlinePassed(thread.task)
            } else if thread.task.group.hasTimers {
                if SignalState(tid: thread.tid).hasDeliverable { endParkedCall(of: thread) }
            }
        }
    }

    /// Ends a parked call because a signal is pending; the tracer does it.
    func endParkedCall(of thread: HostThread) {
        guard let end = kernel?.unpark(thread.task) else { return }
        interrupt(thread, answer: end)
    }

    /// Has the tracer stop the task as its call ends with this answer.
    func interrupt(_ thread: HostThread, answer: Result<Int64, LinuxABI.Errno>) {
        thread.pendingAnswer = answer
        interruptions.append(thread)
        wakeTracer()
    }

    func addTracerWork(_ work: @escaping () -> Void) {
        tracerWork.append(work)
        wakeTracer()
    }

    func takeTracerWork() -> [() -> Void] {
        if tracerWork.isEmpty { return [] }
        defer { tracerWork = [] }
        return tracerWork
    }

    private func wakeTracer() { _ = chost_signal_thread(getpid(), tracerTID, Int32(CHOST_SIGNAL_WAKE)) }

    var allThreads: Dictionary<pid_t, HostThread>.Values { threads.values }
}

extension HostPlatform {
    /// A thread of each process. Of a leader that has ended before the others, /proc tells no memory and no files, so that it
    /// is one that lives, if any does.
    var oneThreadOfEach: [HostThread] {
        allThreads.compactMap { leader in
            guard leader.tid == leader.tgid else { return nil }
            guard leader.task.isExiting, let task = leader.task.group.liveThread else { return leader }
            return hostThread(of: task) ?? leader
        }
    }
}
