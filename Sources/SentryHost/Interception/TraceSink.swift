import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI
import Syscalls

/// Where trace lines go, if anywhere.
final class TraceSink {
    private let descriptor: Int32
    private let refusalsOnly: Bool

    init(descriptor: Int32, refusalsOnly: Bool) {
        self.descriptor = descriptor
        self.refusalsOnly = refusalsOnly
    }

    /// The sink that the configuration asks for; nil for none.
    static func open(_ configuration: RunConfiguration) throws(SandboxError) -> TraceSink? {
        switch configuration.trace {
        case .none: return nil
        case .stderr:
            // Out of the way of the streams, where the limit of open files leaves room for that.
            let copy = fcntl(2, F_DUPFD_CLOEXEC, 100)
            return TraceSink(descriptor: copy >= 0 ? copy : 2, refusalsOnly: configuration.explainOnly)
        case .file(let path):
            let descriptor = openHost(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                throw SandboxError("cannot write the trace to \(path): \(LinuxABI.Errno(rawValue: errno).message)")
            }
            return TraceSink(descriptor: descriptor, refusalsOnly: configuration.explainOnly)
        }
    }

    /// Records a call that was answered or left to the host.
    func record(_ task: Task, _ number: UInt32, _ arguments: Arguments, _ outcome: Outcome) {
        if !refusalsOnly {
            let result: TraceResult? =
                switch outcome {
                case .value(let value): .value(value)
                case .continueOnHost: .continued
                case .wait: .unfinished
                // Its result is recorded when it is there.
                case .callHost, .work: nil
                }
            if let result { write(TraceLine.render(number, arguments, result, task: task)) }
        }
        if case .value(let value) = outcome, Self.opens(number) { recordReads(of: Int32(clamping: value), task) }
    }

    private static func opens(_ number: UInt32) -> Bool {
        switch SyscallNumber(rawValue: UInt16(clamping: number)) {
        case .open, .openat, .openat2, .creat: true
        default: false
        }
    }

    /// Records what reads of a file just opened will be refused with: the host does it, and nobody sees them.
    private func recordReads(of fd: Int32, _ task: Task) {
        guard let refusal = task.files[fd]?.readRefusal else { return }
        record(
            task, UInt32(SyscallNumber.read.rawValue), Arguments(UInt64(UInt32(bitPattern: fd)), 0, 0, 0, 0, 0), refusal
        )
    }

    /// Records a refusal with the state that mattered.
    func record(_ task: Task, _ number: UInt32, _ arguments: Arguments, _ refusal: Refusal) {
        guard refusal.rule != nil || !refusalsOnly else { return }
        let told = refusal.explanation == nil ? refusal.explained(Explanation.caller(task)) : refusal
        write(TraceLine.render(number, arguments, .refusal(told), task: task))
    }

    private func write(_ line: [UInt8]) {
        writeBytes(line, to: descriptor)
    }
}
