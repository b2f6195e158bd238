import Credentials
import LinuxABI

/// Through whose eyes a file is read: the instance's PID namespace, and the credentials and namespaces of the opener.
package struct ProcReader {
    package let kernel: Kernel
    package let pidNamespace: PIDNamespace
    package let credentials: Credentials
    /// The opener's identity; not the task, which must not live on through its own files.
    private let openerPID: PID?
    /// Whether the file lies below a thread's own directory.
    package var isOfThread = false

    package init(_ fileSystem: ProcFS, _ credentials: Credentials, opener: Task?) throws(Refusal) {
        kernel = try fileSystem.requireKernel()
        pidNamespace = fileSystem.pidNamespace
        self.credentials = credentials
        openerPID = opener?.pid
    }

    /// The task that opened, while it lives.
    package var opener: Task? { openerPID?.task }
    /// The opener's own PID namespace, which may be another than the one that this /proc shows.
    var openerNamespace: PIDNamespace { openerPID?.namespace ?? pidNamespace }
    package var userNamespace: UserNamespace { credentials.userNamespace }
    package func uid(_ kuid: KUID) -> UInt32 { userNamespace.uidOrOverflow(kuid).rawValue }
    package func gid(_ kgid: KGID) -> UInt32 { userNamespace.gidOrOverflow(kgid).rawValue }
    /// What the reader's time namespace adds to the time since the start, in nanoseconds.
    var bootTimeShift: Int64 { opener?.namespaces?.time.boottime.total ?? 0 }
    package func number(_ pid: PID) -> Int32 { pid.number(in: pidNamespace) }
}

/// A write to a control file: the bytes, where they go, and who writes and who had opened.
package struct ProcWrite {
    package let bytes: [UInt8]
    package let offset: Int64
    package let caller: any Caller
    /// The credentials with which the file was opened (f_cred).
    package let opener: Credentials
}
