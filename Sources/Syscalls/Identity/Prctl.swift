import Credentials
import Kernel
import LinuxABI

/// prctl(2): what concerns identity is answered here, what only concerns the thread itself is the host's, and all
/// else is unknown.
enum PrctlCalls {
    static let handlers: [SyscallNumber: Handler] = [.prctl: prctl]

    private static func prctl(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        guard let option = PrctlOption(rawValue: Arguments.int(a.a0)) else { throw Refusal(.EINVAL) }
        switch option {
        case .setParentDeathSignal, .getParentDeathSignal, .getDumpable, .setDumpable, .setName, .getName,
            .setChildSubreaper, .getChildSubreaper, .getTIDAddress, .getAUXV:
            return try PrctlTaskOptions.call(option, task, a)
        case .getKeepCapabilities, .setKeepCapabilities, .readBounding, .dropBounding, .getSecurebits, .setSecurebits,
            .setNoNewPrivileges, .getNoNewPrivileges, .ambient:
            return try PrctlCredentialOptions.call(option, task, a)
        case .setMemoryMap:
            return try PrctlMemoryLayout.set(task, a)
        case .setIOFlusher, .getIOFlusher:
            return try PrctlResourceOptions.call(option, task, a)
        case .setTiming:
            // PR_TIMING_STATISTICAL is all there is.
            guard a.a1 == 0 else { throw Refusal(.EINVAL) }
            return .success
        case .getSeccomp:
            // No filter of the guest's own is in force.
            return .success
        case .setTimerSlack, .getTimerSlack, .setFPEMU, .getFPEMU, .setTimestampCounter, .getTimestampCounter, .setVMA,
            .setTHPDisable, .getTHPDisable, .getSpeculation, .setSpeculation, .setMDWE, .getMDWE, .getTiming,
            .machineCheckKill, .getMachineCheckKill, .disablePerfEvents, .enablePerfEvents, .setMemoryMerge,
            .getMemoryMerge:
            return .continueOnHost
        case .setSeccomp:
            throw Refusal(.EINVAL)
        }
    }
}

/// Options of prctl(2) that the sentry knows (include/uapi/linux/prctl.h).
enum PrctlOption: Int32 {
    case setParentDeathSignal = 1
    case getParentDeathSignal = 2
    case getDumpable = 3
    case setDumpable = 4
    case getKeepCapabilities = 7
    case setKeepCapabilities = 8
    case getFPEMU = 9
    case setFPEMU = 10
    case getTiming = 13
    case setTiming = 14
    case setName = 15
    case getName = 16
    case getSeccomp = 21
    case setSeccomp = 22
    case readBounding = 23
    case dropBounding = 24
    case getTimestampCounter = 25
    case setTimestampCounter = 26
    case getSecurebits = 27
    case setSecurebits = 28
    case setTimerSlack = 29
    case getTimerSlack = 30
    case disablePerfEvents = 31
    case enablePerfEvents = 32
    case machineCheckKill = 33
    case getMachineCheckKill = 34
    case setMemoryMap = 35
    case setChildSubreaper = 36
    case getChildSubreaper = 37
    case setNoNewPrivileges = 38
    case getNoNewPrivileges = 39
    case getTIDAddress = 40
    case setTHPDisable = 41
    case getTHPDisable = 42
    case ambient = 47
    case getSpeculation = 52
    case setSpeculation = 53
    case setIOFlusher = 57
    case getIOFlusher = 58
    case setMDWE = 65
    case getMDWE = 66
    case setMemoryMerge = 67
    case getMemoryMerge = 68
    case getAUXV = 0x4155_5856
    case setVMA = 0x5356_4d41
}
