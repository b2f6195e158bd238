import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

// rt_sigtimedwait(2) and reads from a signalfd run on the host, which gives out the sentry's envelopes (SignalEnvelope);
// at the call's end they are opened in the guest's memory.
extension Tracer {
    // MARK: rt_sigtimedwait

    func awaitSignal(_ thread: HostThread, _ registers: user_regs_struct) {
        let arguments = thread.arguments
        // The host discards no signal that was blocked when the wait began (sig_ignored), and tells nobody of that.
        if arguments.a3 == 8, let set = try? thread.task.memory.load(UserAddress(arguments.a0), as: UInt64.self) {
            thread.awaitedSignals = set & chost_trace_blocked(thread.tid)
        }
        watch(thread, registers, .awaitedSignal(UserAddress(arguments.a1)))
    }

    func signalCame(_ thread: HostThread, _ address: UserAddress, _ registers: user_regs_struct) {
        thread.awaitedSignals = 0
        if (1...64).contains(registers.rax) {
            kernel.signalTaken(Signal(rawValue: Int32(truncatingIfNeeded: registers.rax)), by: thread.task)
        }
        if !address.isNull, (1...64).contains(registers.rax),
            let info = try? thread.task.memory.load(address, as: chost_siginfo.self),
            let opened = SignalEnvelope.open(info, for: thread.task)
        {
            try? thread.task.memory.store(opened, at: address)
        }
        resume(thread)
    }

    // MARK: signalfd

    /// A followed thread enters a call. Which calls read from a signalfd or a file system's context, no filter can tell: it
    /// sees only numbers.
    func followedCallBegins(_ thread: HostThread, _ registers: user_regs_struct) {
        let number = SyscallNumber(rawValue: UInt16(truncatingIfNeeded: registers.orig_rax))
        let file = thread.task.files[Int32(truncatingIfNeeded: registers.rdi)]
        if number == .read || number == .readv, file?.showsSignals == true {
            return watch(thread, registers, .signalRecords)
        }
        if let context = file as? FSContextFile, thread.loading == nil {
            let call = SystemCall(UInt32(truncatingIfNeeded: registers.orig_rax), registers.arguments)
            if let value = FileSystemSetupReads.answer(call, context, thread.task) {
                return answer(thread, registers, value, at: .entry)
            }
        }
        if !platform.sealed.areSealed, let number, TimedCall.numbers.contains(number) {
            thread.call = UInt32(truncatingIfNeeded: registers.orig_rax)
            thread.arguments = registers.arguments
            return shiftTime(thread, registers)
        }
        resume(thread)
    }

    func finishRead(_ thread: HostThread, _ original: user_regs_struct, _ registers: user_regs_struct) {
        if (1...Self.mostBytes).contains(registers.rax) {
            if SyscallNumber(rawValue: UInt16(truncatingIfNeeded: original.orig_rax)) == .read {
                openRecords(at: UserAddress(original.rsi), count: registers.rax, of: thread.task)
            } else {
                openRecords(inVectors: UserAddress(original.rsi), count: registers.rax, of: thread.task)
            }
        }
        resume(thread)
    }

    /// More than any read of pending signals brings.
    private static let mostBytes: UInt64 = 1 << 24
    private static let recordSize = UInt64(MemoryLayout<signalfd_siginfo>.size)

    private func openRecords(at address: UserAddress, count: UInt64, of task: Task) {
        let memory = task.memory
        for index in 0..<Int(count / Self.recordSize) {
            let place = address.advanced(by: index * Int(Self.recordSize))
            guard let record = try? memory.load(place, as: signalfd_siginfo.self) else { continue }
            take(record, task)
            guard let opened = SignalEnvelope.open(record, for: task) else { continue }
            try? memory.store(opened, at: place)
        }
    }

    /// The guest may have changed the record meanwhile, and then only its own user's count is wrong.
    private func take(_ record: signalfd_siginfo, _ task: Task) {
        guard (1...64).contains(record.ssi_signo) else { return }
        kernel.signalTaken(Signal(rawValue: Int32(record.ssi_signo)), by: task)
    }

    /// The same where readv(2) has scattered them; a record may lie across vectors.
    private func openRecords(inVectors vectors: UserAddress, count: UInt64, of task: Task) {
        let memory = task.memory
        var pieces: [(address: UserAddress, count: Int)] = []
        var left = Int(count)
        for index in 0..<1024 where left > 0 {
            guard let vector = try? memory.load(vectors.advanced(by: index * 16), as: SIMD2<UInt64>.self) else {
                return
            }
            let size = Int(min(UInt64(left), vector.y))
            pieces.append((UserAddress(vector.x), size))
            left -= size
        }
        var bytes: [UInt8] = []
        for piece in pieces {
            guard let part = try? memory.bytes(piece.address, count: piece.count) else { return }
            bytes += part
        }
        for start in stride(from: 0, to: bytes.count - Int(Self.recordSize) + 1, by: Int(Self.recordSize)) {
            unsafe bytes.withUnsafeMutableBytes { buffer in
                let record = unsafe buffer.loadUnaligned(fromByteOffset: start, as: signalfd_siginfo.self)
                take(record, task)
                if let opened = SignalEnvelope.open(record, for: task) {
                    unsafe buffer.storeBytes(of: opened, toByteOffset: start, as: signalfd_siginfo.self)
                }
            }
        }
        var start = 0
        for piece in pieces {
            try? memory.store(Array(bytes[start..<start + piece.count]), at: piece.address)
            start += piece.count
        }
    }
}
