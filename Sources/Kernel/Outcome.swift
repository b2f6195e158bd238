import Credentials
import LinuxABI

/// How a handler ends: what the caller's call returns, or that it does not return yet.
package enum Outcome {
    case value(Int64)
    /// The host executes the call as it stands; only where all that matters is in registers.
    case continueOnHost
    /// The call waits, and goes on when its queue is woken or its deadline has passed; a signal ends it.
    case wait(any WaitingCall)
    /// A worker does something on the host without the lock; then the call goes on. Signals wait for its end, as they do for a
    /// disk.
    case work(HostWork)
    /// The caller's own thread makes these calls on the host, whose completion then tells the result.
    case callHost(HostCallSequence)

    package static var success: Outcome { .value(0) }
}

/// The six argument registers of a call.
package struct Arguments: Equatable, Sendable {
    package var a0, a1, a2, a3, a4, a5: UInt64
    package init(
        _ a0: UInt64 = 0, _ a1: UInt64 = 0, _ a2: UInt64 = 0, _ a3: UInt64 = 0, _ a4: UInt64 = 0, _ a5: UInt64 = 0
    ) {
        self.a0 = a0
        self.a1 = a1
        self.a2 = a2
        self.a3 = a3
        self.a4 = a4
        self.a5 = a5
    }
    /// The register at `index`, 0 for indexes that no call has.
    package subscript(index: Int) -> UInt64 {
        get {
            switch index {
            case 0: a0
            case 1: a1
            case 2: a2
            case 3: a3
            case 4: a4
            case 5: a5
            default: 0
            }
        }
        set {
            switch index {
            case 0: a0 = newValue
            case 1: a1 = newValue
            case 2: a2 = newValue
            case 3: a3 = newValue
            case 4: a4 = newValue
            case 5: a5 = newValue
            default: break
            }
        }
    }
    /// An argument's low 32 bits as C's int or unsigned sees them.
    package static func int(_ value: UInt64) -> Int32 { Int32(truncatingIfNeeded: value) }
    package static func unsigned(_ value: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: value) }
}
