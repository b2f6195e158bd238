import Credentials
import Kernel
import LinuxABI

/// timer_create(2) and timer_delete(2). The host has the timers; how many there may be, and whom a signal or a CPU clock
/// names, is the model's.
enum TimerCalls {
    static let handlers: [SyscallNumber: Handler] = [.timer_create: create, .timer_delete: delete]

    /// sizeof(struct sigevent).
    private static let eventSize = 64
    /// SIGEV_SIGNAL | SIGEV_THREAD_ID.
    private static let threadID: Int32 = 4

    /// do_timer_create(). The host reads the event from a copy, as the guest could change its own after the check.
    private static let create: Handler = { task, a throws(Refusal) in
        var arguments = a
        var structures: [(argument: Int, bytes: [UInt8])] = []
        var event: [UInt8]?
        if a.a1 != 0 { event = try task.memory.bytes(UserAddress(a.a1), count: eventSize) }
        let clock = Arguments.int(a.a0)
        if ProcessorClockTarget.isDevice(clock) { throw Refusal(.EOPNOTSUPP) }
        let use = try task.kernel.takeTimer(for: task)
        if var event {
            try nameHostThread(in: &event, task)
            structures.append((1, event))
        }
        if ProcessorClockTarget.namesTask(clock) {
            let target = try ProcessorClockTarget(clock, of: task)
            guard let own = target?.hostClock(for: task) else { throw Refusal(.EINVAL) }
            arguments.a0 = UInt64(UInt32(bitPattern: own))
        }
        let group = task.group
        return .callHost(
            HostCallSequence([.call(.timer_create, arguments, structures: structures)]) { result in
                if case .success = result {
                    group.hasTimers = true
                    group.timers.append(use)
                }
                return result.map { Int64(bitPattern: $0) }
            })
    }

    /// good_sigevent(): a thread of the caller's process, whose number the host must know.
    private static func nameHostThread(in event: inout [UInt8], _ task: Task) throws(Refusal) {
        let notify: Int32 = LittleEndian.load(event, 12)
        guard notify == threadID else { return }
        let number: Int32 = LittleEndian.load(event, 16)
        guard let thread = task.pidNamespace.task(number), thread.group === task.group,
            let own = task.kernel.platform.hostNumber(of: thread, wholeProcess: false)
        else { throw Refusal(.EINVAL) }
        event.replaceSubrange(16..<20, with: LittleEndian.bytes(own))
    }

    /// Which timer went only the host knows; that one is gone is what counts.
    private static let delete: Handler = { task, a throws(Refusal) in
        let group = task.group
        return .callHost(
            HostCallSequence([.call(.timer_delete, a)]) { result in
                if case .success = result { _ = group.timers.popLast() }
                return result.map { Int64(bitPattern: $0) }
            })
    }
}
