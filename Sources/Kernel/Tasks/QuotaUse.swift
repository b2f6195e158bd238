import Credentials
import LinuxABI

/// One object of which the host has so many for a user: a POSIX timer, an inotify instance or a watch. It counts for its own user, as
/// on Linux, and for the sandbox as a whole, which is one user to the host.
package final class QuotaUse {
    private let charge: AnyObject
    private let memory: SharedCharge?
    private let total: QuotaTotal

    /// Nil when either is full.
    init?(_ object: CountedObject, of task: Task, total: QuotaTotal, limit: Int) throws(Refusal) {
        guard total.used < limit,
            let charge = try UserCharge(object, user: task.credentials.uid, in: task.userNamespace)
        else { return nil }
        self.charge = charge
        memory = nil
        self.total = total
        total.used += 1
    }

    fileprivate init(signal charge: SignalCharge, _ memory: SharedCharge, total: QuotaTotal) {
        self.charge = charge
        self.memory = memory
        self.total = total
        total.used += 1
    }

    deinit { total.used -= 1 }
}

/// How many such objects the sandbox has.
package final class QuotaTotal {
    package internal(set) var used = 0
    package init() {}
}

extension Kernel {
    /// What the model has of a timer: three objects, and a place in the process's list.
    private static let timerFootprint = 192

    /// A timer of `task`'s process: RLIMIT_SIGPENDING bounds them for each user (timer_create(2)). The process keeps what is
    /// returned as long as it has the timer.
    package func takeTimer(for task: Task) throws(Refusal) -> QuotaUse {
        // A timer has its signal from the beginning (posixtimer_init_sigqueue).
        let limit = task.group.limits[ResourceLimit.pendingSignals].soft
        let namespace = task.userNamespace, user = task.credentials.uid
        guard namespace.hasRoomForSignal(of: user, limit: limit), timers.used < platform.timerLimit else {
            throw Refusal(.EAGAIN)
        }
        let memory = try SharedCharge(budget, .timers, Self.timerFootprint)
        return QuotaUse(signal: SignalCharge(user: user, in: namespace), memory, total: timers)
    }

    /// inotify_new_group(): max_user_instances bounds them.
    package func takeInotifyInstance(for task: Task) throws(Refusal) -> QuotaUse {
        let use = try QuotaUse(
            .inotifyInstance, of: task, total: inotifyInstances, limit: platform.inotifyInstanceLimit)
        guard let use else { throw Refusal(.EMFILE) }
        return use
    }

    /// inotify_new_watch(): max_user_watches bounds them.
    package func takeInotifyWatch(for task: Task) throws(Refusal) -> QuotaUse {
        let use = try QuotaUse(.inotifyWatch, of: task, total: inotifyWatches, limit: platform.inotifyWatchLimit)
        guard let use else { throw Refusal(.ENOSPC) }
        return use
    }
}
