import CHostLinux
import LinuxABI
import Syscalls

/// What the filter does with a call, in the terms of seccomp(2).
enum FilterAction: Hashable {
    case allow
    /// To the listener.
    case notify
    /// To the tracer.
    case trace
    /// To the tracer, by a SIGSYS that the task never sees: the one way past another filter's errno.
    case trap
    case refuse(errno: UInt16)
    case killProcess

    /// Travels in a trap's `si_errno`, to tell ours from another filter's.
    static let trapMark: UInt16 = 0x4e53

    var returnValue: UInt32 {
        switch self {
        case .allow: 0x7fff_0000
        case .notify: 0x7fc0_0000
        case .trace: 0x7ff0_0000
        case .trap: 0x0003_0000 | UInt32(Self.trapMark)
        case .refuse(let errno): 0x0005_0000 | UInt32(errno)
        case .killProcess: 0x8000_0000
        }
    }
}

/// A test of one argument: `(value & mask) <comparison> constant`, unsigned.
struct FilterCondition: Hashable {
    enum Comparison: Hashable { case equal, notEqual, less, greaterOrEqual }
    var argument: Int
    var mask: UInt64
    var comparison: Comparison
    var value: UInt64
}

/// What happens to one call number: an action, or another one when every condition of some alternative holds.
struct FilterRule: Hashable {
    var action: FilterAction
    var alternatives: [[FilterCondition]] = []
    /// Taken when an alternative holds.
    var conditionalAction: FilterAction = .allow
    /// What happens to a permitted call, where it is not simply made.
    var permittedAction: FilterAction?
}

/// A classic BPF program: a balanced tree over call numbers, so that its cost hardly grows with the table
/// (seccomp(2); numbers allowed without looking at arguments are cached by the kernel).
struct SeccompProgram {
    private(set) var instructions: [sock_filter] = []

    private static let architecture: UInt32 = 0xc000_003e  // AUDIT_ARCH_X86_64
    private static let x32Bit: UInt32 = 0x4000_0000

    /// `rules` by number; numbers without one get `fallback`.
    init(rules: [UInt32: FilterRule], fallback: FilterRule) {
        emit(Self.loadAbsolute, 4)
        // int 0x80 and other entries have their own numbering: nothing of ours would hold.
        emit(Self.jumpEqual, Self.architecture, 1, 0)
        emit(Self.return, FilterAction.killProcess.returnValue)
        emit(Self.loadAbsolute, 0)
        emit(Self.jumpGreaterOrEqual, Self.x32Bit, 0, 1)
        emit(Self.return, FilterAction.refuse(errno: 38).returnValue)
        // Runs of numbers with one rule, covering everything from 0.
        var runs: [(start: UInt32, rule: FilterRule)] = [(0, rules[0] ?? fallback)]
        for number in rules.keys.sorted() {
            for next in [number, number + 1] {
                let rule = rules[next] ?? fallback
                if let last = runs.last, next > last.start, last.rule != rule { runs.append((next, rule)) }
            }
        }
        emitTree(runs[...])
    }

    private mutating func emitTree(_ runs: ArraySlice<(start: UInt32, rule: FilterRule)>) {
        guard runs.count > 1 else {
            if let run = runs.first { emitLeaf(run.rule) }
            return
        }
        let middle = runs.startIndex + runs.count / 2
        // Conditional jumps reach 255 instructions; the far side is reached by an unconditional one.
        emit(Self.jumpGreaterOrEqual, runs[middle].start, 0, 1)
        let far = instructions.count
        emit(Self.jump, 0)
        emitTree(runs[..<middle])
        instructions[far].k = UInt32(instructions.count - far - 1)
        emitTree(runs[middle...])
    }

