import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

// Chains of host calls.
extension Tracer {
    /// Has a stopped thread, which is in no call, make the chain's calls and then go on with `registers`. No signal comes
    /// between.
    func begin(_ chain: Chain, _ thread: HostThread, _ registers: user_regs_struct) {
        chain.saved = registers
        // Nothing of the call that ended is restarted.
        if !chain.isInterruptible { chain.saved.orig_rax = .max }
        chain.blocked = chost_trace_blocked(thread.tid)
        _ = chost_trace_block(thread.tid, .max)
        thread.state = .chain(chain)
        advance(thread, chain)
    }

    /// Begins the next step, or ends the chain.
    private func advance(_ thread: HostThread, _ chain: Chain) {
        while let step = chain.next() {
            if case .write(let address, let bytes) = step {
                let count = unsafe bytes.withUnsafeBytes {
                    let written = unsafe chost_memory_write(thread.tid, address, $0.baseAddress, $0.count)
                    // What the program may not write either is written as a debugger does it.
                    return unsafe written == $0.count
                        ? written : chost_trace_poke(thread.tid, address, $0.baseAddress, $0.count)
                }
                guard count == bytes.count else { return destroy(thread) }
                continue
            }
            var registers = chain.saved
            registers.rip = SealedPages.callInstruction
            registers.rax = UInt64(CHOST_CALL_CHAIN)
            chain.isInCall = false
            return resume(thread, with: registers)
        }
        thread.state = .running
        _ = chost_trace_block(thread.tid, chain.blocked)
        var registers = chain.saved
        if let value = chain.finish() { registers.rax = UInt64(bitPattern: value) }
        resumeInProgram(thread, registers)
    }

    /// The thread has entered the kernel. That it is the chain's call is seen from its registers, which are its own: where it
    /// came from and with which number.
    func chainEntered(_ thread: HostThread, _ chain: Chain, _ registers: user_regs_struct) {
        guard registers.rip == SealedPages.callInstruction + 2, registers.orig_rax == UInt64(CHOST_CALL_CHAIN),
            let call = chain.call
        else { return destroy(thread) }
        chain.isInCall = true
        if chain.isInterruptible { _ = chost_trace_block(thread.tid, chain.blocked) }
        resume(thread, with: registers.permitting(call.number, call.arguments))
    }

    func chainCallEnded(_ thread: HostThread, _ chain: Chain, _ registers: user_regs_struct) {
        guard registers.rip == CHOST_PERMIT, let call = chain.call, registers.orig_rax == call.number else {
            return destroy(thread)
        }
        chain.isInCall = false
        chain.ended(registers.result)
        advance(thread, chain)
    }

    /// A thread is about to go on in its program after a call: what it has to do before comes first.
    func comesToProgram(_ thread: HostThread, _ registers: user_regs_struct) {
        if thread.loading == nil, thread.pendingChain != nil || platform.lagsBehind(thread) {
            resumeInProgram(thread, registers)
        } else {
            resume(thread)
        }
    }

    /// Lets a stopped thread that is in no call go on in its program, when the host has all that its profile asks for.
    func resumeInProgram(_ thread: HostThread, _ registers: user_regs_struct) {
        if let chain = thread.pendingChain {
            thread.pendingChain = nil
            begin(chain, thread, registers)
        } else if let time = thread.task.namespaces?.time, !thread.clocks.suits(time) {
            shiftClocks(thread, registers, to: time)
        } else {
            resume(thread, with: registers)
        }
    }
}

extension Chain {
    /// The current step's call.
    fileprivate var call: (number: UInt64, arguments: Arguments)? {
        switch current {
        case .call(let number, let arguments, _, _): (UInt64(number.rawValue), arguments)
        case .notify: (UInt64(CHOST_CALL_NOTIFY), Arguments())
        case .write, nil: nil
        }
    }
}

extension Sentry {
    /// Has a task whose call waits for an answer make host calls before it goes on; their result is the call's. False when
    /// that cannot be done.
    func begin(_ calls: HostCallSequence, in thread: HostThread) -> Bool {
        var steps: [Chain.Step] = []
        for step in calls.steps {
            switch step {
            case .map(let file, let isWritable, let address, let size, let protection, let flags):
                guard let fd = platform.lend(file, isWritable: isWritable, to: thread) else { return false }
                let number = UInt64(UInt32(bitPattern: fd))
                steps.append(.call(.mmap, Arguments(address, size, protection, flags, number, 0)))
                steps.append(.call(.close, Arguments(number), counts: false))
            case .unmap(let range):
                steps.append(.call(.munmap, Arguments(range.lowerBound, range.upperBound &- range.lowerBound)))
            case .call(let number, var arguments, let structures):
                var slots: [SealedPages.Slot] = []
                for structure in structures {
                    guard let slot = platform.sealed.store(structure.bytes) else { return false }
                    slots.append(slot)
                    arguments[structure.argument] = slot.address
                }
                steps.append(.call(number, arguments, slots: slots))
            }
        }
        let (number, arguments) = (thread.call, thread.arguments)
        thread.pendingChain = Chain(steps) { [tracing, weak thread] result in
            let ended = calls.finish(result ?? .success(0))
            if let thread {
                thread.lentDescriptors.removeAll()
                switch ended {
                case .success(let value): tracing?.record(thread.task, number, arguments, .value(value))
                case .failure(let errno): tracing?.record(thread.task, number, arguments, Refusal(errno))
                }
            }
            return switch ended {
            case .success(let value): value
            case .failure(let errno): Int64(-errno.rawValue)
            }
        }
        if steps.count == 1, case .call = calls.steps.first { thread.pendingChain?.isInterruptible = true }
        platform.interrupt(thread, answer: .success(0))
        return true
    }
}

extension HostPlatform {
    /// Installs a host file in the task at a number that neither it nor a thread with the same table will have soon.
    func lend(_ file: HostFile, isWritable: Bool, to thread: HostThread) -> Int32? {
        var descriptor = file.descriptor
        if !isWritable { descriptor = openHost("/proc/self/fd/\(file.descriptor)", O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { return nil }
        defer { if !isWritable { close(descriptor) } }
        let files = thread.task.files
        let others = allThreads.filter { $0.task.files === files }.flatMap(\.lentDescriptors)
        var number = max(Int32(clamping: files.slotCount), files.stubNumber &+ 1) &+ Self.lentMargin
        while others.contains(number) { number += 1 }
        do throws(Refusal) {
            try put(descriptor, at: number, true, thread)
        } catch {
            return nil
        }
        thread.lentDescriptors.append(number)
        return number
    }

    /// How many files other threads may open meanwhile.
    private static let lentMargin: Int32 = 32
}
