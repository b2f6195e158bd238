import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI

/// A host call that lets a task run.
enum DeferredAction: Sendable {
    case answer(UInt64, value: Int64, error: Int32)
    case continueCall(UInt64)
    /// ptrace's request as `chost_trace_resume` numbers it; only the tracer's events add these.
    case resume(pid_t, request: Int32, signal: Int32)
}

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
    /// Tasks that the tracer must interrupt before their parked call is answered.
    var interruptions: [HostThread] = []
    /// What lets a task run again, kept until the lock is free: a task that runs at once, on the same CPU, would make its
    /// next call wait for the lock.
    var deferred: [DeferredAction] = []
    /// Parked tasks that got a signal during the present event.
    var signalled: [HostThread] = []
    /// Files whose readiness the host tells by a signal (O_ASYNC).
    var asyncFiles: [AsyncFile] = []
    /// Parked tasks with a deadline or with timers whose signals the host sends.
    private var polled: [HostThread] = []
    weak var kernel: Kernel?
    /// A few host numbers above the guest's belong to the loader.
    var descriptorLimit = 1024
    /// How many CPUs the sentry could use before it chose a home.
    let allowedCPUs: Int

    init(files: HostFiles, tracerTID: pid_t, placeholders: Placeholders) {
        self.files = files
        self.tracerTID = tracerTID
        self.placeholders = placeholders
        allowedCPUs = Int(chost_cpu_count())
    }

    var storage: any HostStorage { files }
    private(set) lazy var unixSockets = UnixSockets(directory: files.socketDirectory)

    // MARK: Threads

    func thread(_ tid: pid_t) -> HostThread? { threads[tid] }

    func add(_ thread: HostThread) {
        threads[thread.tid] = thread
        let unborn = thread.task.hostThread as? UnbornThread
        thread.task.hostThread = thread
        unborn?.signals.forEach { deliver($0.info, to: thread.task, wholeGroup: $0.wholeGroup) }
    }

    /// Drops a dead thread.
    func forget(_ tid: pid_t) -> HostThread? {
        guard let thread = threads.removeValue(forKey: tid) else { return nil }
        if !polled.isEmpty { polled.removeAll { $0 === thread } }
        unixSockets.remember(thread)
        dropMemoryChange(of: thread)
        return thread
    }

    /// After an exec from a thread that was not the leader: the host gave it the leader's number.
    func renumber(_ thread: HostThread, from old: pid_t, to new: pid_t) {
        threads[old] = nil
        if let leader = threads[new], leader !== thread { leader.task.hostThread = nil }
        thread.tid = new
        threads[new] = thread
    }

    /// Forgets the threads of `group` other than `survivor`; their ends are not events of the model any more.
    func forgetSiblings(of survivor: HostThread) {
        for (tid, thread) in threads where thread.tgid == survivor.tgid && thread !== survivor {
            threads[tid] = nil
            dropMemoryChange(of: thread)
        }
    }

    func hostThread(of task: Task) -> HostThread? { task.hostThread as? HostThread }

    // MARK: Descriptors

    func install(_ file: OpenFile, at fd: Int32, closeOnExec: Bool, in task: Task) throws(Refusal) {
        guard let thread = hostThread(of: task) else { throw Refusal(.EBADF) }
        if fd == task.files.stubNumber { try moveStub(of: thread) }
        switch file.backing {
        case .owned(let host):
            try put(host.descriptor, at: fd, closeOnExec, thread)
            if !file.keepsHostFile { file.backing = .installed }
        case .installed:
            let host = try borrowAny(file, near: task)
            try put(host.descriptor, at: fd, closeOnExec, thread)
        case .text:
            do throws(Refusal) {
                let host = try texts.descriptor(for: file, generation: kernel?.generation ?? 0)
                try put(host, at: fd, closeOnExec, thread)
            } catch {
                guard let refusing = placeholders.refusing(error.errno) else { throw error }
                try put(refusing, at: fd, closeOnExec, thread)
                if let kernel, kernel.wantsExplanations { kernel.readRefusal = (fd, error) }
            }
        case .directory: try put(placeholders.directory, at: fd, closeOnExec, thread)
        case .path: try put(placeholders.path, at: fd, closeOnExec, thread)
        case .inert: try put(placeholders.inert, at: fd, closeOnExec, thread)
        }
    }

    func uninstall(_ fd: Int32, in task: Task) {
        guard let thread = hostThread(of: task) else { return }
        try? put(placeholders.path, at: fd, true, thread)
    }

    func put(_ descriptor: Int32, at fd: Int32, _ closeOnExec: Bool, _ thread: HostThread) throws(Refusal) {
        let result = chost_notification_install(listener, thread.notification, descriptor, fd, closeOnExec ? 1 : 0)
        if result < 0 { throw Refusal(LinuxABI.Errno(rawValue: -result)) }
    }

    /// The guest wants the number at which the loader stub sits: move the stub out of the way.
    private func moveStub(of thread: HostThread) throws(Refusal) {
        let number = thread.task.files.stubNumber &+ 64
        try put(placeholders.stub, at: number, false, thread)
        thread.task.files.stubNumber = number
    }

    func borrow(_ fd: Int32, of task: Task) throws(Refusal) -> HostFile {
        guard let thread = hostThread(of: task) else { throw Refusal(.ESRCH) }
        let pidfd = chost_pidfd_open(thread.tgid)
        guard pidfd >= 0 else { throw Refusal(.ESRCH) }
        defer { close(pidfd) }
        let copy = chost_pidfd_getfd(pidfd, fd)
        guard copy >= 0 else { throw Refusal(LinuxABI.Errno(rawValue: -copy)) }
        return HostFile(owning: copy)
    }

    func reopen(_ file: OpenFile, flags: OpenFlags, for task: Task) throws(Refusal) -> HostFile {
        let host = try borrowAny(file, near: task)
        let kept = O_ACCMODE | O_APPEND | O_NONBLOCK | O_TRUNC | O_DIRECT
        let wanted = Int32(bitPattern: flags.rawValue) & kept | O_CLOEXEC | O_NOCTTY
        let descriptor = Glibc.open("/proc/self/fd/\(host.descriptor)", wanted)
        guard descriptor >= 0 else { throw Refusal(LinuxABI.Errno(rawValue: errno)) }
        return HostFile(owning: descriptor)
    }

    /// The host description of a file that is open somewhere: in the caller's table first.
    func setFlags(_ flags: OpenFlags, of fd: Int32, in task: Task) throws(Refusal) {
        let host = try borrow(fd, of: task)
        guard fcntl(host.descriptor, F_SETFL, Int32(bitPattern: flags.rawValue)) == 0 else {
            throw Refusal(LinuxABI.Errno(rawValue: errno))
        }
    }

    private func borrowAny(_ file: OpenFile, near task: Task) throws(Refusal) -> HostFile {
        if let fd = task.files.number(of: file) { return try borrow(fd, of: task) }
        for thread in threads.values {
            if let fd = thread.task.files.number(of: file) { return try borrow(fd, of: thread.task) }
        }
        throw Refusal(.EBADF)
    }

    /// Ends an event: what it changed is brought to the host.
    func settle() {
        if !signalled.isEmpty { settleSignals() }
        refreshTexts()
    }

    /// Writes the current text into memory files that could show a change.
    private func refreshTexts() {
        guard let kernel, !texts.isEmpty else { return }
        texts.refresh(generation: kernel.generation)
    }

    func rewriteText(of file: OpenFile) { texts.refresh(file) }
    func textPosition(of file: OpenFile) -> Int64 { texts.position(of: file) }
    func setTextPosition(of file: OpenFile, _ position: Int64) { texts.setPosition(of: file, position) }

    // MARK: Answers

    func complete(_ task: Task, _ result: Result<Int64, LinuxABI.Errno>) {
        guard let thread = hostThread(of: task) else { return }
        answer(thread, result)
    }

    func answer(_ thread: HostThread, _ result: Result<Int64, LinuxABI.Errno>) {
        if !polled.isEmpty { polled.removeAll { $0 === thread } }
        switch result {
        case .success(let value): deferred.append(.answer(thread.notification, value: value, error: 0))
        case .failure(let errno):
            thread.callMayRestart = errno == .ERESTARTSYS
            deferred.append(.answer(thread.notification, value: 0, error: -errno.rawValue))
        }
    }

    func answerContinue(_ thread: HostThread) {
        thread.callMayRestart = true
        deferred.append(.continueCall(thread.notification))
    }

    // MARK: What lets tasks run

    /// Does what an event deferred; the lock is no longer held.
    func perform(_ actions: [DeferredAction]) {
        for action in actions {
            switch action {
            case .answer(let id, let value, let error): _ = chost_notification_answer(listener, id, value, error)
            case .continueCall(let id): _ = chost_notification_continue(listener, id)
            case .resume(let tid, let request, let signal): _ = chost_trace_resume(tid, request, signal)
            }
        }
    }

    /// Takes what was deferred, at the end of an event.
    func takeDeferred() -> [DeferredAction] {
        if deferred.isEmpty { return [] }
        defer { deferred.removeAll() }
        return deferred
    }

    // MARK: Parked calls that the host's clock or timers may end

    var needsPolling: Bool { !polled.isEmpty }

    /// Watches a task that just parked, when something other than the kernel may end its call.
    func watch(_ thread: HostThread) {
        guard let parked = thread.task.parked else { return }
        if parked.deadline != nil || thread.task.group.hasTimers {
            polled.append(thread)
            wakeTracer()
        }
    }

    func pollTimers() {
        let now = monotonicNow
        for thread in polled {
            guard let parked = thread.task.parked else {
                polled.removeAll { $0 === thread }
                continue
            }
            if let deadline = parked.deadline, deadline <= now {
                kernel?.deadlinePassed(thread.task)
            } else if thread.task.group.hasTimers {
                if SignalState(tid: thread.tid).hasDeliverable { endParkedCall(of: thread) }
            }
        }
    }

    /// Ends a parked call because a signal is pending; the tracer does it.
    func endParkedCall(of thread: HostThread) {
        guard let call = kernel?.unpark(thread.task) else { return }
        interrupt(thread, answer: .failure(call.restart))
    }

    /// Has the tracer stop the task as its call ends with this answer.
    func interrupt(_ thread: HostThread, answer: Result<Int64, LinuxABI.Errno>) {
        thread.pendingAnswer = answer
        interruptions.append(thread)
        wakeTracer()
    }

    private func wakeTracer() { _ = chost_signal_thread(getpid(), tracerTID, SIGUSR1) }

    var allThreads: Dictionary<pid_t, HostThread>.Values { threads.values }
}
