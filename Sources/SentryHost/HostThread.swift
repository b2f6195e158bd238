import CHostLinux
import Credentials
import Kernel
import LinuxABI
import Syscalls

/// What the host side keeps for one task: its host numbers and how far a traced call has come.
final class HostThread {
    var tid: pid_t
    var tgid: pid_t
    let task: Task
    /// The notification being answered, or the one in which the task is parked.
    var notification: UInt64 = 0
    var call: UInt32 = 0
    var arguments = Arguments()
    /// Whether the call that the listener saw last may end with a restart code: the host went on with it, or a signal ended
    /// its wait.
    var callMayRestart = false
    var stage = Stage.running
    /// Blocked signals for which it waits in rt_sigtimedwait(2).
    var awaitedSignals: UInt64 = 0
    /// Whether it stops at every call, because it may read from a signalfd.
    var followsCalls = false
    /// The terminal's stop signal for which SIGSTOP was given.
    var substitutedStop: Int32?
    /// Waiting in a group stop (PTRACE_LISTEN).
    var isListening = false
    /// The answer of a call that waits for the tracer to interrupt the task first.
    var pendingAnswer: Result<Int64, LinuxABI.Errno>?
    /// A change of its memory that it is to make before its call returns.
    var memoryChange: PendingMemoryChange?
    /// Whether calls about clocks stop for the tracer (`TracerClocks`).
    var hasClockFilter = false
    /// Descriptors that only the loader stub uses; a close of them is let through.
    var loaderDescriptors: [Int32] = []
    var load: LoadPlan?
    /// For a thread that was just born: CLONE_CHILD_SETTID's address, and the parent's registers at the call.
    var pendingChildTID: UserAddress?
    var registersAtBirth: user_regs_struct?
    /// Born with CLONE_CLEAR_SIGHAND.
    var clearsHandlers = false
    /// What it used, once it has ended.
    var finalUsage: HostStatistics?
    /// How many calls it has made since the balancer last looked, and the CPU time it had then, in nanoseconds.
    var recentCalls = 0
    var balancedTime: UInt64 = 0
    /// The CPU it was sent to; nil at home.
    var awayCPU: Int32?
    /// A clone's result that still needs a notification (CLONE_PIDFD).
    var cloneFinish: CloneFinish?

    init(tid: pid_t, tgid: pid_t, task: Task) {
        self.tid = tid
        self.tgid = tgid
        self.task = task
    }

    enum Stage {
        case running
        /// Attached by its parent's clone, not yet let go.
        case starting
        case cloning(PendingClone)
        case executing(PendingExec)
        /// Clearing its signal handlers, with the registers and blocked signals with which it begins.
        case clearing(user_regs_struct, UInt64)
        /// In rt_sigtimedwait(2), and where that stores its siginfo.
        case awaitingSignal(UserAddress)
        /// In a read from a signalfd, with its registers.
        case readingSignals(user_regs_struct)
        /// A new program is about to run in a time namespace with offsets.
        case enteringProgram
        /// Installing the filter for clocks, with the registers to go on with, and whether that call has begun.
        case installingFilter(user_regs_struct, isInCall: Bool)
        /// Making the calls of its `memoryChange`, with the registers to go on with and the signals that it blocks itself.
        case changingMemory(user_regs_struct, blocked: UInt64)
        /// In a call with an absolute time that was replaced; with its registers.
        case shifting(user_regs_struct)
        /// Getting a host fd table of its own; with the registers of its unshare(2), or of a call to be made again.
        case unsharing(user_regs_struct, isRepeated: Bool = false)
        /// In a close_range(2) without the flag that the tracer took out; with its registers.
        case closing(user_regs_struct)
    }
}

/// Stands for the host thread of a task that the model has made and the host has not yet: other tasks see it already and
/// may send it signals, which Linux would let wait for it.
final class UnbornThread {
    var signals: [(info: SignalInfo, wholeGroup: Bool)] = []
}

/// A clone between the traced stop and its result.
struct PendingClone {
    let child: Task
    let request: CloneRequest
    let registers: user_regs_struct
    let parentTID: UserAddress
    let childTID: UserAddress
    let pidfd: UserAddress
    var childHostTID: pid_t = 0
}

/// What remains of a clone with CLONE_PIDFD once the child runs.
struct CloneFinish {
    let child: Task
    let pidfd: UserAddress
    let result: Int64
}

/// An exec between the traced stop and the exec event.
struct PendingExec {
    let plan: ExecPlan
    let registers: user_regs_struct
    /// Whether the process had executed a program before.
    let hadExecuted: Bool
}

/// What the stub will be told when it asks.
struct LoadPlan {
    let plan: ExecPlan
}
