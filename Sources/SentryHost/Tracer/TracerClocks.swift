import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

/// What a thread's memory and filters tell of clocks.
struct ShownClocks {
    /// Whose offsets its memory shows; nil for none.
    private(set) var time: TimeNamespace?
    /// In the place of the vDSO; nil where that is the host's, or where its clock_gettime is a system call.
    private(set) var image: ClockImage?
    /// Whether it has the layer, which no exec takes away.
    private(set) var hasLayer = false

    /// Whether that is right for a task in `wanted`.
    func suits(_ wanted: TimeNamespace?) -> Bool {
        wanted === time || (time == nil || image == nil) && wanted?.hasOffsets != true
    }

    mutating func show(_ time: TimeNamespace, _ image: ClockImage?, hasLayer: Bool) {
        self.time = time
        self.image = image
        self.hasLayer = hasLayer
    }

    /// Notes that the host's own clocks are right for a task in `time`.
    mutating func note(_ time: TimeNamespace) { self.time = time }

    mutating func dropImage() { image = nil }

    /// The thread has a new program.
    mutating func dropMemory() {
        time = nil
        image = nil
    }
}

// Clocks of a time namespace with offsets. The host knows nothing of them, and its vDSO tells its own clocks without a
// call. So in the memory of a task that enters such a namespace an image of ours takes the vDSO's place, and a layer, a
// second filter of ours, stops the calls that take absolute times of these clocks for the tracer. Children inherit both;
// tasks without offsets pay nothing.
extension Tracer {
    /// Prepares a stopped thread that is in no call. Nobody shares its memory: setns(2), fork and exec see to that.
    func shiftClocks(_ thread: HostThread, _ registers: user_regs_struct, to time: TimeNamespace) {
        let offsets = chost_clock_offsets(time)
        let space = ResourceLimit.addressSpace
        platform.applyLimit(space, thread.task.group.limits[space], to: thread.task)
        var steps: [Chain.Step] = []
        // SECCOMP_SET_MODE_FILTER is 1.
        let installsLayer = platform.sealed.areSealed && !thread.clocks.hasLayer
        if installsLayer { steps.append(.call(.seccomp, Arguments(1, 0, SealedPages.clockLayer), counts: false)) }
        var image = thread.clocks.image
        let before = steps.count
        let vdso = chost_vdso_address(thread.tid)
        if let image {
            steps.append(image.change(to: offsets))
        } else {
            image = ClockImage(
                maps: HostProc.read("/proc/\(thread.tid)/maps", limit: 1 << 24), vdso: vdso,
                destination: SealedPages.range.lowerBound - 2 * ClockImage.room, offsets: offsets)
            steps += image?.steps ?? [ClockImage.systemCall(vdso: vdso)].compactMap(\.self)
        }
        thread.clocks.show(time, image, hasLayer: platform.sealed.areSealed)
        let made = image
        let chain = Chain(steps)
        chain.whenEnded { [weak thread, weak chain] result in
            // Where the host does not let its vDSO be moved, it is put back, and its function becomes a system call.
            if case .failure = result, let made, let thread, let chain {
                thread.clocks.dropImage()
                let undone = made.undoing(max(0, chain.started - before - 1))
                thread.pendingChain = Chain(undone + [ClockImage.systemCall(vdso: vdso)].compactMap(\.self))
            }
            return nil
        }
        begin(chain, thread, registers)
    }

    /// Lets the host have an absolute time as it counts it. A thread whose call is not about a shifted clock makes it as it
    /// stands: what a guest could change meanwhile deceives only itself.
    func shiftTime(_ thread: HostThread, _ registers: user_regs_struct) {
        let call = TimedCall(thread)
        guard let call, let namespace = thread.task.namespaces?.time, namespace.shift(ofClock: call.clock) != 0,
            var bytes = try? thread.task.memory.bytes(UserAddress(call.address), count: call.valueOffset + 16)
        else { return resume(thread) }
        let value = Timespec(bytes, at: call.valueOffset)
        // What is no time the host refuses, and zero disarms a timer.
        guard let time = value.total, time > 0 || call.valueOffset == 0 else { return resume(thread) }
        let shifted = Timespec(nanoseconds: namespace.hostTime(time, ofClock: call.clock))
        bytes.replaceSubrange(call.valueOffset..., with: LittleEndian.bytes([shifted.seconds, shifted.fraction]))
        guard let number = SyscallNumber(rawValue: UInt16(truncatingIfNeeded: thread.call)),
            let slot = platform.sealed.store(bytes)
        else { return resume(thread) }
        var arguments = thread.arguments
        switch call.register {
        case .third: arguments.a2 = slot.address
        case .fourth: arguments.a3 = slot.address
        case .fifth: arguments.a4 = slot.address
        }
        permit(
            thread,
            HostCall(number: number, arguments: arguments, saved: registers, end: .result, slots: [slot]))
    }
}

extension SeccompProgram {
    /// The layer: calls with absolute times of clocks that can be shifted go to the tracer.
    static let clockLayer: SeccompProgram = {
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
        return SeccompProgram(rules: numbered, fallback: FilterRule(action: .allow))
    }()
}
