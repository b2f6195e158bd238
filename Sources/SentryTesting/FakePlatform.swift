import Credentials
import Kernel
import LinuxABI

/// A platform without a host: it records what the kernel asks for and does to synthetic tasks what a host would do.
///
/// Signals act by their disposition: a default action ends, stops or continues the process, a handled signal is only
/// recorded, an ignored one is dropped. What a signal does happens after the call in progress (`settle`).
package final class FakePlatform: Platform {
    /// A signal that reached a process and was not ignored.
    package struct Delivery {
        package let task: Task
        package let info: SignalInfo
        package let wholeGroup: Bool
    }

    package let storage: any HostStorage
    private let fakeSockets = FakeSockets()
    package var sockets: any HostSockets { fakeSockets }
    /// Whether sockets take and give bytes, though none that anybody sent.
    package var socketsSeemToCarry: Bool {
        get { fakeSockets.seemsToCarry }
        set { fakeSockets.seemsToCarry = newValue }
    }
    /// How many bytes sockets take from now on; nil for the sockets that carry nothing.
    package var socketRoom: Int? {
        get { fakeSockets.room }
        set { fakeSockets.room = newValue }
    }
    /// What there is to receive at sockets.
    package var socketBytes: [UInt8] {
        get { fakeSockets.incoming }
        set { fakeSockets.incoming = newValue }
    }
    /// Set by the one who made the kernel.
    package weak var kernel: Kernel?
    /// Every signal delivered and not ignored, in order.
    package private(set) var deliveries: [Delivery] = []
    /// The fake's clocks, in nanoseconds; tests move them.
    package var monotonicNow: UInt64 = 1_000_000_000
    package var bootNow: UInt64 { monotonicNow }
    /// Limits that a host would have been given, in order.
    package private(set) var appliedLimits: [(resource: Int, limit: ResourceLimit)] = []
    private var waiting: [ThreadGroup] = []
    private var isSettling = false
    private var positions: [ObjectIdentifier: Position] = [:]

    /// What a host would know of a process; kept in `ThreadGroup.hostProcess`.
    private final class ProcessState {
        var caught: UInt64 = 0
        var ignored: UInt64 = 0
        var blocked: UInt64 = 0
        var statistics = HostStatistics()
        var pending: [Delivery] = []
    }

    package init(storage: any HostStorage) { self.storage = storage }

    // MARK: Files

    package func borrow(_ fd: Int32, of task: Task) throws(Refusal) -> HostFile {
        if case .owned(let file) = try task.files.file(fd).backing { return file }
        return HostFile(descriptor: -1) { _ in }
    }
    package func reopen(_ file: OpenFile, flags: OpenFlags, for task: Task) throws(Refusal) -> HostFile {
        HostFile(descriptor: -1) { _ in }
    }
    package func makeHostObject(_ object: HostObject) throws(Errno) -> [HostFile] {
        let file = HostFile(descriptor: -1) { _ in }
        return switch object {
        case .pipe, .socketPair: [file, HostFile(descriptor: -1) { _ in }]
        default: [file]
        }
    }
    package func makePollableFile() throws(Refusal) -> HostBacking { .inert }
    package func makeReady(_ file: OpenFile, isHungUp: Bool) {
        readiness[ObjectIdentifier(file)] = isHungUp ? .hungUp : .readable
    }
    /// What poll(2) would say of a pidfd.
    package func readiness(of file: OpenFile) -> Readiness { readiness[ObjectIdentifier(file)] ?? .none }
    package enum Readiness { case none, readable, hungUp }
    private var readiness: [ObjectIdentifier: Readiness] = [:]

    /// The position in a text file, which a host would keep in its description.
    package func textPosition(of file: OpenFile) -> Int64 {
        guard let known = positions[ObjectIdentifier(file)], known.file === file else { return 0 }
        return known.position
    }
    package func setTextPosition(of file: OpenFile, _ position: Int64) {
        positions[ObjectIdentifier(file)] = Position(file: file, position: position)
    }
    private struct Position {
        weak var file: OpenFile?
        let position: Int64
    }

    package func applyLimit(_ resource: Int, _ limit: ResourceLimit, to task: Task) {
        appliedLimits.append((resource, limit))
    }

    // MARK: Signals

    /// Sets what `signal` does to the whole process of `task`, as rt_sigaction(2) would.
    package func setDisposition(_ disposition: Disposition, of signal: Signal, in task: Task) {
        let state = self.state(of: task.group)
        state.caught &= ~signal.bit
        state.ignored &= ~signal.bit
        switch disposition {
        case .standard: break
        case .ignored: state.ignored |= signal.bit
        case .handled: state.caught |= signal.bit
        }
    }
    package enum Disposition { case standard, ignored, handled }

    /// Sets the signals that the process of `task` blocks.
    package func setBlocked(_ mask: UInt64, in task: Task) {
        state(of: task.group).blocked = mask
    }

    package func deliver(_ info: SignalInfo, to task: Task, wholeGroup: Bool) {
        let state = self.state(of: task.group)
        let isIgnored =
            state.ignored & info.signal.bit != 0
            || (state.caught & info.signal.bit == 0 && info.signal.defaultAction == .ignore)
        if isIgnored, state.blocked & info.signal.bit == 0 { return }
        let delivery = Delivery(task: task, info: info, wholeGroup: wholeGroup)
        deliveries.append(delivery)
        kernel?.signalQueued(
            info.signal, to: task, wholeGroup: wholeGroup, wasPending: state.statistics.pending & info.signal.bit != 0)
        if state.blocked & info.signal.bit != 0 {
            state.statistics.pending |= info.signal.bit
            state.statistics.sharedPending |= info.signal.bit
        }
        self.state(of: task.group).pending.append(delivery)
        waiting.append(task.group)
    }

    /// Lets signals delivered so far take effect.
    package func settle() {
        guard !isSettling, let kernel else { return }
        kernel.resumeAfterClosing()
        isSettling = true
        defer { isSettling = false }
        while !waiting.isEmpty {
            let groups = waiting
            waiting = []
            for group in groups where !group.isZombie {
                let pending = state(of: group).pending
                state(of: group).pending = []
                for delivery in pending { act(delivery, on: group, kernel) }
            }
        }
    }

    private func act(_ delivery: Delivery, on group: ThreadGroup, _ kernel: Kernel) {
        let signal = delivery.info.signal
        let state = self.state(of: group)
        if signal == .cont { kernel.continued(group) }
        if state.blocked & signal.bit != 0, signal != .kill, signal != .stop { return }
        kernel.signalTaken(signal, by: delivery.task)
        if state.caught & signal.bit != 0 {
            if let thread = group.liveThread, let end = kernel.unpark(thread) {
                // A handler without SA_RESTART; what is done already is told.
                if case .success = end { return complete(thread, end) }
                complete(thread, .failure(.EINTR))
            }
            return
        }
        switch signal.defaultAction {
        case .ignore, .resume: break
        case .stop: kernel.stopped(group, by: signal)
        case .terminate, .core: end(group, status: signal.rawValue & 0x7f, kernel)
        }
    }

    /// Ends every thread of `group`, as exit_group(2) or a fatal signal does.
    package func end(_ group: ThreadGroup, status: Int32, _ kernel: Kernel) {
        for thread in group.threads where !thread.isExiting { kernel.exited(thread, status: status) }
    }

    package func complete(_ task: Task, _ result: Result<Int64, Errno>) {
        task.hostThread = Completion(result)
    }
    /// Takes the result with which a parked call of `task` ended.
    package func takeCompletion(of task: Task) -> Result<Int64, Errno>? {
        defer { task.hostThread = nil }
        return (task.hostThread as? Completion)?.result
    }
    private final class Completion {
        let result: Result<Int64, Errno>
        init(_ result: Result<Int64, Errno>) { self.result = result }
    }

    private func state(of group: ThreadGroup) -> ProcessState {
        if let state = group.hostProcess as? ProcessState { return state }
        let state = ProcessState()
        group.hostProcess = state
        return state
    }
    /// A forked process starts with its parent's dispositions.
    package func inherit(_ child: Task, from parent: Task) {
        inheritMappings(child, from: parent)
        guard child.group !== parent.group else { return }
        state(of: child.group).caught = state(of: parent.group).caught
        state(of: child.group).ignored = state(of: parent.group).ignored
        state(of: child.group).blocked = state(of: parent.group).blocked
    }
    /// Forgets the signals recorded so far.
    package func forgetDeliveries() { deliveries = [] }

    // MARK: Clocks

    package func time(ofClock clock: Int32) throws(Errno) -> Timespec {
        Timespec(seconds: Int64(monotonicNow / 1_000_000_000), fraction: Int64(monotonicNow % 1_000_000_000))
    }
    package func resolution(ofClock clock: Int32) throws(Errno) -> Timespec {
        Timespec(seconds: 0, fraction: 4_000_000)
    }
    package func processorTime(of task: Task, wholeProcess: Bool, _ clock: ProcessorClock) -> UInt64 {
        let statistics = statistics(of: task)
        return (statistics.userTicks + (clock == .user ? 0 : statistics.systemTicks)) * 10_000_000
    }
    package func hostNumber(of task: Task, wholeProcess: Bool) -> Int32? {
        (wholeProcess ? task.group.pid : task.pid).number(in: task.kernel.initialPIDNamespace) &+ 10_000
    }

    // MARK: Limits, none of its own

    package var descriptorLimit: Int { 1 << 20 }
    package var timerLimit = Int.max
    package var pipePageLimit = Int.max
    package var inotifyInstanceLimit = Int.max
    package var inotifyWatchLimit = Int.max

    // MARK: Statistics

    /// Sets the numbers that `statistics(of:)` answers for the process of `task`.
    package func setStatistics(_ statistics: HostStatistics, of task: Task) {
        state(of: task.group).statistics = statistics
    }
    package func statistics(of task: Task) -> HostStatistics {
        let state = self.state(of: task.group)
        var statistics = state.statistics
        statistics.caught = state.caught
        statistics.ignored = state.ignored
        statistics.blocked = state.blocked
        return statistics
    }

    // MARK: Host calls of tasks

    /// A host call that a task was made to make.
    package struct MadeCall {
        package let task: Task
        package let number: SyscallNumber
        package let arguments: Arguments
        package let structures: [(argument: Int, bytes: [UInt8])]
    }
    package private(set) var madeCalls: [MadeCall] = []
    /// How such calls end; they return 0 otherwise.
    package var hostResults: [SyscallNumber: Result<UInt64, Errno>] = [:]

    // MARK: Memory

    /// What was mapped by `Outcome.callHost`, by address space and file.
    private struct Mapping {
        weak var image: AddressSpace?
        let file: HostFile
        let piece: MappedPiece
    }
    private var mapped: [Mapping] = []
    private var nextAddress: UInt64 = 0x7000_0000_0000

    package func mappings(of file: HostFile, in task: Task) -> [MappedPiece] {
        mapped.filter { $0.image === task.image && $0.file === file }.map(\.piece).sorted {
            $0.range.lowerBound < $1.range.lowerBound
        }
    }

    /// Does to a task's memory what the task would do on a host.
    package func make(_ calls: HostCallSequence, in task: Task) -> Result<Int64, Errno> {
        var result: UInt64 = 0
        for step in calls.steps {
            switch step {
            case .map(let file, _, let address, let size, _, let flags):
                let start = address == 0 ? nextAddress : address
                let range = start..<max(start, start &+ ((size &+ 4095) & ~4095))
                if address == 0 { nextAddress = range.upperBound }
                let isTaken = mapped.contains { $0.image === task.image && $0.piece.range.overlaps(range) }
                if isTaken, flags & 0x10_0000 != 0 { return calls.finish(.failure(.EEXIST)) }
                unmap(range, task.image)
                mapped.append(Mapping(image: task.image, file: file, piece: MappedPiece(range: range, offset: 0)))
                result = start
            case .unmap(let range): unmap(range, task.image)
            case .call(let number, let arguments, let structures):
                madeCalls.append(MadeCall(task: task, number: number, arguments: arguments, structures: structures))
                switch hostResults[number] ?? .success(0) {
                case .success(let value): result = value
                case .failure(let errno): return calls.finish(.failure(errno))
                }
            }
        }
        return calls.finish(.success(result))
    }

    /// Takes whole mappings away, as munmap(2) does.
    package func unmap(_ range: Range<UInt64>, _ image: AddressSpace) {
        mapped.removeAll { $0.image === image && range.overlaps($0.piece.range) }
    }

    private func inheritMappings(_ child: Task, from parent: Task) {
        guard child.image !== parent.image else { return }
        for mapping in mapped where mapping.image === parent.image {
            mapped.append(Mapping(image: child.image, file: mapping.file, piece: mapping.piece))
        }
    }
}
