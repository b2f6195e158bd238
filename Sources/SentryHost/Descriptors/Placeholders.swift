import CHostLinux
import Glibc
import Kernel
import LinuxABI

/// Host descriptions that behave like what the guest has open and reach nothing: shared by all tasks.
struct Placeholders {
    /// A directory: read gives EISDIR. It is the sandbox's own empty directory, removed from its parent; tasks also begin in it.
    let directory: Int32
    /// Opened for neither reading nor writing (open(2), "File access mode"): both give EBADF, as on a closed descriptor.
    /// A host O_PATH description cannot be installed in a task.
    let path: Int32
    /// Neither read nor write: EINVAL.
    let inert: Int32
    /// The loader stub, and which file it is.
    let stub: Int32
    let stubIdentity: HostIdentity?

    /// Files of the sentry that tasks may not look into: reading fails with EACCES and EPERM; −1 where the host has none.
    private let denied: Int32
    private let notPermitted: Int32

    /// A description whose read(2) fails with `errno`.
    func refusing(_ errno: LinuxABI.Errno) -> Int32? {
        let descriptor =
            switch errno {
            case .EACCES: denied
            case .EPERM: notPermitted
            default: Int32(-1)
            }
        return descriptor >= 0 ? descriptor : nil
    }

    init(_ privateDirectory: PrivateDirectory) throws(LinuxABI.Errno) {
        // do_io_accounting() and lock_trace() look at who reads.
        denied = openHost("/proc/self/io", O_RDONLY | O_CLOEXEC)
        notPermitted = openHost("/proc/self/personality", O_RDONLY | O_CLOEXEC)
        stub = try Self.check(chost_stub_create())
        stubIdentity = HostIdentity(of: stub)
        directory = try privateDirectory.makeUnnamedDirectory()
        let memory = try Self.check(unsafe chost_memory_file("path", 1))
        let reopened = openHost("/proc/self/fd/\(memory)", O_WRONLY | O_RDWR | O_CLOEXEC)
        path = try Self.check(reopened < 0 ? -errno : reopened)
        close(memory)
        // A namespace file is what most of these are: no position, always ready, nothing to read. It is good for no more,
        // as no task may call setns on the host.
        let namespace = openHost("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC)
        inert = namespace >= 0 ? namespace : try Self.check(chost_epoll())
    }

    private static func check(_ result: Int32) throws(LinuxABI.Errno) -> Int32 {
        guard result >= 0 else { throw LinuxABI.Errno(rawValue: -result) }
        return result
    }
}
