import Credentials
import LinuxABI

/// /proc/self and /proc/thread-self: links whose text is the reader's own number in this instance's PID namespace.
enum SelfLink {
    /// ENOENT for a reader that this PID namespace does not see.
    @Sendable static func process(_ proc: ProcFS?, _ caller: any Caller) throws(Refusal) -> [UInt8] {
        guard let proc, let task = caller as? Task else { throw Refusal(.ENOENT) }
        let number = task.group.pid.number(in: proc.pidNamespace)
        guard number > 0 else { throw Refusal(.ENOENT) }
        var text = TextBuffer(capacity: 8)
        text.append(number)
        return text.bytes
    }

    @Sendable static func thread(_ proc: ProcFS?, _ caller: any Caller) throws(Refusal) -> [UInt8] {
        guard let proc, let task = caller as? Task else { throw Refusal(.ENOENT) }
        let thread = task.pid.number(in: proc.pidNamespace)
        guard thread > 0 else { throw Refusal(.ENOENT) }
        var text = TextBuffer(capacity: 24)
        text.append(task.group.pid.number(in: proc.pidNamespace))
        text.append("/task/")
        text.append(thread)
        return text.bytes
    }
}
