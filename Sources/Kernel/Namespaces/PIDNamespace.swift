import Credentials
import LinuxABI

/// A PID namespace (pid_namespaces(7)): numbers for processes, an init and a place in the tree.
package final class PIDNamespace: Namespace {
    package let kind = NamespaceKind.pid
    package let inode: UInt32
    package let owner: UserNamespace?
    /// What it costs its creator while it lives; nil for the initial one.
    var charge: NamespaceCharge?
    /// The deepest level, MAX_PID_NS_LEVEL.
    package static let maximumLevel = 32
    package let parent: PIDNamespace?
    /// 0 for the initial namespace, at most 32.
    package let level: Int
    /// What each number stands for.
    package internal(set) var numbers: [Int32: PID] = [:]
    package internal(set) var lastNumber: Int32 = 0
    /// /proc/sys/kernel/pid_max of this namespace.
    package var maximum: Int32
    /// /proc/sys/vm/memfd_noexec as it was written here; what counts is the strictest up to the initial namespace.
    var ownMemoryFileScope: Int64 = 0
    /// Whether memory files may be executable: 0 yes, 1 only if asked for, 2 no (pidns_memfd_noexec_scope).
    package var memoryFileScope: Int64 { max(ownMemoryFileScope, parent?.memoryFileScope ?? 0) }
    /// Pid 1, once forked; kept after its death to tell "never had one" from "dead".
    package internal(set) weak var initGroup: ThreadGroup?
    package internal(set) var hadInit = false
    /// The signal by which init shall seem to have died, after reboot(2) in the namespace.
    var rebootSignal: Signal?
    /// False once init has died: fork gives ENOMEM (pid_namespaces(7)).
    package internal(set) var isAlive = true

    package init(inode: UInt32, owner: UserNamespace, parent: PIDNamespace?) {
        self.inode = inode
        self.owner = owner
        self.parent = parent
        level = parent.map { $0.level + 1 } ?? 0
        // A new namespace starts at PID_MAX_LIMIT; the outer ones' maxima bound it all the same (create_pid_namespace).
        maximum = parent == nil ? 32768 : 4_194_304
    }

    package func isAncestorOrSelf(of other: PIDNamespace) -> Bool {
        var walk: PIDNamespace? = other
        while let here = walk, here.level > level { walk = here.parent }
        return walk === self
    }
}

/// struct pid: the identity of a task, process group or session, with a number in each enclosing namespace.
package final class PID {
    /// The namespace in which it was made; numbers exist there and in all its ancestors.
    package let namespace: PIDNamespace
    /// By level: `numbers[level]` is the number seen in the namespace of that level.
    package let numbers: [Int32]
    package internal(set) weak var task: Task?
    /// Its pidfds, which tell when its process ends.
    private(set) var pollers: [Poller] = []
    struct Poller {
        weak var file: OpenFile?
    }
    /// True once its numbers were given back.
    package internal(set) var isReleased = false
    /// The wait status of the task that bore it, once reaped (PIDFD_INFO_EXIT).
    package internal(set) var reapedStatus: Int32?
    /// Extended attributes of its pidfds, which last as long as it does.
    package func attribute(_ name: Name) -> [UInt8]? { attributes?.store[name] }
    package var attributeNames: [Name] { attributes?.store.names ?? [] }
    private var attributes: Attributes?
    private final class Attributes {
        var store: AttributeStore
        init(_ budget: Budget) { store = AttributeStore(budget) }
    }
    private let charge: Charge
    /// Pidfs inode: unique for the sandbox's life.
    package let serial: UInt64
    /// Members of the process group, and of the session, that this names.
    package internal(set) var groupMembers = OrderedMembers<ThreadGroup>()
    package internal(set) var sessionMembers = OrderedMembers<ThreadGroup>()

    package init(namespace: PIDNamespace, numbers: [Int32], serial: UInt64, budget: Budget) {
        charge = Charge(overdrawing: budget, .processes, Self.footprint + numbers.count * 64)
        self.namespace = namespace
        self.numbers = numbers
        self.serial = serial
    }

    /// The object and its place in a namespace's table.
    private static let footprint = 320

    func setAttribute(_ name: Name, _ value: [UInt8]?, budget: Budget) throws(Refusal) {
        let attributes = self.attributes ?? Attributes(budget)
        try attributes.store.set(name, value)
        self.attributes = attributes
    }

    func addPoller(_ file: OpenFile) {
        pollers.removeAll { $0.file == nil }
        pollers.append(Poller(file: file))
    }

    /// The number in `namespace`, or 0 when not visible there (pid_nr_ns).
    package func number(in namespace: PIDNamespace) -> Int32 {
        guard namespace.level < numbers.count, namespace.isAncestorOrSelf(of: self.namespace) else { return 0 }
        return numbers[namespace.level]
    }
}
