import Credentials
import LinuxABI

/// What wait4(2) and waitid(2) look for.
package struct WaitRequest {
    package enum Children {
        case any
        case process(PID)
        case processGroup(PID)
        /// A number that stands for nothing here.
        case none
    }
    package var children: Children
    package var options: WaitOptions
    package init(_ children: Children, _ options: WaitOptions) {
        self.children = children
        self.options = options
    }
}

/// The option bits of wait4(2) and waitid(2).
package struct WaitOptions: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let noHang = WaitOptions(rawValue: 1)
    /// WUNTRACED, WSTOPPED.
    package static let stopped = WaitOptions(rawValue: 2)
    package static let exited = WaitOptions(rawValue: 4)
    package static let continued = WaitOptions(rawValue: 8)
    /// WNOWAIT: the event stays to be waited for.
    package static let keep = WaitOptions(rawValue: 0x0100_0000)
    /// __WNOTHREAD: only children of the calling thread.
    package static let ownThread = WaitOptions(rawValue: 0x2000_0000)
    /// __WALL: whatever the exit signal.
    package static let all = WaitOptions(rawValue: 0x4000_0000)
    /// __WCLONE: children whose exit signal is not SIGCHLD, instead of the others.
    package static let clone = WaitOptions(rawValue: 0x8000_0000)
}

/// An event of a child, found by `Kernel.wait`.
package struct WaitEvent {
    package let child: ThreadGroup
    /// As wait(2) stores it.
    package let status: Int32
    /// `si_code` and `si_status` of waitid(2).
    package let code: Int32
    package let value: Int32
    /// The child's real user ID, which outlives it here.
    package let uid: KUID
    /// What the child and those it waited for have used.
    package let usage: HostStatistics
}

extension Kernel {
    /// do_wait() without the waiting: takes an event of a child that `request` describes; nil when there is none yet;
    /// throws ECHILD when there can be none.
    package func wait(_ task: Task, _ request: WaitRequest) throws(Refusal) -> WaitEvent? {
        var search = WaitSearch(task: task, request: request)
        if let found = search.run() {
            if !request.options.contains(.keep) { consume(found) }
            return found
        }
        guard search.mayCome else { throw Refusal(.ECHILD) }
        return nil
    }

    /// What a process uses itself.
    package func usage(of child: ThreadGroup) -> HostStatistics {
        child.finalUsage ?? child.liveThread.map { platform.statistics(of: $0) } ?? HostStatistics()
    }

    private func consume(_ event: WaitEvent) {
        generation &+= 1
        guard event.child.isZombie else { return setReported(event.child) }
        event.child.parent?.childrenUsage.add(event.usage)
        reap(event.child)
    }
}

/// One look at a task's children.
private struct WaitSearch {
    let task: Task
    let request: WaitRequest
    /// Whether a child was seen that may have an event later.
    var mayCome = false

    init(task: Task, request: WaitRequest) {
        self.task = task
        self.request = request
    }

    mutating func run() -> WaitEvent? {
        switch request.children {
        case .none: return nil
        case .process(let pid):
            guard let child = pid.task?.group, child.pid === pid, child.parent === task.group else { return nil }
            return examine(child)
        case .any, .processGroup: return oldest()
        }
    }

    /// The first child, by age, with an event. Where nothing has happened the children are not gone through one by one.
    private mutating func oldest() -> WaitEvent? {
        let parent = task.group
        let asksForStops = !request.options.isDisjoint(with: [.stopped, .continued]) && parent.unreportedStops > 0
        if asksForStops || parent.deadChildren.count * 2 >= parent.children.count {
            for child in parent.children { if let event = examine(child) { return event } }
            return nil
        }
        // Few dead among many: look at the dead, then whether one living child is of the wanted kind.
        if request.options.contains(.exited) {
            var found: (order: UInt64, event: WaitEvent)?
            for child in parent.deadChildren where child.siblingOrder < found?.order ?? .max {
                if let event = examine(child) { found = (child.siblingOrder, event) }
            }
            if let found { return found.event }
        }
        for child in parent.children where !child.isZombie && !mayCome {
            if let event = examine(child) { return event }
        }
        return nil
    }

    private mutating func examine(_ child: ThreadGroup) -> WaitEvent? {
        isEligible(child) ? event(of: child) : nil
    }

    /// eligible_child().
    private func isEligible(_ child: ThreadGroup) -> Bool {
        if case .processGroup(let pid) = request.children, child.processGroup !== pid { return false }
        if request.options.contains(.ownThread), child.parentThread !== task { return false }
        if request.options.contains(.all) { return true }
        return (child.exitSignal != Signal.chld.rawValue) == request.options.contains(.clone)
    }

    /// wait_consider_task(): an event of `child` that the options ask for.
    private mutating func event(of child: ThreadGroup) -> WaitEvent? {
        let options = request.options
        let uid = child.leader?.credentials.uid ?? .root
        if let status = child.exitStatus {
            // A zombie has nothing but its exit to tell.
            guard options.contains(.exited) else { return nil }
            var usage = child.finalUsage ?? HostStatistics()
            usage.add(child.childrenUsage)
            return WaitEvent(
                child: child, status: status, code: ChildEvent.code(of: status), value: ChildEvent.value(of: status),
                uid: uid, usage: usage)
        }
        mayCome = true
        if options.contains(.stopped), let signal = child.stopSignal, !child.stopReported {
            return WaitEvent(
                child: child, status: signal.rawValue << 8 | 0x7f, code: ChildEvent.stopped, value: signal.rawValue,
                uid: uid, usage: task.kernel.usage(of: child))
        }
        if options.contains(.continued), !child.continueReported {
            return WaitEvent(
                child: child, status: 0xffff, code: ChildEvent.continued, value: Signal.cont.rawValue, uid: uid,
                usage: task.kernel.usage(of: child))
        }
        return nil
    }
}

extension ChildEvent {
    /// CLD_EXITED, CLD_KILLED or CLD_DUMPED, by wait status.
    static func code(of status: Int32) -> Int32 {
        status & 0x7f == 0 ? exited : status & 0x80 != 0 ? dumped : killed
    }
    /// The exit code or the signal.
    static func value(of status: Int32) -> Int32 { status & 0x7f == 0 ? (status >> 8) & 0xff : status & 0x7f }
}

extension HostStatistics {
    /// Adds what another process has used; the maximum of what was resident.
    mutating func add(_ other: HostStatistics) {
        userTicks &+= other.userTicks
        userMicroseconds &+= max(other.userMicroseconds, other.userTicks &* 10_000)
        systemMicroseconds &+= max(other.systemMicroseconds, other.systemTicks &* 10_000)
        systemTicks &+= other.systemTicks
        minorFaults &+= other.minorFaults
        majorFaults &+= other.majorFaults
        voluntarySwitches &+= other.voluntarySwitches
        involuntarySwitches &+= other.involuntarySwitches
        maximumResidentKilobytes = max(maximumResidentKilobytes, other.maximumResidentKilobytes)
    }
}
