import Credentials
import LinuxABI

/// The locks of one family on one file, and the requests that wait for them.
package final class LockSet {
    /// A part of what an owner had locked is free, or less exclusive than it was.
    private struct Release {
        let owner: LockOwner
        let range: ClosedRange<Int64>
    }

    let family: LockFamily
    private let table: LockTable
    private(set) var list = LockList()
    /// First come, first served.
    private(set) var waiting: [LockRequest] = []
    private var releases: [Release] = []

    init(_ family: LockFamily, _ table: LockTable) {
        self.family = family
        self.table = table
    }
    deinit { table.remove(list.count) }

    var isEmpty: Bool { list.isEmpty && waiting.isEmpty }

    /// Locks or unlocks. Without `waits` a lock in the way is EAGAIN; with it false tells that the request waits.
    func request(_ request: LockRequest, waits: Bool) throws(Errno) -> Bool {
        defer { retry() }
        guard let owner = try attempt(request, waits: waits) else { return true }
        waiting.append(request)
        request.blocker = owner
        request.locks = self
        if family == .record { table.addWaiting(request) }
        return false
    }

    /// Takes all locks from `owner`.
    func release(_ owner: LockOwner) {
        guard list.holds(owner) else { return }
        unlock(owner, LockRequest.wholeFile)
        retry()
    }

    func cancel(_ request: LockRequest) {
        waiting.removeAll { $0 === request }
        leave(request)
    }

    /// Locks or unlocks, or tells for whose lock the request must wait.
    private func attempt(_ request: LockRequest, waits: Bool) throws(Errno) -> LockOwner? {
        if family == .flock, let held = list.pieces(of: request.owner).first {
            if held.kind == request.kind { return nil }
            // flock_lock_inode(): to convert a lock is to lose it first.
            unlock(request.owner, LockRequest.wholeFile)
        }
        if let kind = request.kind, let found = list.conflict(with: kind, in: request.range, of: request.owner) {
            guard waits else { throw .EAGAIN }
            if table.deadlocks(request, on: found.owner) { throw .EDEADLK }
            return found.owner
        }
        let change = list.change(request.owner, request.range, to: request.piece)
        if change.growth > 0 { try table.add(change.growth) }
        apply(change, request.owner, request.range)
        return nil
    }

    private func unlock(_ owner: LockOwner, _ range: ClosedRange<Int64>) {
        apply(list.change(owner, range, to: nil), owner, range)
    }

    private func apply(_ change: LockList.Change, _ owner: LockOwner, _ range: ClosedRange<Int64>) {
        list.apply(change, of: owner)
        if change.growth < 0 { table.remove(-change.growth) }
        if change.frees { releases.append(Release(owner: owner, range: range)) }
    }

    // MARK: Waiting

    private func leave(_ request: LockRequest) {
        request.locks = nil
        request.blocker = nil
        if family == .record { table.removeWaiting(request) }
    }

    /// Requests that waited for what was released try again in their order (locks_wake_up_blocks); who must wait for
    /// another's lock now does so behind the others. Nobody runs meanwhile: the kernel wakes later who is done.
    private func retry() {
        var done = 0
        while done < releases.count {
            let release = releases[done]
            done += 1
            let requests = waiting
            var moved: [LockRequest] = []
            waiting = []
            for request in requests {
                if request.blocker == release.owner, request.range.overlaps(release.range) {
                    let blocker = tryAgain(request)
                    if blocker == nil { continue }
                    if blocker != release.owner {
                        request.blocker = blocker
                        moved.append(request)
                        continue
                    }
                }
                waiting.append(request)
            }
            waiting += moved
        }
        releases.removeAll(keepingCapacity: true)
    }

    /// Ends the request's waiting, or tells for whom it must still wait.
    private func tryAgain(_ request: LockRequest) -> LockOwner? {
        do throws(Errno) {
            if let blocker = try attempt(request, waits: true) { return blocker }
            request.result = .success(())
        } catch {
            request.result = .failure(error)
        }
        leave(request)
        table.finished.append(request)
        return nil
    }
}
