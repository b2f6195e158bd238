import CHostLinux
import Glibc
import LinuxABI

/// The signal sets of a host thread: what decides whether a signal reaches it. Read for every signal, so nothing is
/// allocated.
struct SignalState {
    private(set) var pending: UInt64 = 0
    private(set) var sharedPending: UInt64 = 0
    private(set) var blocked: UInt64 = 0
    private(set) var ignored: UInt64 = 0
    private(set) var caught: UInt64 = 0
    /// What an rt_sigtimedwait(2) waits for that was blocked before (`real_blocked`).
    private var awaited: UInt64 = 0

    init(_ thread: HostThread) {
        self.init(tid: thread.tid)
        awaited = thread.awaitedSignals
    }

    /// Zeros for a thread that is gone.
    init(tid: pid_t) {
        var sets: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)
        guard unsafe chost_signal_sets(tid, &sets.0, &sets.1, &sets.2, &sets.3, &sets.4) == 0 else { return }
        (pending, sharedPending, blocked, ignored, caught) = sets
    }

    func hasDefault(_ signal: Signal) -> Bool { (caught | ignored) & signal.bit == 0 }
    func blocks(_ signal: Signal) -> Bool { blocked & signal.bit != 0 }

    /// Whether the thread would discard the signal at once (sig_ignored).
    func discards(_ signal: Signal) -> Bool {
        if (blocked | awaited) & signal.bit != 0 { return false }
        if ignored & signal.bit != 0 { return true }
        // SIGCONT's default is to be ignored, once it has undone stops (SIG_KERNEL_IGNORE_MASK).
        return (signal.defaultAction == .ignore || signal == .cont) && caught & signal.bit == 0
    }

    /// Whether a signal waits that the thread neither blocks nor discards.
    var hasDeliverable: Bool {
        let discarded = ignored | Self.quiet & ~caught
        return (pending | sharedPending) & ~blocked & ~discarded != 0
    }

    /// Signals that do nothing by default (SIG_KERNEL_IGNORE_MASK).
    private static let quiet = Signal.chld.bit | Signal.cont.bit | Signal.urg.bit | Signal.winch.bit
}
