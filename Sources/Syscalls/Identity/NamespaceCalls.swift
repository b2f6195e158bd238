import Credentials
import Kernel
import LinuxABI

/// unshare(2) and setns(2).
enum NamespaceCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .unshare: { (task, a) throws(Refusal) in
            // The host's part is its own table of descriptors, which the platform sees to; namespaces never are.
            try task.kernel.unshare(task, CloneFlags(rawValue: a.a0)) ? .continueOnHost : .success
        },
        .setns: { (task, a) throws(Refusal) in
            try task.kernel.setns(task, fd: Arguments.int(a.a0), flags: Arguments.unsigned(a.a1))
            return .success
        },
    ]
}
