import LinuxABI
import Synchronization

/// How much memory the objects that a guest makes the kernel keep may take, in bytes: what a memory cgroup's accounting of
/// kernel memory is on Linux.
///
/// One for a whole sandbox. An eighth of it is for what can be had again, known names of granted trees (`.cache`); the
/// rest is for objects. What lasts leaves an eighth of that to what is needed to get rid of it, open files and processes.
/// The counts are atomic, as the last reference to an object may go on any thread.
package final class Budget {
    /// What is taken now, to be counted by any thread.
    fileprivate final class Counts: Sendable {
        let objects = Atomic<Int>(0)
        let caches = Atomic<Int>(0)
        /// The most that objects took since memory was last given back.
        let peak = Atomic<Int>(0)

        @discardableResult
        fileprivate func add(_ bytes: Int, _ isCache: Bool) -> Int {
            if isCache { return caches.wrappingAdd(bytes, ordering: .relaxed).newValue }
            let total = objects.wrappingAdd(bytes, ordering: .relaxed).newValue
            // Where two threads meet here a little is forgotten, which does no harm.
            if total > peak.load(ordering: .relaxed) { peak.store(total, ordering: .relaxed) }
            return total
        }
    }
    fileprivate let counts = Counts()
    /// Of objects and caches together.
    package var limit: Int {
        didSet { setBounds() }
    }
    private var objectLimit = 0
    private var cacheLimit = 0
    /// Told once of each kind that something of it was refused, under the kernel's lock.
    package var onExhausted: ((BudgetKind, _ limit: Int) -> Void)?
    private var told: UInt64 = 0

    package static let defaultLimit = 256 << 20
    /// One part in so many.
    private static let cacheShare = 8

    package init(limit: Int = Budget.defaultLimit) {
        self.limit = limit
        setBounds()
    }

    private func setBounds() {
        cacheLimit = max(0, limit) / Self.cacheShare
        objectLimit = max(0, limit) - cacheLimit
    }

    /// What objects take now.
    package var used: Int { counts.objects.load(ordering: .relaxed) }
    /// What caches take now.
    package var cached: Int { counts.caches.load(ordering: .relaxed) }

    /// Throws the kind's rule when no more objects fit. For objects whose exact size is charged by `overdraw`: so the limit
    /// is passed by less than one call makes.
    package func check(_ kind: BudgetKind) throws(Refusal) {
        if used >= bound(kind) { throw refusal(kind) }
    }

    private func bound(_ kind: BudgetKind) -> Int {
        kind.isTransient ? objectLimit : objectLimit - objectLimit / Self.cacheShare
    }

    package func hasCacheRoom(_ bytes: Int = 0) -> Bool { cached + bytes <= cacheLimit }

    fileprivate func take(_ bytes: Int, _ kind: BudgetKind) throws(Refusal) {
        let isCache = kind == .cache
        let total = counts.add(bytes, isCache)
        guard bytes > 0, total > (isCache ? cacheLimit : bound(kind)) else { return }
        counts.add(-bytes, isCache)
        throw refusal(kind)
    }

    fileprivate func overdraw(_ bytes: Int, _ kind: BudgetKind) { counts.add(bytes, kind == .cache) }

    /// A refusal for want of room.
    private func refusal(_ kind: BudgetKind) -> Refusal {
        let bit = UInt64(1) << UInt64(kind.rawValue)
        if told & bit == 0 {
            told |= bit
            onExhausted?(kind, limit)
        }
        return Refusal(kind.rule)
    }

    // MARK: Giving memory back to the host

    /// What must have been given back since the last time.
    private static let trimThreshold = 8 << 20

    /// Whether much was given back since there was most, and the allocator should return it. To be asked now and then, by one
    /// thread.
    package func takesTrim() -> Bool {
        let now = used
        guard counts.peak.load(ordering: .relaxed) - now >= Self.trimThreshold else { return false }
        counts.peak.store(now, ordering: .relaxed)
        return true
    }
}