    /// What is not simply allowed lets a permitted call through first, whose instruction pointer no code can have.
    private mutating func emitLeaf(_ rule: FilterRule) {
        if rule.action != .allow || !rule.alternatives.isEmpty {
            emit(Self.loadAbsolute, Self.instructionPointerHigh)
            emit(Self.jumpEqual, UInt32(CHOST_PERMIT >> 32), 0, 1)
            emit(Self.return, (rule.permittedAction ?? .allow).returnValue)
        }
        for alternative in rule.alternatives {
            var failures: [Int] = []
            for condition in alternative { emitCondition(condition, failures: &failures) }
            emit(Self.return, rule.conditionalAction.returnValue)
            for index in failures { instructions[index].k = UInt32(instructions.count - index - 1) }
        }
        emit(Self.return, rule.action.returnValue)
    }

    /// Falls through when the condition holds, else jumps; the jump's index goes to `failures` for patching.
    private mutating func emitCondition(_ condition: FilterCondition, failures: inout [Int]) {
        let low = UInt32(16 + condition.argument * 8), high = low + 4
        let lowMask = UInt32(truncatingIfNeeded: condition.mask), highMask = UInt32(condition.mask >> 32)
        let lowValue = UInt32(truncatingIfNeeded: condition.value), highValue = UInt32(condition.value >> 32)
        switch condition.comparison {
        case .equal:
            for (offset, mask, value) in [(high, highMask, highValue), (low, lowMask, lowValue)] where mask != 0 {
                emitHalf(offset, mask, Self.jumpEqual, value, holds: true, &failures)
            }
        case .notEqual:
            // Either half may differ: an address whose low half is 0 is not null. A high half that differs skips the
            // low half's instructions.
            if highMask != 0 {
                emit(Self.loadAbsolute, high)
                if highMask != .max { emit(Self.and, highMask) }
                emit(Self.jumpEqual, highValue, 0, lowMask == .max ? 3 : 4)
            }
            emitHalf(low, lowMask, Self.jumpEqual, lowValue, holds: false, &failures)
        case .less:
            // The value fits 32 bits: a high half other than 0 is already not less.
            emitHalf(high, highMask, Self.jumpEqual, 0, holds: true, &failures)
            emitHalf(low, lowMask, Self.jumpGreaterOrEqual, lowValue, holds: false, &failures)
        case .greaterOrEqual:
            // A high half that is greater decides, and skips what follows; one that is less fails.
            if highMask != 0 {
                emit(Self.loadAbsolute, high)
                if highMask != .max { emit(Self.and, highMask) }
                emit(Self.jumpGreater, highValue, lowMask == .max ? 5 : 6, 0)
                emit(Self.jumpEqual, highValue, 1, 0)
                failures.append(instructions.count)
                emit(Self.jump, 0)
            }
            emitHalf(low, lowMask, Self.jumpGreaterOrEqual, lowValue, holds: true, &failures)
        }
    }

    /// Compares one half of an argument; jumps to the failure unless the comparison's outcome is `holds`.
    private mutating func emitHalf(
        _ offset: UInt32, _ mask: UInt32, _ jump: UInt16, _ value: UInt32, holds: Bool, _ failures: inout [Int]
    ) {
        emit(Self.loadAbsolute, offset)
        if mask != .max { emit(Self.and, mask) }
        emit(jump, value, holds ? 1 : 0, holds ? 0 : 1)
        failures.append(instructions.count)
        emit(Self.jump, 0)
    }

    /// Where struct seccomp_data has the upper half of the instruction pointer.
    private static let instructionPointerHigh: UInt32 = 12

    private static let loadAbsolute: UInt16 = 0x20
    private static let and: UInt16 = 0x54
    private static let jump: UInt16 = 0x05
    private static let jumpEqual: UInt16 = 0x15
    private static let jumpGreater: UInt16 = 0x25
    private static let jumpGreaterOrEqual: UInt16 = 0x35
    private static let `return`: UInt16 = 0x06

    private mutating func emit(_ code: UInt16, _ k: UInt32, _ jt: UInt8 = 0, _ jf: UInt8 = 0) {
        instructions.append(sock_filter(code: code, jt: jt, jf: jf, k: k))
    }
}

