import CHostLinux
import Credentials
import Kernel
import LinuxABI
import Syscalls

/// One call that a stopped thread makes in the place of its own, and how its end is turned into the program's result.
struct HostCall {
    enum End {
        /// The program gets what the host says.
        case result
        /// The program gets this: the host's call was one that does nothing.
        case value(Int64)
        /// Its table of descriptors is its own now; who shares the other one may go on.
        case unsharedFiles(from: FDTable)
        case clone(PendingClone)
        case exec(PendingExec)
        /// The program's own rt_sigtimedwait(2), and where it stores a siginfo.
        case awaitedSignal(UserAddress)
        /// The program's own read(2) or readv(2) from a signalfd.
        case signalRecords
    }

    let number: SyscallNumber
    let arguments: Arguments
    /// The program's registers at its own call.
    let saved: user_regs_struct
    let end: End
    /// What of the sealed pages the arguments point to.
    var slots: [SealedPages.Slot] = []

    /// Whether the call is the program's own, made as it stands.
    var isOwn: Bool {
        switch end {
        case .awaitedSignal, .signalRecords: true
        default: false
        }
    }

    /// The registers with which it enters the kernel.
    var entry: user_regs_struct { saved.permitting(UInt64(number.rawValue), arguments) }

    /// Whether these registers are still those of the permitted call.
    func holds(_ registers: user_regs_struct) -> Bool {
        registers.rip == CHOST_PERMIT && registers.orig_rax == UInt64(number.rawValue)
            && registers.arguments == arguments
    }
}

/// A clone between its stop and its result.
struct PendingClone {
    let child: Task
    let call: CloneCall
    /// Travels in a register that clone does not use, so that the child tells by itself whose it is.
    let cookie: UInt64
    let parent: HostThread
    let registers: user_regs_struct
    /// `HostPlatform.limitChanges` when the model made the child.
    let limitChanges: Int
}

/// An exec between its stop and the exec event.
struct PendingExec {
    let task: Task
    let plan: ExecPlan
    /// Whether the process had executed a program before.
    let hadExecuted: Bool
    /// Its table of descriptors, where it shares that with others.
    let shared: FDTable?
}

/// The notified calls that the loader stub makes, in order; each is let through once.
struct LoadPlan {
    let plan: ExecPlan
    /// Nil until the stub has asked for its steps.
    var expected: [(number: UInt32, arguments: Arguments)]?
}

extension user_regs_struct {
    var arguments: Arguments { Arguments(rdi, rsi, rdx, r10, r8, r9) }

    /// A call with the permit.
    func permitting(_ number: UInt64, _ arguments: Arguments) -> user_regs_struct {
        var changed = self
        changed.orig_rax = number
        changed.setArguments(arguments)
        changed.rip = CHOST_PERMIT
        return changed
    }

    mutating func setArguments(_ arguments: Arguments) {
        rdi = arguments.a0
        rsi = arguments.a1
        rdx = arguments.a2
        r10 = arguments.a3
        r8 = arguments.a4
        r9 = arguments.a5
    }

    /// The result of a call that has ended.
    var result: Result<UInt64, LinuxABI.Errno> {
        let value = Int64(bitPattern: rax)
        return (-4095..<0).contains(value)
            ? .failure(LinuxABI.Errno(rawValue: Int32(truncatingIfNeeded: -value))) : .success(rax)
    }

    func returning(_ value: Int64) -> user_regs_struct {
        var changed = self
        changed.rax = UInt64(bitPattern: value)
        return changed
    }
}
