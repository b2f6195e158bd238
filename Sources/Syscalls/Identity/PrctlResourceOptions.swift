import Credentials
import Kernel
import LinuxABI

/// The options of prctl(2) that take CAP_SYS_RESOURCE.
enum PrctlResourceOptions {
    /// PR_SET_MM_AUXV, MAP and MAP_SIZE: the ones with a third argument.
    private static let mapWithSize: Set<UInt64> = [12, 14, 15]
    private static let map: UInt64 = 14
    private static let mapSize: UInt64 = 15

    static func call(_ option: PrctlOption, _ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        if option == .setMemoryMap {
            // prctl_set_mm(). Where the program lies is the host's to know: nothing of it can be changed.
            guard a.a4 == 0, a.a3 == 0 || mapWithSize.contains(a.a1), a.a1 != map, a.a1 != mapSize else {
                throw Refusal(.EINVAL)
            }
        }
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