extension SeccompProgram {
    /// The program for the table of system calls, and for the loader stub's pseudo calls.
    ///
    /// `behindFilter` says that the sentry itself runs under a seccomp filter, a container's for example. The errno of any
    /// filter outranks a notification (seccomp(2)), so what such filters refuse would never be heard of; those calls
    /// trap instead, which outranks an errno.
    /// Calls in `letsThrough` run natively whatever their arguments, for tests of what else stops them.
    static func linux(behindFilter: Bool, letsThrough: Set<SyscallNumber> = []) -> SeccompProgram {
        var rules: [UInt32: FilterRule] = [
            UInt32(CHOST_CALL_LOAD): FilterRule(action: .notify),
            UInt32(CHOST_CALL_LOADED): FilterRule(action: .notify),
            UInt32(CHOST_CALL_NOTIFY): FilterRule(action: .refuse(errno: 38), permittedAction: .notify),
        ]
        for entry in SyscallTable.entries {
            var rule = FilterRule(entry.disposition)
            if behindFilter, oftenRefused.contains(entry.number), rule.action == .notify || rule.action == .trace {
                rule.action = .trap
            }
            rules[UInt32(entry.number.rawValue)] = rule
        }
        if behindFilter {
            let makesNamespace = FilterCondition(
                argument: 0, mask: namespaceFlags, comparison: .notEqual, value: 0)
            rules[UInt32(SyscallNumber.clone.rawValue)] = FilterRule(
                action: .trace, alternatives: [[makesNamespace]], conditionalAction: .trap)
        }
        for number in letsThrough { rules[UInt32(number.rawValue)] = FilterRule(action: .allow) }
        return SeccompProgram(rules: rules, fallback: FilterRule(action: .refuse(errno: 38)))
    }

    /// Those of clone(2), whose byte for CLONE_NEWTIME is the exit signal.
    private static let namespaceFlags = CloneFlags.namespaces.subtracting(.newTime).rawValue

    /// Whether the program for hosts behind a filter traps this call.
    static func traps(_ number: UInt32, _ firstArgument: UInt64) -> Bool {
        guard let call = UInt16(exactly: number).flatMap(SyscallNumber.init(rawValue:)) else { return false }
        return oftenRefused.contains(call) || call == .clone && firstArgument & namespaceFlags != 0
    }

    /// What filters of containers refuse of the calls that are answered without a descriptor and without waiting.
    private static let oftenRefused: Set<SyscallNumber> = [
        .unshare, .setns, .clone3, .mount, .umount2, .pivot_root, .chroot, .sethostname, .setdomainname, .mount_setattr,
        .move_mount, .statmount, .listmount, .acct, .reboot, .kcmp, .process_vm_readv, .process_vm_writev, .setpriority,
    ]
}

extension FilterRule {
    init(_ disposition: Disposition) {
        switch disposition {
        case .native: self.init(action: .allow)
        case .emulated: self.init(action: .notify)
        case .traced: self.init(action: .trace)
        case .tracedWhen(let test):
            self.init(
                action: .notify, alternatives: test.alternatives.map { $0.map { FilterCondition($0) } },
                conditionalAction: .trace)
        case .refused(let errno): self.init(action: .refuse(errno: UInt16(truncatingIfNeeded: errno.rawValue)))
        case .nativeUnless(let test, let otherwise):
            let action: FilterAction =
                switch otherwise {
                case .notify: .notify
                case .refuse(let errno): .refuse(errno: UInt16(truncatingIfNeeded: errno.rawValue))
                }
            self.init(
                action: .allow, alternatives: test.alternatives.map { $0.map { FilterCondition($0) } },
                conditionalAction: action)
        }
    }
}

extension FilterCondition {
    init(_ condition: ArgumentCondition) {
        let comparison: Comparison =
            switch condition.comparison {
            case .equal: .equal
            case .notEqual: .notEqual
            case .less: .less
            case .greaterOrEqual: .greaterOrEqual
            }
        self.init(argument: condition.index, mask: condition.mask, comparison: comparison, value: condition.value)
    }
}
