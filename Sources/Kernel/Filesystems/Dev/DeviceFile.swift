import Credentials
import LinuxABI

/// An open character device: one of the few that a sandbox has.
package final class DeviceFile: OpenFile {
    /// Opens the device node at `path`; ENXIO for numbers without a driver, and for /dev/tty without a controlling terminal.
    package static func open(
        _ path: Path, flags: OpenFlags, storage: any HostStorage, for caller: any Caller
    ) throws(Refusal) -> OpenFile {
        guard let device = HostDevice(path.inode.device) else { throw Refusal(.ENXIO) }
        if device == .tty, (caller as? Task)?.group.hasTerminal != true { throw Refusal(.ENXIO) }
        let host = try storageCall { () throws(Errno) in try storage.openDevice(device, flags: flags) }
        return DeviceFile(path: path, flags: flags, credentials: caller.credentials, backing: .owned(host))
    }
}

extension HostDevice {
    /// By major and minor number (null(4), random(4), full(4), tty(4)).
    package init?(_ number: DeviceNumber) {
        switch (number.major, number.minor) {
        case (1, 3): self = .null
        case (1, 5): self = .zero
        case (1, 7): self = .full
        case (1, 8): self = .random
        case (1, 9): self = .urandom
        case (5, 0): self = .tty
        default: return nil
        }
    }
}
