import Credentials
import Kernel
import LinuxABI

/// The options of prctl(2) that read or change credentials (cap_task_prctl).
enum PrctlCredentialOptions {
    static func call(_ option: PrctlOption, _ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let credentials = task.credentials
        switch option {
        case .getKeepCapabilities:
            return .value(credentials.securebits.contains(.keepCapabilities) ? 1 : 0)
        case .setKeepCapabilities:
            guard a.a1 <= 1 else { throw Refusal(.EINVAL) }
            task.commit(try credentials.settingKeepCapabilities(a.a1 == 1))
        case .readBounding:
            guard let capability = Capability(checked: a.a1) else { throw Refusal(.EINVAL) }
            return .value(credentials.bounding.has(capability) ? 1 : 0)
        case .dropBounding:
            task.commit(try credentials.droppingBounding(a.a1))
        case .getSecurebits:
            return .value(Int64(credentials.securebits.rawValue))
        case .setSecurebits:
            task.commit(try credentials.settingSecurebits(a.a1))
        case .setNoNewPrivileges:
            guard a.a1 == 1, a.a2 == 0, a.a3 == 0, a.a4 == 0 else { throw Refusal(.EINVAL) }
            task.commit(credentials.settingNoNewPrivileges())
        case .getNoNewPrivileges:
            guard a.a1 == 0, a.a2 == 0, a.a3 == 0, a.a4 == 0 else { throw Refusal(.EINVAL) }
            return .value(credentials.noNewPrivileges ? 1 : 0)
        case .ambient:
            return try ambient(task, a)
        default:
            throw Refusal(.EINVAL)
        }
        return .success
    }

    /// PR_CAP_AMBIENT(2const).
    private static func ambient(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let credentials = task.credentials
        let isSet: UInt64 = 1, raise: UInt64 = 2, lower: UInt64 = 3, clearAll: UInt64 = 4
        if a.a1 == clearAll {
            guard a.a2 | a.a3 | a.a4 == 0 else { throw Refusal(.EINVAL) }
            task.commit(credentials.clearingAmbient())
            return .success
        }
        guard let capability = Capability(checked: a.a2), a.a3 | a.a4 == 0 else { throw Refusal(.EINVAL) }
        switch a.a1 {
        case isSet: return .value(credentials.ambient.has(capability) ? 1 : 0)
        case raise: task.commit(try credentials.raisingAmbient(capability))
        case lower: task.commit(credentials.loweringAmbient(capability))
        default: throw Refusal(.EINVAL)
        }
        return .success
    }
}