/// What one object is charged for, given back when this goes: it is a part of the object.
package struct Charge: ~Copyable {
    private let budget: Budget
    private let kind: BudgetKind
    package private(set) var bytes: Int

    /// Throws the kind's rule, with nothing charged, when there is no room.
    package init(_ budget: Budget, _ kind: BudgetKind, _ bytes: Int) throws(Refusal) {
        try budget.take(bytes, kind)
        self.budget = budget
        self.kind = kind
        self.bytes = bytes
    }

    /// Charges in any case; `Budget.check` came before.
    package init(overdrawing budget: Budget, _ kind: BudgetKind, _ bytes: Int) {
        budget.overdraw(bytes, kind)
        self.budget = budget
        self.kind = kind
        self.bytes = bytes
    }

    package mutating func resize(to bytes: Int) throws(Refusal) {
        try budget.take(bytes - self.bytes, kind)
        self.bytes = bytes
    }

    package mutating func resize(overdrawingTo bytes: Int) {
        budget.overdraw(bytes - self.bytes, kind)
        self.bytes = bytes
    }

    deinit { if bytes != 0 { budget.overdraw(-bytes, kind) } }
}

/// A charge that several hold, or whose object is a value: it is given back with the last reference.
package final class SharedCharge: Sendable {
    private let counts: Budget.Counts
    private let kind: BudgetKind
    private let bytes: Int

    package init(_ budget: Budget, _ kind: BudgetKind, _ bytes: Int) throws(Refusal) {
        try budget.take(bytes, kind)
        (counts, self.kind, self.bytes) = (budget.counts, kind, bytes)
    }
    package init(overdrawing budget: Budget, _ kind: BudgetKind, _ bytes: Int) {
        budget.overdraw(bytes, kind)
        (counts, self.kind, self.bytes) = (budget.counts, kind, bytes)
    }

    deinit { counts.add(-bytes, kind == .cache) }
}

/// What the memory is for.
package enum BudgetKind: UInt8, CaseIterable, Sendable {
    case files, attributes, cache, openFiles, processes, namespaces, semaphores, messages, segments, posixQueues, keys
    case sockets, ancillary, filesInFlight, locks, timers, groups, settings

    /// Whether it goes with the processes that have it.
    var isTransient: Bool {
        switch self {
        case .openFiles, .processes: true
        default: false
        }
    }

    /// As a message to the user names it.
    package var name: String {
        switch self {
        case .files: "files and directories"
        case .attributes: "extended attributes"
        case .cache: "known names"
        case .openFiles: "open files"
        case .processes: "processes"
        case .namespaces: "namespaces"
        case .semaphores: "System V semaphores"
        case .messages: "System V messages"
        case .segments: "System V shared memory"
        case .posixQueues: "POSIX message queues"
        case .keys: "keys"
        case .sockets: "sockets"
        case .ancillary: "what goes with messages of sockets"
        case .filesInFlight: "files sent by sockets"
        case .locks: "file locks"
        case .timers: "timers and watches"
        case .groups: "supplementary groups"
        case .settings: "settings"
        }
    }

    /// What Linux fails with where it has no memory for this.
    package var rule: Rule {
        switch self {
        case .files, .attributes: .budgetSpace
        case .keys: .budgetKeys
        case .locks: .budgetLocks
        case .ancillary: .budgetBuffers
        case .filesInFlight: .budgetFilesInFlight
        case .cache, .openFiles, .processes, .namespaces, .semaphores, .messages, .segments, .posixQueues, .sockets,
            .timers, .groups, .settings:
            .budgetMemory
        }
    }
}

/// Sizes in memory for charges: what the allocator hands out, not what was asked for.
package enum Footprint {
    /// A block of `bytes`.
    @inline(__always)
    package static func block(_ bytes: Int) -> Int { max(32, (bytes &+ 8 &+ 15) & ~15) }
    /// An array's buffer; an empty array has none.
    @inline(__always)
    package static func array(_ count: Int, stride: Int = 1) -> Int { count == 0 ? 0 : block(32 &+ count &* stride) }
    /// A place in a hash table whose entries have `stride` bytes: a third to three quarters of the places are taken.
    @inline(__always)
    package static func slot(_ stride: Int) -> Int { stride &* 2 }
}

extension [UInt8] {
    /// The same bytes in a buffer of their own size: what was copied from a guest lies in one of a size that was guessed.
    package var compact: [UInt8] {
        guard capacity > count + 48 else { return self }
        var copy: [UInt8] = []
        copy.reserveCapacity(count)
        copy.append(contentsOf: self)
        return copy
    }
}
