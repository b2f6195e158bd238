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
        return try ChildWait(
            WaitRequest(children, options.union(.exited)), of: task, status: UserAddress(a.a1), usage: UserAddress(a.a3)
        ).run(task)
    }

    private static let waitid: Handler = { task, a throws(Refusal) in
        let info = UserAddress(a.a2)
        var options = WaitOptions(rawValue: Arguments.unsigned(a.a3))
        let children: WaitRequest.Children, neverWaits: Bool
        do throws(Refusal) {
            (children, neverWaits) = try select(task, which: Arguments.int(a.a0), Arguments.int(a.a1), options)
        } catch {
            // The kernel clears the siginfo also when it found nothing to wait for.
            try ChildInformation.store(nil, at: info, task)
            throw error
        }
        let fails = neverWaits && !options.contains(.noHang)
        if neverWaits { options.insert(.noHang) }
        return try ChildInformation(
            WaitRequest(children, options), of: task, at: info, usage: UserAddress(a.a4), failsAtOnce: fails
        ).run(task)
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
            guard let file = task.files[number] as? PidfdFile else { throw Refusal(.EBADF) }
            return (.process(file.pid), file.flags.contains(.nonblock))
        default: throw Refusal(.EINVAL)
        }
    }
}
