import Credentials
import LinuxABI

/// /proc/[pid]/loginuid and sessionid: who logged in, for audit (proc_pid_loginuid(5)).
enum PidLogin {
    /// Raw, in the opener's namespace: −1 both for "unset" and for "unmapped". No newline.
    @Sendable static func uid(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        let uid = task.group.login.uid
        return number(uid.isValid ? reader.userNamespace.uid(uid)?.rawValue ?? .max : .max)
    }
    @Sendable static func session(_ task: Task, _ reader: ProcReader) throws(Refusal) -> [UInt8] {
        number(task.group.login.session)
    }

    /// proc_loginuid_write() and audit_set_loginuid().
    @Sendable static func write(_ task: Task, _ write: ProcWrite) throws(Refusal) -> Int {
        guard write.caller === task else { throw Refusal(.procLoginUIDForeign) }
        guard write.offset == 0 else { throw Refusal(.EINVAL) }
        let value: Int64
        do { value = try NumberScanner.whole(write.bytes, anyBase: false) } catch {
            throw Refusal(error == .range ? .ERANGE : .EINVAL)
        }
        guard value >= 0 else { throw Refusal(.EINVAL) }
        guard let id = UInt32(exactly: value) else { throw Refusal(.ERANGE) }
        var login = LoginIdentity()
        if id != .max {
            guard let uid = write.opener.userNamespace.kuid(UID(id)) else { throw Refusal(.EINVAL) }
            login.uid = uid
        }
        if task.group.login.uid.isValid,
            !write.caller.credentials.has(.auditControl, over: task.kernel.initialUserNamespace)
        {
            throw Refusal(.procLoginUIDChange)
        }
        if login.uid.isValid { login.session = task.kernel.allocateLoginSession() }
        task.group.login = login
        return write.bytes.count
    }

    private static func number(_ value: UInt32) -> [UInt8] {
        var text = TextBuffer(capacity: 10)
        text.append(value)
        return text.bytes
    }
}
