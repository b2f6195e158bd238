import Credentials
import Kernel
import LinuxABI

/// reboot(2): inside a PID namespace it ends the namespace's init (pid_namespaces(7), "The reboot() system call"). The
/// sandbox's outermost namespace is no different: there is no machine behind it.
enum RebootCalls {
    static let handlers: [SyscallNumber: Handler] = [.reboot: reboot]

    private static let magic: UInt32 = 0xfee1_dead
    private static let secondMagics: Set<UInt32> = [672_274_793, 85_072_278, 369_367_448, 537_993_216]

    private static let reboot: Handler = { task, a throws(Refusal) in
        let namespace = task.pidNamespace
        try task.require(.sysBoot, over: namespace.owner, .rebootNeedsCapability)
        guard Arguments.unsigned(a.a0) == magic, secondMagics.contains(Arguments.unsigned(a.a1)) else {
            throw Refusal(.EINVAL)
        }
        switch Arguments.unsigned(a.a2) {
        // RESTART and RESTART2: init seems to have been killed by SIGHUP.
        case 0x0123_4567, 0xa1b2_c3d4: task.kernel.endNamespace(namespace, as: .hup)
        // HALT and POWER_OFF: by SIGINT.
        case 0xcdef_0123, 0x4321_fedc: task.kernel.endNamespace(namespace, as: .int)
        default: throw Refusal(.EINVAL)
        }
        // The caller goes with the namespace.
        return .wait(NamespaceEnd())
    }
}

/// A call from which nobody comes back.
private final class NamespaceEnd: WaitingCall {
    let queue = WaitQueue()
    var interruption: Result<Int64, Errno> { .failure(.EINTR) }
    func resume(_ task: Task, _ wakeup: Wakeup) throws(Refusal) -> Outcome { .wait(self) }
}
