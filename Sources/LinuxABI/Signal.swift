/// A signal number of x86-64 (signal(7)): 1...64.
package struct Signal: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32
    @inlinable package init(rawValue: Int32) { self.rawValue = rawValue }
    /// Nil unless `number` is 1...64.
    package init?(checked number: Int32) {
        guard (1...64).contains(number) else { return nil }
        rawValue = number
    }
    package static let hup = Signal(rawValue: 1)
    package static let int = Signal(rawValue: 2)
    package static let quit = Signal(rawValue: 3)
    package static let ill = Signal(rawValue: 4)
    package static let trap = Signal(rawValue: 5)
    package static let abrt = Signal(rawValue: 6)
    package static let bus = Signal(rawValue: 7)
    package static let xfsz = Signal(rawValue: 25)
    package static let fpe = Signal(rawValue: 8)
    package static let kill = Signal(rawValue: 9)
    package static let usr1 = Signal(rawValue: 10)
    package static let segv = Signal(rawValue: 11)
    package static let usr2 = Signal(rawValue: 12)
    package static let pipe = Signal(rawValue: 13)
    package static let alrm = Signal(rawValue: 14)
    package static let term = Signal(rawValue: 15)
    package static let chld = Signal(rawValue: 17)
    package static let cont = Signal(rawValue: 18)
    package static let stop = Signal(rawValue: 19)
    package static let tstp = Signal(rawValue: 20)
    package static let ttin = Signal(rawValue: 21)
    package static let ttou = Signal(rawValue: 22)
    package static let urg = Signal(rawValue: 23)
    package static let xcpu = Signal(rawValue: 24)
    package static let winch = Signal(rawValue: 28)
    package static let io = Signal(rawValue: 29)
    package static let sys = Signal(rawValue: 31)

    /// The signal's bit in a 64-bit signal set; 0 for a number that is no signal.
    package var bit: UInt64 { (1...64).contains(rawValue) ? UInt64(1) << UInt64(rawValue - 1) : 0 }
    /// What happens without a handler (signal(7), "Standard signals").
    package var defaultAction: DefaultAction {
        switch rawValue {
        case 17, 23, 28: .ignore
        case 18: .resume
        case 19, 20, 21, 22: .stop
        case 3, 4, 5, 6, 7, 8, 11, 24, 25, 31: .core
        default: .terminate
        }
    }
    package enum DefaultAction: Sendable { case terminate, core, ignore, stop, resume }
}

/// What a receiver learns of a signal (sigaction(2), siginfo_t): the model's, already translated for the receiver.
package struct SignalInfo: Hashable, Sendable {
    package var signal: Signal
    /// `si_code`: SI_USER 0, SI_QUEUE -1, SI_TKILL -6, CLD_* 1...6.
    package var code: Int32
    package var pid: Int32
    package var uid: UInt32
    /// `si_status` for SIGCHLD.
    package var status: Int32 = 0
    /// `si_utime` and `si_stime` for SIGCHLD, in clock ticks.
    package var userTicks: UInt64 = 0
    package var systemTicks: UInt64 = 0
    /// `si_value` for queued signals.
    package var value: UInt64 = 0
    /// `si_errno`, which only a sender of a siginfo of its own can set.
    package var error: Int32 = 0
    package init(_ signal: Signal, code: Int32, pid: Int32, uid: UInt32, status: Int32 = 0, value: UInt64 = 0) {
        self.signal = signal
        self.code = code
        self.pid = pid
        self.uid = uid
        self.status = status
        self.value = value
    }
}
