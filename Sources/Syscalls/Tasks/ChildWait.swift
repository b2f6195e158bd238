import Credentials
import Kernel
import LinuxABI

/// wait4(2), decoded: it waits for an event of a child.
final class ChildWait: WaitingCall {
    private let request: WaitRequest
    private let status: UserAddress
    private let usage: UserAddress
    let queue: WaitQueue

    init(_ request: WaitRequest, of task: Task, status: UserAddress, usage: UserAddress) {
        self.request = request
        self.status = status
        self.usage = usage
        queue = task.group.childEvents
    }

    var interruption: Result<Int64, Errno> { .failure(.ERESTARTSYS) }
    func resume(_ task: Task, _ wakeup: Wakeup) throws(Refusal) -> Outcome { try run(task) }

    func run(_ task: Task) throws(Refusal) -> Outcome {
        guard let event = try task.kernel.wait(task, request) else {
            return request.options.contains(.noHang) ? .value(0) : .wait(self)
        }
        let number = event.child.pid.number(in: task.pidNamespace)
        if !status.isNull { try task.memory.store(event.status, at: status) }
        if !usage.isNull { try task.memory.store(RusageCalls.encode(event.usage), at: usage) }
        return .value(Int64(number))
    }
}

/// waitid(2), decoded: the same, and tells of the event in a siginfo_t.
final class ChildInformation: WaitingCall {
    private let request: WaitRequest
    private let place: UserAddress
    private let usage: UserAddress
    /// A non-blocking pidfd: EAGAIN in place of waiting.
    private let failsAtOnce: Bool
    let queue: WaitQueue

    init(_ request: WaitRequest, of task: Task, at place: UserAddress, usage: UserAddress, failsAtOnce: Bool) {
        self.request = request
        self.place = place
        self.usage = usage
        self.failsAtOnce = failsAtOnce
        queue = task.group.childEvents
    }

    var interruption: Result<Int64, Errno> { .failure(.ERESTARTSYS) }
    func resume(_ task: Task, _ wakeup: Wakeup) throws(Refusal) -> Outcome { try run(task) }

    func run(_ task: Task) throws(Refusal) -> Outcome {
        do throws(Refusal) {
            guard let event = try task.kernel.wait(task, request) else {
                if failsAtOnce { throw Refusal(.EAGAIN) }
                guard request.options.contains(.noHang) else { return .wait(self) }
                try Self.store(nil, at: place, task)
                return .success
            }
            if !usage.isNull { try task.memory.store(RusageCalls.encode(event.usage), at: usage) }
            try Self.store(event, at: place, task)
            return .success
        } catch {
            // The kernel clears the siginfo also when it found nothing to wait for.
            if error.errno != .EFAULT { try Self.store(nil, at: place, task) }
            throw error
        }
    }

    /// The six fields of siginfo_t that waitid writes; nil writes zeros.
    static func store(_ event: WaitEvent?, at address: UserAddress, _ task: Task) throws(Refusal) {
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
