import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI

extension HostPlatform {
    /// Queues a signal on the host, unless the receiver would discard it, and ends the parked call that it interrupts.
    func deliver(_ info: SignalInfo, to task: Task, wholeGroup: Bool) {
        guard let thread = hostThread(of: task) else {
            (task.hostThread as? PendingHostThread)?.signals.append((info, wholeGroup))
            return
        }
        let signal = info.signal
        if signal == .kill {
            _ = kill(thread.tgid, SIGKILL)
            return
        }
        let state = SignalState(thread)
        let group = task.group
        // A traced task is woken even by a signal that it discards, which an untraced one would not notice.
        let undoesStop = signal == .cont && group.mayStop
        if !undoesStop, state.discards(signal), !wholeGroup || allBlockNothing(signal, thread) { return }
        if signal.defaultAction == .stop { group.mayStop = true }
        if signal == .cont { group.mayStop = false }
        let waiting = wholeGroup ? state.sharedPending : state.pending
        var sealed = SignalEnvelope.seal(info)
        let result = unsafe chost_signal_queue(thread.tgid, wholeGroup ? 0 : thread.tid, &sealed)
        // The host's user has too many signals: it is better sent without its siginfo than not at all.
        if result == -EAGAIN { _ = chost_signal_thread(thread.tgid, wholeGroup ? 0 : thread.tid, signal.rawValue) }
        kernel?.signalQueued(signal, to: task, wholeGroup: wholeGroup, wasPending: waiting & signal.bit != 0)
        interruptParked(signal, thread, state, wholeGroup: wholeGroup)
    }

    /// Whether no thread of the process blocks `signal`: then nobody could take it later.
    private func allBlockNothing(_ signal: Signal, _ thread: HostThread) -> Bool {
        guard thread.task.group.isMultithreaded else { return true }
        return thread.task.group.threads.allSatisfy { other in
            guard let host = hostThread(of: other) else { return true }
            let state = SignalState(host)
            return !state.blocks(signal) && host.awaitedSignals & signal.bit == 0
        }
    }

    /// A task that waits in a notification is not woken by an ordinary signal: end its call. For a signal to a process the
    /// host chooses the leader if it can, else some thread that does not block the signal.
    private func interruptParked(_ signal: Signal, _ thread: HostThread, _ state: SignalState, wholeGroup: Bool) {
        // A stop is for all threads, whatever the others block.
        let mayStop = signal.defaultAction == .stop && state.hasDefault(signal) && !state.blocks(signal)
        let stops = signal == .stop || mayStop
        let candidates = wholeGroup || stops ? thread.task.group.threads.compactMap(hostThread(of:)) : [thread]
        for candidate in candidates {
            // Its call may have begun already, though the listener has not heard of it.
            guard candidate.task.waiting != nil else {
                candidate.mayHaveSignal = true
                continue
            }
            // A thread in a waiting call does not change what it blocks.
            let itsState = candidate === thread ? state : SignalState(tid: candidate.tid)
            guard stops || !itsState.blocks(signal) else { continue }
            signalled.append(candidate)
            if !stops { return }
        }
    }

    /// A call that begins to wait ends at once where a signal came after its task had made it.
    func lookForSignals(_ thread: HostThread) {
        guard thread.mayHaveSignal else { return }
        thread.mayHaveSignal = false
        if SignalState(thread).hasDeliverable { signalled.append(thread) }
    }

    /// Ends the parked calls that signals of this event interrupt. Not before the event is over: a wait whose child just
    /// died returns the child, although SIGCHLD came first (do_notify_parent, then __wake_up_parent).
    func settleSignals() {
        while let thread = signalled.popLast() {
            if thread.task.waiting != nil { endParkedCall(of: thread) }
        }
    }
}
