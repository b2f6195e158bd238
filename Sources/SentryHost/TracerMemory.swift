import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

/// A change of a task's memory that it is making: host calls, one after the other, at the place of its own call.
struct PendingMemoryChange {
    struct Call {
        let number: SyscallNumber
        let arguments: Arguments
        /// Whether this is the change itself, and not what must follow it.
        let isStep: Bool
    }
    let change: MemoryChange
    /// The call that asked for it, for the trace.
    let number: UInt32
    let arguments: Arguments
    var calls: [Call]
    /// What the steps have come to.
    var result: Result<UInt64, LinuxABI.Errno> = .success(0)
}

extension HostPlatform {
    /// Begins a change for a task whose call waits for an answer: hands over the files to map, then has the tracer stop the
    /// task. False when that cannot be done.
    func begin(_ change: MemoryChange, in thread: HostThread) -> Bool {
        var calls: [PendingMemoryChange.Call] = []
        for step in change.steps {
            switch step {
            case .map(let file, let isWritable, let address, let size, let protection, let flags):
                guard let fd = lend(file, isWritable: isWritable, to: thread) else { return false }
                let number = UInt64(UInt32(bitPattern: fd))
                let arguments = Arguments(address, size, protection, flags, number, 0)
                calls.append(.init(number: .mmap, arguments: arguments, isStep: true))
                calls.append(.init(number: .close, arguments: Arguments(number), isStep: false))
            case .unmap(let range):
                let arguments = Arguments(range.lowerBound, range.upperBound &- range.lowerBound)
                calls.append(.init(number: .munmap, arguments: arguments, isStep: true))
            }
        }
        thread.memoryChange = PendingMemoryChange(
            change: change, number: thread.call, arguments: thread.arguments, calls: calls)
        interrupt(thread, answer: .success(0))
        return true
    }

    /// Installs a host file in the task at a number that neither it nor a thread with the same table will have soon.
    private func lend(_ file: HostFile, isWritable: Bool, to thread: HostThread) -> Int32? {
        var descriptor = file.descriptor
        if !isWritable { descriptor = open("/proc/self/fd/\(file.descriptor)", O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { return nil }
        defer { if !isWritable { close(descriptor) } }
        let files = thread.task.files
        let others = allThreads.filter { $0.task.files === files }.flatMap(\.loaderDescriptors)
        var number = max(Int32(clamping: files.entries.count), files.stubNumber &+ 1) &+ Self.lentMargin
        while others.contains(number) { number += 1 }
        do throws(Refusal) {
            try put(descriptor, at: number, true, thread)
        } catch {
            return nil
        }
        thread.loaderDescriptors.append(number)
        return number
    }

    /// How many files other threads may open meanwhile.
    private static let lentMargin: Int32 = 32

    /// The thread has ended: nobody makes its change.
    func dropMemoryChange(of thread: HostThread) {
        guard let pending = thread.memoryChange else { return }
        thread.memoryChange = nil
        _ = pending.change.finish(.failure(.EINTR))
    }
}

extension Tracer {
    /// Makes a stopped task, whose call has just ended, call the host in its place. No signal comes between.
    func startMemoryChange(_ thread: HostThread) {
        var registers = user_regs_struct()
        guard chost_trace_get_registers(thread.tid, &registers) == 0 else { return resume(thread.tid) }
        registers.orig_rax = .max
        thread.stage = .changingMemory(registers, blocked: chost_trace_blocked(thread.tid))
        _ = chost_trace_block(thread.tid, .max)
        nextMemoryCall(thread, registers)
    }

    private func nextMemoryCall(_ thread: HostThread, _ original: user_regs_struct) {
        guard let call = thread.memoryChange?.calls.first else { return finishMemoryChange(thread) }
        var registers = original
        registers.rip &-= 2
        registers.rax = UInt64(call.number.rawValue)
        registers.rdi = call.arguments.a0
        registers.rsi = call.arguments.a1
        registers.rdx = call.arguments.a2
        registers.r10 = call.arguments.a3
        registers.r8 = call.arguments.a4
        registers.r9 = call.arguments.a5
        _ = chost_trace_set_registers(thread.tid, &registers)
        resumeToCallEnd(thread.tid)
    }

    /// One of the calls has ended.
    func memoryCallEnded(_ thread: HostThread, _ original: user_regs_struct) {
        var registers = user_regs_struct()
        guard var pending = thread.memoryChange, !pending.calls.isEmpty,
            chost_trace_get_registers(thread.tid, &registers) == 0
        else { return finishMemoryChange(thread) }
        let call = pending.calls.removeFirst()
        if call.isStep, case .success = pending.result {
            let value = Int64(bitPattern: registers.rax)
            if (-4095..<0).contains(value) {
                pending.result = .failure(LinuxABI.Errno(rawValue: Int32(truncatingIfNeeded: -value)))
                // What was lent is still to be given back.
                pending.calls.removeAll { $0.isStep }
            } else {
                pending.result = .success(registers.rax)
            }
        }
        thread.memoryChange = pending
        nextMemoryCall(thread, original)
    }

    private func finishMemoryChange(_ thread: HostThread) {
        guard case .changingMemory(let original, let blocked) = thread.stage else { return resume(thread.tid) }
        thread.stage = .running
        var registers = original
        if let pending = thread.memoryChange {
            thread.memoryChange = nil
            switch pending.change.finish(pending.result) {
            case .success(let value):
                registers.rax = UInt64(bitPattern: value)
                sentry.tracing?.record(thread.task, pending.number, pending.arguments, Outcome.value(value))
            case .failure(let errno):
                registers.rax = UInt64(bitPattern: Int64(-errno.rawValue))
                sentry.tracing?.record(thread.task, pending.number, pending.arguments, Refusal(errno))
            }
        }
        _ = chost_trace_block(thread.tid, blocked)
        _ = chost_trace_set_registers(thread.tid, &registers)
        platform.settle()
        resume(thread.tid)
    }
}
