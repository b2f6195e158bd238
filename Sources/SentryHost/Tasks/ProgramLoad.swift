import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

extension HostPlatform {
    /// Answers the loader stub: rebuilds the initial stack, writes the steps and installs the program's files. Returns the
    /// notified calls that follow from them. Nil when that cannot be done; the stub then dies by a signal, as a failing
    /// kernel loader makes its task.
    func load(_ plan: ExecPlan, into thread: HostThread) -> [(number: UInt32, arguments: Arguments)]? {
        do throws(Refusal) {
            return try tryLoad(plan, into: thread)
        } catch {
            return nil
        }
    }

    private func tryLoad(
        _ plan: ExecPlan, into thread: HostThread
    ) throws(Refusal) -> [(number: UInt32, arguments: Arguments)] {
        let task = thread.task
        let buffer = UserAddress(thread.arguments.a0)
        let stack = UserAddress(thread.arguments.a1)
        // Numbers above anything the guest has open, so that nothing is replaced.
        let first = max(Int32(clamping: task.files.slotCount), task.files.stubNumber &+ 1)
        var lent: [Int32] = []
        var steps = LoadSteps()
        /// Will hand the task a file for the steps that `body` adds.
        func lend(_ descriptor: Int32, _ body: (inout LoadSteps, Int32) -> Void) {
            body(&steps, first &+ Int32(truncatingIfNeeded: lent.count))
            lent.append(descriptor)
        }
        lend(sealed.descriptor) {
            $0.map(sealedPages: SealedPages.range, fd: $1, seals: sealed.areSealed)
        }
        let addresses = AddressChoice()
        let programBase = plan.program.image.isPositionIndependent ? addresses.programBase : 0
        lend(plan.program.file.descriptor) { $0.map(plan.program.image, fd: $1, base: programBase) }
        var entry = programBase &+ plan.program.image.entry
        var interpreterBase: UInt64 = 0
        if let interpreter = plan.interpreter {
            if interpreter.image.isPositionIndependent { interpreterBase = addresses.interpreterBase }
            lend(interpreter.file.descriptor) { $0.map(interpreter.image, fd: $1, base: interpreterBase) }
            entry = interpreterBase &+ interpreter.image.entry
        }
        steps.close(first...first &+ Int32(truncatingIfNeeded: lent.count) &- 1)
        var initial = try InitialStack(at: stack, of: task)
        initial.filename = plan.filename
        initial.name = plan.commit.comm
        initial.replaceFirstArgument(with: plan.scriptArguments)
        let auxiliaries = AuxiliaryVector(
            plan.program.image, at: programBase, loaderBase: interpreterBase, task.credentials,
            isSecure: plan.commit.isSecure, initial.host)
        // Below the stub's own buffer nothing is lost.
        let placed = try initial.write(auxiliaries, below: stack)
        task.image.argumentsRange = placed.arguments
        task.image.environmentRange = placed.environment
        task.image.auxiliaryVector = placed.auxiliaryVector
        task.image.startStack = placed.pointer
        steps.setName(at: placed.name)
        if lagsBehind(thread) { steps.call(UInt64(CHOST_CALL_LOADED)) }
        steps.jump(stack: placed.pointer, entry: entry)
        guard steps.steps.count <= LoadSteps.maximum else { throw Refusal(.ENOEXEC) }
        let written = unsafe steps.steps.withUnsafeBytes { unsafe task.memory.write(buffer, from: $0) == $0.count }
        guard written else { throw Refusal(.EFAULT) }
        // The stub goes on with the last of them.
        for (index, descriptor) in lent.enumerated() {
            try put(
                descriptor, at: first &+ Int32(truncatingIfNeeded: index), true, thread,
                answers: index == lent.count - 1)
        }
        return steps.steps.compactMap { step in
            guard let call = step.call else { return nil }
            let isOurs = call.number >= 512
            return isOurs || SyscallTable.disposition(call.number).isNotified(call.arguments) ? call : nil
        }
    }
}

/// Where position-independent images go, at random as Linux places them (randomize_va_space 2).
struct AddressChoice {
    /// Asked of the host once for both.
    private let random = UInt64.random(in: .min ... .max)

    var programBase: UInt64 { 0x5555_5555_4000 &+ (random >> 36) << 12 }
    /// Below the stub and its heap, and below anything the host maps from the top.
    var interpreterBase: UInt64 { 0x7d00_0000_0000 &+ (random & 0x3ff_ffff) << 12 }
}
