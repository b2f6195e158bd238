import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

/// What the host side keeps for one task: its host numbers, the call that it is in, and the tracer's state.
final class HostThread {
    var tid: pid_t
    var tgid: pid_t
    let task: Task
    /// The notification being answered, or the one in which the task is parked.
    var notification: UInt64 = 0
    var call: UInt32 = 0
    var arguments = Arguments()
    var systemCall: SystemCall { SystemCall(call, arguments) }
    /// Whether the call that the listener saw last may end with a restart code: the host went on with it, or a signal ended
    /// its wait.
    var callMayRestart = false
    /// Whether its call is being carried out, so that the host may answer it, and whether the host has.
    var mayBeAnswered = false
    var isAnswered = false
    /// How far the tracer is with it; only the tracer changes it.
    var state = TracerState.running
    /// Whether its memory has the sealed pages: from its first program on, which code of ours executes.
    var hasSealedPages = false
    /// What its new program is still to load; nil otherwise.
    var loading: LoadPlan?
    /// Whether it was sent a signal that it may not have taken yet, while it was in no waiting call.
    var mayHaveSignal = false
    /// Blocked signals for which it waits in rt_sigtimedwait(2).
    var awaitedSignals: UInt64 = 0
    /// What the host thread was last resumed with: whether it stops at every call.
    var followsCalls = false
    /// What its memory and its filters tell of clocks (`Tracer.shiftClocks`).
    var clocks = ShownClocks()
    /// The terminal's stop signal for which SIGSTOP was given.
    var substitutedStop: Int32?
    /// Waiting in a group stop (PTRACE_LISTEN).
    var isListening = false
    /// The answer of a call that waits for the tracer to interrupt the task first.
    var pendingAnswer: Result<Int64, LinuxABI.Errno>?
    /// Host calls that it is to make as soon as its present call has been answered.
    var pendingChain: Chain?
    /// Numbers in its host table that the guest does not know of.
    var lentDescriptors: [Int32] = []
    /// Opened when a descriptor is first taken from its table.
    var pidfd: Int32 = -1
    /// The sentry has killed its process, as a limit was passed.
    var isEndedAtLimit = false
    /// What it used, once it has ended.
    var finalUsage: HostStatistics?
    /// How many calls it has made since the balancer last looked, and the CPU time it had then, in nanoseconds.
    var recentCalls = 0
    var balancedTime: UInt64 = 0
    /// The CPU it was sent to; nil at home.
    var awayCPU: Int32?

    init(tid: pid_t, tgid: pid_t, task: Task) {
        self.tid = tid
        self.tgid = tgid
        self.task = task
    }

    deinit { dropPIDFD() }

    /// Forgets the pidfd, as the thread has another number now or is gone.
    func dropPIDFD() {
        if pidfd >= 0 { _ = close(pidfd) }
        pidfd = -1
    }
}

/// Where a thread is, as the tracer sees it (docs/host-layer.md has the picture).
enum TracerState {
    /// In its program, or in a call of its own.
    case running
    /// Made by its parent's clone and stopped before its first instruction.
    case starting(NewInodeAttributes)
    /// Makes one call of which the tracer awaits the end.
    case hostCall(HostCall)
    /// Makes several host calls, one after the other.
    case chain(Chain)
    /// Enters again a call that another filter refused, with the signals that it blocks itself.
    case reentering(blocked: UInt64)
}

/// With what a new thread begins.
struct NewInodeAttributes {
    /// Its parent's registers at the call.
    let registers: user_regs_struct
    /// CLONE_CHILD_SETTID's address.
    let childTID: UserAddress?
    /// CLONE_CLEAR_SIGHAND.
    let clearsHandlers: Bool
}

/// Stands for the host thread of a task that the model has made and the host has not yet: other tasks see it already and
/// may send it signals, which Linux would let wait for it.
final class PendingHostThread {
    var signals: [(info: SignalInfo, wholeGroup: Bool)] = []
}
