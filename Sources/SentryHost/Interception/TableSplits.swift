import CHostLinux
import Kernel
import LinuxABI
import Syscalls

/// Tables of descriptors that the model has split already and the host still shares: what a task installed now would
/// come into both. Until the host has split them too, the calls of those who use them wait.
struct TableSplits {
    private struct Split {
        let table: FDTable
        /// How many tasks are about to leave it.
        var leaving = 1
        var notifications: [chost_notification] = []
        var held: [HeldCall] = []
    }
    private var splits: [Split] = []
    var isEmpty: Bool { splits.isEmpty }

    private func index(of table: FDTable) -> Int? { splits.firstIndex { $0.table === table } }

    mutating func begin(_ table: FDTable) {
        if let index = index(of: table) { splits[index].leaving += 1 } else { splits.append(Split(table: table)) }
    }

    /// One has left; the calls that waited, when it was the last one.
    mutating func end(_ table: FDTable) -> (notifications: [chost_notification], held: [HeldCall]) {
        guard let index = index(of: table) else { return ([], []) }
        splits[index].leaving -= 1
        guard splits[index].leaving <= 0 else { return ([], []) }
        let ended = splits.remove(at: index)
        return (ended.notifications, ended.held)
    }

    mutating func hold(_ notification: chost_notification, _ table: FDTable) -> Bool {
        guard let index = index(of: table) else { return false }
        splits[index].notifications.append(notification)
        return true
    }

    mutating func hold(_ call: HeldCall) -> Bool {
        guard let index = index(of: call.task.files) else { return false }
        splits[index].held.append(call)
        return true
    }
}

/// A call that waited, or for which a worker has done something, and that is to go on.
enum HeldCall {
    case woken(WokenCall)
    case worked(HostWork, Task)
    var task: Task {
        switch self {
        case .woken(let woken): woken.task
        case .worked(_, let task): task
        }
    }
}

extension Sentry {
    func beginSplit(of table: FDTable) { splits.begin(table) }

    /// The host has split the table, or will not.
    func endSplit(of table: FDTable) {
        let waiting = splits.end(table)
        for request in waiting.notifications where chost_notification_is_valid(platform.listener, request.id) != 0 {
            switch answer(request) {
            case .value(let value): platform.deferred.append(.answer(request.id, value: value, error: 0))
            case .failure(let errno): platform.deferred.append(.answer(request.id, value: 0, error: -errno.rawValue))
            case .continueOnHost: platform.deferred.append(.continueCall(request.id))
            case .later: break
            }
        }
        for call in waiting.held { goOn(call) }
    }

    /// Keeps a call back while its table is being split.
    func hold(_ request: chost_notification, of table: FDTable) -> Bool {
        !splits.isEmpty && splits.hold(request, table)
    }
}
