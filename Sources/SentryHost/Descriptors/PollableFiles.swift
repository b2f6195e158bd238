import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI

// What stands for a pidfd. A host pidfd would be ready when the host's process ends, which is before the model knows, and
// would hang up before the parent in the sandbox has waited. So it is a socket that listens where nobody can reach it: it
// can be polled, read(2) gives EINVAL, and shutdown(2) makes it readable and then hang up.
extension HostPlatform {
    func makePollableFile() throws(Refusal) -> HostBacking {
        // A name is needed for a moment.
        let result = unsafe chost_pollable("/proc/self/fd/\(files.socketDirectory)/pollable")
        guard result >= 0 else { throw Refusal(LinuxABI.Errno(rawValue: -result)) }
        return .owned(HostFile(owning: result))
    }

    func makeReady(_ file: OpenFile, isHungUp: Bool) {
        guard case .owned(let host) = file.backing else { return }
        shutdown(host.descriptor, Int32(isHungUp ? SHUT_RDWR : SHUT_RD))
    }
}
