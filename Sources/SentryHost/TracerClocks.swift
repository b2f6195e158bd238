import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

// Clocks of a time namespace with offsets. The host knows nothing of them, and its vDSO tells its own clocks without a
// call. So in the memory of a task that enters such a namespace the vDSO's clock_gettime becomes a plain system call,
// and a second seccomp filter stops the calls that show or take times of these clocks for the tracer. Its children
// inherit both; tasks without offsets pay nothing.
extension HostPlatform {
    /// Whether a task sees offsets that its host thread does not know of yet.
    func needsClockFilter(_ thread: HostThread) -> Bool {
        !thread.hasClockFilter && thread.task.namespaces?.time.hasOffsets == true
    }
}

extension Tracer {
    func needsClockFilter(_ thread: HostThread) -> Bool { platform.needsClockFilter(thread) }

    /// Prepares a stopped task, whose registers are those with which it goes on in its program.
    func enterTime(_ thread: HostThread) {
        thread.stage = .running
        var registers = user_regs_struct()
        guard chost_trace_get_registers(thread.tid, &registers) == 0 else { return resume(thread.tid) }
        installClockFilter(thread, registers)
    }

    func installClockFilter(_ thread: HostThread, _ registers: user_regs_struct) {
        guard let instruction = ClockFunction.replace(in: thread.tid), !thread.hasClockFilter else {
            thread.hasClockFilter = true
            return resume(thread.tid)
        }
        // Below what the program may use of its stack without moving the pointer.
        let program = Self.clockFilter
        let address = (registers.rsp &- Self.redZone &- UInt64(program.count * 8) &- 64) & ~15
        let head = [UInt64(program.count), address &+ 16]
        let written =
            head.withUnsafeBytes { chost_memory_force(thread.tid, address, $0.baseAddress, 16) } == 16
            && program.withUnsafeBytes { chost_memory_force(thread.tid, address &+ 16, $0.baseAddress, $0.count) }
                == program.count * 8
        guard written else { return resume(thread.tid) }
        var original = registers
        original.orig_rax = .max
        thread.stage = .installingFilter(original, isInCall: false)
        var changed = original
        changed.rip = instruction
        changed.rax = UInt64(SyscallNumber.seccomp.rawValue)
        changed.rdi = 1  // SECCOMP_SET_MODE_FILTER
        changed.rsi = 0
        changed.rdx = address
        _ = chost_trace_set_registers(thread.tid, &changed)
        resumeToCallEnd(thread.tid)
    }

    /// The call stops when it begins and when it ends.
    func beginInstalling(_ thread: HostThread, _ original: user_regs_struct) {
        thread.stage = .installingFilter(original, isInCall: true)
        resumeToCallEnd(thread.tid)
    }

    func finishInstalling(_ thread: HostThread, _ original: user_regs_struct) {
        thread.stage = .running
        thread.hasClockFilter = true
        var registers = original
        _ = chost_trace_set_registers(thread.tid, &registers)
        resume(thread.tid)
    }

    /// A signal comes before the call: its handler must find the program's registers, and the call is tried once more.
    func postponeInstalling(_ thread: HostThread) {
        guard case .installingFilter(let original, isInCall: false) = thread.stage else { return }
        thread.stage = .running
        var registers = original
        _ = chost_trace_set_registers(thread.tid, &registers)
        _ = chost_trace_interrupt(thread.tid)
    }

    // MARK: The calls

    func answerClock(_ thread: HostThread, _ registers: user_regs_struct) {
        let clock = Arguments.int(thread.arguments.a0)
        guard let shift = thread.task.namespaces?.time.shift(ofClock: clock) else { return resume(thread.tid) }
        var seconds: Int64 = 0, nanoseconds: Int64 = 0
        var result = chost_clock(clock, &seconds, &nanoseconds)
        if result == 0 {
            let time = Timespec(nanoseconds: seconds &* Timespec.second &+ nanoseconds &+ shift)
            do throws(Refusal) {
                try thread.task.memory.store(time, at: UserAddress(thread.arguments.a1))
            } catch {
                result = -error.errno.rawValue
            }
        }
        var changed = registers
        changed.orig_rax = .max
        changed.rax = UInt64(bitPattern: Int64(result))
        _ = chost_trace_set_registers(thread.tid, &changed)
        resume(thread.tid)
    }

