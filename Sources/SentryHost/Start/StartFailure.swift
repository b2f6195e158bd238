import LinuxABI

/// Why the first task could not be started, in one line with what to do.
enum StartFailure {
    static func describe(_ errno: LinuxABI.Errno) -> SandboxError {
        // A limit that is reached makes the host look as if it lacked something.
        switch errno {
        case .EAGAIN: return SandboxError("the limit of processes (ulimit -u) is reached")
        // A number beyond the limit is EBADF (dup(2)).
        case .EMFILE, .EBADF: return SandboxError("the limit of open files (ulimit -n) is too low")
        default: break
        }
        if let problem = HostCheck.problem { return SandboxError("this host cannot run a sandbox: \(problem)") }
        return switch errno {
        case .EINVAL: SandboxError("this host's seccomp refuses the filter (Linux 5.19 or newer is needed)")
        case .EPERM: SandboxError("this host forbids tracing a child or setting a filter (a container's own filter?)")
        default: SandboxError("cannot start a task: \(errno.message)")
        }
    }
}
