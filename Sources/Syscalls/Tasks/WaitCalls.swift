import Credentials
import Kernel
import LinuxABI

/// wait4(2) and waitid(2).
enum WaitCalls {
    static let handlers: [SyscallNumber: Handler] = [.wait4: wait4, .waitid: waitid]

    private static let wait4: Handler = { task, a throws(Refusal) in
        let options = WaitOptions(rawValue: Arguments.unsigned(a.a2))
        guard options.isSubset(of: [.noHang, .stopped, .continued, .ownThread, .clone, .all]) else {
            throw Refusal(.EINVAL)
        }
        let number = Arguments.int(a.a0)
        // -INT_MIN is not a number (kernel_wait4).
        guard number != .min else { throw Refusal(.ESRCH) }
        let children: WaitRequest.Children =
            switch number {
            case -1: .any
            case 0: .processGroup(task.group.processGroup)
            case ..<0: task.pidNamespace.pid(-number).map { .processGroup($0) } ?? .none
            default: task.pidNamespace.pid(number).map { .process($0) } ?? .none
            }
        let request = WaitRequest(children, options.union(.exited))
        guard let event = try task.kernel.wait(task, request) else { return waiting(task, options) }
        let number4 = event.child.pid.number(in: task.pidNamespace)
        if a.a1 != 0 { try task.memory.store(event.status, at: UserAddress(a.a1)) }
        if a.a3 != 0 { try task.memory.store(UsageCalls.encode(event.usage), at: UserAddress(a.a3)) }
        return .value(Int64(number4))
    }

    private static let waitid: Handler = { task, a throws(Refusal) in
        let info = UserAddress(a.a2)
        do throws(Refusal) {
            var options = WaitOptions(rawValue: Arguments.unsigned(a.a3))
            let (children, neverWaits) = try select(task, which: Arguments.int(a.a0), Arguments.int(a.a1), options)
            if neverWaits { options.insert(.noHang) }
            guard let event = try task.kernel.wait(task, WaitRequest(children, options)) else {
                if neverWaits, !WaitOptions(rawValue: Arguments.unsigned(a.a3)).contains(.noHang) {
                    throw Refusal(.EAGAIN)
                }
                if options.contains(.noHang) { try store(nil, at: info, task) }
                return waiting(task, options)
            }
            if a.a4 != 0 { try task.memory.store(UsageCalls.encode(event.usage), at: UserAddress(a.a4)) }
            try store(event, at: info, task)
            return .success
        } catch {
            // The kernel clears the siginfo also when it found nothing to wait for.
            if error.errno != .EFAULT { try store(nil, at: info, task) }
            throw error
        }
    }

    /// kernel_waitid_prepare(): which children, and whether a non-blocking pidfd keeps the call from waiting.
    private static func select(
        _ task: Task, which: Int32, _ number: Int32, _ options: WaitOptions
    ) throws(Refusal) -> (WaitRequest.Children, Bool) {
        let known: WaitOptions = [
            .noHang, .keep, .exited, .stopped, .continued, .ownThread, .clone, .all,
        ]
        guard options.isSubset(of: known), !options.isDisjoint(with: [.exited, .stopped, .continued]) else {
            throw Refusal(.EINVAL)
        }
        switch which {
        case 0: return (.any, false)
        case 1:
            guard number > 0 else { throw Refusal(.EINVAL) }
            return (task.pidNamespace.pid(number).map { .process($0) } ?? .none, false)
        case 2:
            guard number >= 0 else { throw Refusal(.EINVAL) }
            if number == 0 { return (.processGroup(task.group.processGroup), false) }
            return (task.pidNamespace.pid(number).map { .processGroup($0) } ?? .none, false)
        case 3:
            guard number >= 0 else { throw Refusal(.EINVAL) }
            guard let file = task.files[number] as? ProcessFile else { throw Refusal(.EBADF) }
            return (.process(file.pid), file.flags.contains(.nonblock))
        default: throw Refusal(.EINVAL)
        }
    }

    private static func waiting(_ task: Task, _ options: WaitOptions) -> Outcome {
        options.contains(.noHang) ? .value(0) : .park(task.group.childEvents, restart: .ERESTARTSYS)
    }

    /// The six fields of siginfo_t that waitid writes; nil writes zeros.
    private static func store(_ event: WaitEvent?, at address: UserAddress, _ task: Task) throws(Refusal) {
        guard !address.isNull else { return }
        try task.memory.store(event == nil ? Int32(0) : Signal.chld.rawValue, at: address)
        try task.memory.store(Int32(0), at: address.advanced(by: 4))
        try task.memory.store(event?.code ?? 0, at: address.advanced(by: 8))
        let number = event?.child.pid.number(in: task.pidNamespace) ?? 0
        let uid = event.map { task.userNamespace.uidOrOverflow($0.uid).rawValue } ?? 0
        try task.memory.store(number, at: address.advanced(by: 16))
        try task.memory.store(uid, at: address.advanced(by: 20))
        try task.memory.store(event?.value ?? 0, at: address.advanced(by: 24))
    }
}
