import Credentials
import Kernel
import LinuxABI

/// kill(2), tgkill(2), rt_sigqueueinfo(2) and their kin.
enum SignalCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .kill: { task, a throws(Refusal) in
            try kill(task, Arguments.int(a.a0), Arguments.int(a.a1))
            return .success
        },
        .tkill: { task, a throws(Refusal) in
            try sendToThread(task, process: nil, Arguments.int(a.a0), Arguments.int(a.a1), nil)
            return .success
        },
        .tgkill: { task, a throws(Refusal) in
            let process = Arguments.int(a.a0)
            guard process > 0 else { throw Refusal(.EINVAL) }
            try sendToThread(task, process: process, Arguments.int(a.a1), Arguments.int(a.a2), nil)
            return .success
        },
        .rt_sigqueueinfo: { task, a throws(Refusal) in
            let number = Arguments.int(a.a0)
            let info = try QueuedInfo(UserAddress(a.a2), signal: Arguments.int(a.a1), task)
            try info.checkOrigin(isSelf: number == task.tid)
            guard let other = task.pidNamespace.task(number) else { throw Refusal(.ESRCH) }
            try info.send(to: .process(other.group), from: task)
            return .success
        },
        .rt_tgsigqueueinfo: { task, a throws(Refusal) in
            let (process, thread) = (Arguments.int(a.a0), Arguments.int(a.a1))
            let info = try QueuedInfo(UserAddress(a.a3), signal: Arguments.int(a.a2), task)
            guard process > 0, thread > 0 else { throw Refusal(.EINVAL) }
            try info.checkOrigin(isSelf: thread == task.tid)
            try sendToThread(task, process: process, thread, Arguments.int(a.a2), info)
            return .success
        },
    ]

    /// A signal number of a call: nil for 0, which only checks; throws EINVAL.
    static func signal(_ number: Int32) throws(Refusal) -> Signal? {
        if number == 0 { return nil }
        guard let signal = Signal(checked: number) else { throw Refusal(.EINVAL) }
        return signal
    }

    /// kill_something_info().
    private static func kill(_ task: Task, _ number: Int32, _ signalNumber: Int32) throws(Refusal) {
        let namespace = task.pidNamespace
        switch number {
        case .min: throw Refusal(.ESRCH)
        case 1...:
            guard let other = namespace.task(number) else { throw Refusal(.ESRCH) }
            try task.kernel.send(try signal(signalNumber), from: task, to: .process(other.group))
        case -1: try killAll(task, signalNumber)
        case 0: try kill(task, group: task.group.processGroup, signalNumber)
        default:
            guard let group = namespace.pid(-number) else { throw Refusal(.ESRCH) }
            try kill(task, group: group, signalNumber)
        }
    }

    /// Every process of a process group: succeeds where one could be reached, else fails as the last one did.
    static func kill(_ task: Task, group: PID, _ number: Int32, code: Int32 = SignalInfo.userCode) throws(Refusal) {
        var failure = Refusal(.ESRCH)
        var reached = false
        for member in group.groupMembers {
            do throws(Refusal) {
                try task.kernel.send(try signal(number), from: task, to: .process(member), code: code)
                reached = true
            } catch {
                failure = error
            }
        }
        if !reached { throw failure }
    }

    /// kill(2) with −1: all but the caller and the init that it sees. Who may not be signalled is passed over in silence.
    private static func killAll(_ task: Task, _ number: Int32) throws(Refusal) {
        let namespace = task.pidNamespace
        var hadCandidate = false
        var failure: Refusal?
        for pid in namespace.numbers.values.sorted(by: { $0.serial < $1.serial }) {
            guard let other = pid.task, other.isLeader, other.group !== task.group,
                other.pid.number(in: namespace) > 1
            else { continue }
            hadCandidate = true
            do throws(Refusal) {
                try task.kernel.send(try signal(number), from: task, to: .process(other.group))
                failure = nil
            } catch {
                if error.errno != .EPERM { failure = error }
            }
        }
        if let failure { throw failure }
        if !hadCandidate { throw Refusal(.ESRCH) }
    }

    /// do_send_specific().
    private static func sendToThread(
        _ task: Task, process: Int32?, _ number: Int32, _ signalNumber: Int32, _ info: QueuedInfo?
    ) throws(Refusal) {
        guard number > 0 else { throw Refusal(.EINVAL) }
        guard let other = task.pidNamespace.task(number) else { throw Refusal(.ESRCH) }
        if let process, other.group.pid.number(in: task.pidNamespace) != process { throw Refusal(.ESRCH) }
        if let info {
            try info.send(to: .thread(other), from: task)
        } else {
            try task.kernel.send(
                try signal(signalNumber), from: task, to: .thread(other), code: SignalInfo.threadCode)
        }
    }
}

/// A siginfo_t that the caller wrote (rt_sigqueueinfo(2), pidfd_send_signal(2)).
struct QueuedInfo {
    /// As the caller wrote it; rt_sigqueueinfo overrides it by its argument.
    let writtenSignal: Int32
    let signal: Int32
    let error: Int32
    let code: Int32
    let pid: Int32
    let uid: UInt32
    let value: UInt64

    init(_ address: UserAddress, signal: Int32?, _ task: Task) throws(Refusal) {
        let bytes = try task.memory.bytes(address, count: 128)
        writtenSignal = LittleEndian.load(bytes, 0)
        self.signal = signal ?? writtenSignal
        error = LittleEndian.load(bytes, 4)
        code = LittleEndian.load(bytes, 8)
        pid = LittleEndian.load(bytes, 16)
        uid = LittleEndian.load(bytes, 20)
        value = LittleEndian.load(bytes, 24)
        // Only codes with a known layout may leave something behind the fields the kernel knows (post_copy_siginfo_from_user).
        let isKnown = code < 0 ? (-7 ... -1).contains(code) : code <= 0x80
        if !isKnown, bytes[48...].contains(where: { $0 != 0 }) { throw Refusal(.E2BIG) }
    }

    /// Nobody may pretend to be the kernel or tgkill(2) but towards itself.
    func checkOrigin(isSelf: Bool) throws(Refusal) {
        if code >= 0 || code == SignalInfo.threadCode, !isSelf { throw Refusal(.signalForgedOrigin) }
    }

    func send(to target: SignalTarget, from task: Task) throws(Refusal) {
        try task.kernel.send(
            try SignalCalls.signal(signal), from: task, to: target, code: code, value: value, claimedPID: pid,
            claimedUID: uid, error: error)
    }
}
