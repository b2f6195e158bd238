import Credentials
import Kernel
import LinuxABI

/// One system call's implementation: decode → check → call the model → encode.
package typealias Handler = @Sendable (_ task: Task, _ arguments: Arguments) throws(Refusal) -> Outcome

/// Number → handler, for the calls that the sentry answers. Families register theirs in their own files.
package struct Dispatcher: Sendable {
    private let handlers: [Handler?]

    package init(families: [[SyscallNumber: Handler]]) {
        var table = [Handler?](repeating: nil, count: 512)
        for family in families {
            for (number, handler) in family { table[Int(number.rawValue)] = handler }
        }
        handlers = table
    }

    /// Answers a call. Without a handler, what is native but for a test goes on natively, the rest is ENOSYS.
    package func call(_ number: UInt32, _ arguments: Arguments, of task: Task) throws(Refusal) -> Outcome {
        guard number < handlers.count, let handler = handlers[Int(number)] else {
            switch SyscallTable.disposition(number) {
            case .nativeUnless(_, .notify) where SyscallTable.mayContinue(number): return .continueOnHost
            // Where the call comes here all the same, because another filter would have refused it differently.
            case .refused(let errno): throw Refusal(errno)
            default: throw Refusal(.ENOSYS)
            }
        }
        return try handler(task, arguments)
    }

    /// Whether a handler is registered for the call.
    package func answers(_ number: SyscallNumber) -> Bool { handlers[Int(number.rawValue)] != nil }
}
