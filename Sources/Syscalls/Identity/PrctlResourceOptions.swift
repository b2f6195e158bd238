import Credentials
import Kernel
import LinuxABI

/// PR_SET_IO_FLUSHER(2const) and its like, which take CAP_SYS_RESOURCE.
enum PrctlResourceOptions {
    static func call(_ option: PrctlOption, _ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        guard task.credentials.has(.sysResource, over: task.kernel.initialUserNamespace) else {
            throw Refusal(.processNeedsResource)
        }
        switch option {
        case .setIOFlusher:
            guard a.a2 | a.a3 | a.a4 == 0, a.a1 <= 1 else { throw Refusal(.EINVAL) }
            task.isIOFlusher = a.a1 == 1
            return .success
        case .getIOFlusher:
            guard a.a1 | a.a2 | a.a3 | a.a4 == 0 else { throw Refusal(.EINVAL) }
            return .value(task.isIOFlusher ? 1 : 0)
        default:
            throw Refusal(.EINVAL)
        }
    }
}