    /// Lets the host have an absolute time as it counts it, from a place below the program's stack.
    func shiftTime(_ thread: HostThread, _ registers: user_regs_struct) {
        let call = TimedCall(thread)
        guard let call, let namespace = thread.task.namespaces?.time, namespace.shift(ofClock: call.clock) != 0,
            var bytes = try? thread.task.memory.bytes(UserAddress(call.address), count: call.valueOffset + 16)
        else { return resume(thread.tid) }
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: call.valueOffset, as: Timespec.self) }
        // What is no time the host refuses, and zero disarms a timer.
        guard let time = value.total, time > 0 || call.valueOffset == 0 else { return resume(thread.tid) }
        let shifted = Timespec(nanoseconds: namespace.hostTime(time, ofClock: call.clock))
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: shifted, toByteOffset: call.valueOffset, as: Timespec.self) }
        let address = (registers.rsp &- Self.redZone &- 64) & ~15
        guard chost_memory_force(thread.tid, address, bytes, bytes.count) == bytes.count else {
            return resume(thread.tid)
        }
        thread.stage = .shifting(registers)
        var changed = registers
        switch call.register {
        case .third: changed.rdx = address
        case .fourth: changed.r10 = address
        case .fifth: changed.r8 = address
        }
        _ = chost_trace_set_registers(thread.tid, &changed)
        resumeToCallEnd(thread.tid)
    }

    func finishShift(_ thread: HostThread, _ original: user_regs_struct) {
        thread.stage = .running
        var registers = user_regs_struct()
        if chost_trace_get_registers(thread.tid, &registers) == 0 {
            restoreArguments(of: original, in: &registers)
            _ = chost_trace_set_registers(thread.tid, &registers)
        }
        resume(thread.tid)
    }

    private static let redZone: UInt64 = 128

    private static let clockFilter: [sock_filter] = {
        func rule(_ alternatives: [[FilterCondition]]) -> FilterRule {
            FilterRule(action: .allow, alternatives: alternatives, conditionalAction: .trace)
        }
        func equal(_ argument: Int, _ value: UInt64, mask: UInt64 = 0xffff_ffff) -> FilterCondition {
            FilterCondition(argument: argument, mask: mask, comparison: .equal, value: value)
        }
        func given(_ argument: Int) -> FilterCondition {
            FilterCondition(argument: argument, mask: .max, comparison: .notEqual, value: 0)
        }
        let rules: [SyscallNumber: FilterRule] = [
            .clock_gettime: rule([1, 4, 6, 7, 9].map { [equal(0, $0)] }),
            // TIMER_ABSTIME and TFD_TIMER_ABSTIME are 1.
            .clock_nanosleep: rule([1, 7, 9].map { [equal(0, $0), equal(1, 1, mask: 1)] }),
            .timer_settime: rule([[equal(1, 1, mask: 1)]]),
            .timerfd_settime: rule([[equal(1, 1, mask: 1)]]),
            // FUTEX_WAIT_BITSET without FUTEX_CLOCK_REALTIME.
            .futex: rule([[equal(1, 9, mask: 0x17f), given(3)]]),
            .futex_waitv: rule([[equal(4, 1), given(3)]]),
            .futex_wait: rule([[equal(5, 1), given(4)]]),
        ]
        var numbered: [UInt32: FilterRule] = [:]
        for (number, rule) in rules { numbered[UInt32(number.rawValue)] = rule }
        return SeccompProgram(rules: numbered, fallback: FilterRule(action: .allow)).instructions
    }()
}
