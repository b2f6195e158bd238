import Credentials
import LinuxABI

extension Kernel {
    /// `group` has stopped because of `signal` (do_signal_stop); further threads of it that stop change nothing.
    package func stopped(_ group: ThreadGroup, by signal: Signal) {
        guard !group.isZombie, group.stopSignal == nil else { return }
        setReported(group)
        setStop(group, signal)
        group.stopReported = false
        group.parent?.unreportedStops += 1
        generation &+= 1
        notifyOfStop(group, code: ChildEvent.stopped, status: signal.rawValue)
    }

    /// `group` runs again after SIGCONT.
    package func continued(_ group: ThreadGroup) {
        guard !group.isZombie, group.stopSignal != nil else { return }
        setReported(group)
        setStop(group, nil)
        group.continueReported = false
        group.parent?.unreportedStops += 1
        generation &+= 1
        notifyOfStop(group, code: ChildEvent.continued, status: Signal.cont.rawValue)
    }

    /// do_notify_parent_cldstop().
    private func notifyOfStop(_ group: ThreadGroup, code: Int32, status: Int32) {
        guard let parent = group.parent else { return }
        if !parent.ignoresChildSignal, !parent.ignoresChildStops, let receiver = parent.liveThread {
            deliver(childInfo(.chld, of: group, to: receiver, code: code, status: status), to: parent)
        }
        wake(parent.childEvents)
    }

    /// Marks stops and continuations as reported, or no longer of interest.
    func setReported(_ group: ThreadGroup) {
        guard !group.stopReported || !group.continueReported else { return }
        group.stopReported = true
        group.continueReported = true
        group.parent?.unreportedStops -= 1
    }

    func setStop(_ group: ThreadGroup, _ signal: Signal?) {
        if group.stopSignal == nil, signal != nil { stoppedGroups += 1 }
        if group.stopSignal != nil, signal == nil { stoppedGroups -= 1 }
        group.stopSignal = signal
    }

    /// kill_orphaned_pgrp(): a process group that lost its last link to its session and has stopped members gets SIGHUP
    /// and SIGCONT. `formerParent` is nil when `group` itself exits, else the parent that it lost.
    func hangUpIfOrphaned(_ processGroup: PID, because group: ThreadGroup, formerParent: ThreadGroup?) {
        guard stoppedGroups > 0, let parent = formerParent ?? group.parent else { return }
        guard parent.processGroup !== processGroup, parent.session === group.session else { return }
        var hasStopped = false
        for member in processGroup.groupMembers {
            if member.stopSignal != nil { hasStopped = true }
            if member.isZombie || (formerParent == nil && member === group) { continue }
            guard let above = member.parent, above !== initialPIDNamespace.initGroup else { continue }
            if above.processGroup !== processGroup, above.session === member.session { return }
        }
        guard hasStopped else { return }
        for signal in [Signal.hup, Signal.cont] {
            let info = SignalInfo(signal, code: SignalInfo.kernelCode, pid: 0, uid: 0)
            for member in processGroup.groupMembers where !member.isZombie { deliver(info, to: member) }
        }
    }
}

extension Kernel {
    /// Whether no member of the process group has a parent in another group of its session (setpgid(2), will_become_orphaned_pgrp).
    package func isOrphaned(_ processGroup: PID) -> Bool {
        for member in processGroup.groupMembers where !member.isZombie {
            guard let parent = member.parent, parent !== initialPIDNamespace.initGroup else { continue }
            if parent.processGroup !== processGroup, parent.session === member.session { return false }
        }
        return true
    }
}
