import CHostLinux
import Credentials
import Kernel
import LinuxABI
import Syscalls

/// Host calls that a thread makes one after the other, with no signal in between, before it goes on in its program.
///
/// Each call is entered at a `syscall` instruction that no guest can write and is replaced at its entry stop, so that
/// nothing but the entry is taken from the task's memory.
final class Chain {
    enum Step {
        /// A call, with what its arguments point to. A failure of one that counts is the chain's result, and what follows is
        /// left out but for calls that do not count.
        case call(SyscallNumber, Arguments, slots: [SealedPages.Slot] = [], counts: Bool = true)
        /// A notification in which the listener does something that needs one.
        case notify(Work)
        /// Bytes for the thread's own memory.
        case write(address: UInt64, bytes: [UInt8])
    }

    enum Work {
        /// CLONE_PIDFD: installs the child's pidfd and stores its number.
        case storePIDFD(of: Task, at: UserAddress)
        /// Answers this call, and the answer is the chain's result.
        case call(UInt32, Arguments)
    }

    private var steps: ArraySlice<Step>
    /// The step that is being made.
    private(set) var current: Step?
    /// What the steps that count have come to; nil before the first.
    private(set) var result: Result<UInt64, LinuxABI.Errno>?
    /// How many steps have begun.
    private(set) var started = 0
    private var completion: ((Result<UInt64, LinuxABI.Errno>?) -> Int64?)?
    /// Set when the chain begins: the registers to go on with, and the signals that the thread blocks itself.
    var saved = user_regs_struct()
    var blocked: UInt64 = 0
    /// Whether signals may end its call, which is then the program's own to restart. Only for a chain of one call.
    var isInterruptible = false
    /// Whether the current call has been entered.
    var isInCall = false

    /// `completion` makes the call's result of the steps'; nil leaves what the registers say.
    init(_ steps: [Step], completion: @escaping (Result<UInt64, LinuxABI.Errno>?) -> Int64? = { _ in nil }) {
        self.steps = steps[...]
        self.completion = completion
    }

    /// Gives the chain its completion, where that needs the chain.
    func whenEnded(_ completion: @escaping (Result<UInt64, LinuxABI.Errno>?) -> Int64?) { self.completion = completion }

    /// Goes to the next step; nil at the end.
    func next() -> Step? {
        current = nil
        while let step = steps.popFirst() {
            if case .failure = result, step.counts { continue }
            started += 1
            current = step
            return step
        }
        return nil
    }

    /// The current step's call has ended so.
    func ended(_ value: Result<UInt64, LinuxABI.Errno>) {
        switch current {
        case .call(_, _, _, counts: true), .notify(.call): result = value
        default: break
        }
    }

    /// What the program's call returns; nil for what the registers say already. Only the first time counts.
    func finish() -> Int64? {
        defer { completion = nil }
        return completion?(result) ?? nil
    }

    /// The thread is gone, and nobody makes the rest.
    func abandon() {
        steps = []
        _ = completion?(.failure(.EINTR))
        completion = nil
    }
}

extension Chain.Step {
    fileprivate var counts: Bool { if case .call(_, _, _, counts: false) = self { false } else { true } }
}
