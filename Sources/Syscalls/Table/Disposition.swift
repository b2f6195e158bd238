import Kernel
import LinuxABI

/// Who answers a system call, as the seccomp program decides it.
package enum Disposition: Hashable, Sendable {
    /// The host executes the call unseen: it touches only the caller's memory, threads, time, signal state and granted fds.
    case native
    /// Native, except when the test holds.
    case nativeUnless(ArgumentTest, Otherwise)
    /// Notified to the sentry and answered by a handler.
    case emulated
    /// Stopped for the tracer, which changes the registers (clone, execve and their kin).
    case traced
    /// Emulated, but stopped for the tracer first when the test holds.
    case tracedWhen(ArgumentTest)
    /// Fails at once, without the sentry hearing of it.
    case refused(Errno)

    /// Whether the sentry is asked about a call with these arguments.
    package func isNotified(_ arguments: Arguments) -> Bool {
        switch self {
        case .emulated: true
        case .nativeUnless(let test, .notify): test.holds(arguments)
        case .tracedWhen(let test): !test.holds(arguments)
        default: false
        }
    }

    /// What happens to a native call whose test holds.
    package enum Otherwise: Hashable, Sendable {
        case notify
        case refuse(Errno)
    }
}

/// One comparison of an argument register with a constant: `register & mask ⋚ value`, unsigned, 64 bits wide.
///
/// It compiles to comparisons of 32-bit halves in BPF.
package struct ArgumentCondition: Hashable, Sendable {
    package enum Comparison: Hashable, Sendable {
        case equal, notEqual, less, greaterOrEqual
    }
    /// 0...5.
    package let index: Int
    package let mask: UInt64
    package let comparison: Comparison
    package let value: UInt64

    package init(_ index: Int, mask: UInt64 = .max, _ comparison: Comparison, _ value: UInt64) {
        self.index = index
        self.mask = mask
        self.comparison = comparison
        self.value = value
    }

    package func holds(_ arguments: Arguments) -> Bool {
        let register = arguments[index] & mask
        return switch comparison {
        case .equal: register == value
        case .notEqual: register != value
        case .less: register < value
        case .greaterOrEqual: register >= value
        }
    }
}

/// Holds when every condition of at least one alternative holds.
package struct ArgumentTest: Hashable, Sendable {
    package let alternatives: [[ArgumentCondition]]

    /// All conditions must hold.
    package init(_ conditions: ArgumentCondition...) { alternatives = [conditions] }
    package init(anyOf alternatives: [[ArgumentCondition]]) { self.alternatives = alternatives }

    package func holds(_ arguments: Arguments) -> Bool {
        alternatives.contains { $0.allSatisfy { $0.holds(arguments) } }
    }
}
