import Credentials
import LinuxABI

/// One mounted /proc: it belongs to a PID namespace, whose numbers it shows (proc(5)).
package final class ProcFS: PseudoFileSystem {
    private weak var kernel: Kernel?
    package let pidNamespace: PIDNamespace
    package internal(set) var options: ProcOptions

    package init(
        kernel: Kernel, type: FileSystemType = ProcType(nil), pidNamespace: PIDNamespace, device: DeviceNumber,
        userNamespace: UserNamespace, options: ProcOptions = ProcOptions()
    ) {
        self.kernel = kernel
        self.pidNamespace = pidNamespace
        self.options = options
        super.init(
            type: type, magic: 0x9fa0, device: device, userNamespace: userNamespace,
            created: kernel.platform.storage.now)
    }

    package override var refusesMissingNames: Bool { true }
    package override var optionsText: [UInt8] { options.text }

    /// The root directory, inode 1.
    package var root: Dentry { makeRoot(ProcRoot(self)) }

    /// The kernel, which is there as long as anybody can look.
    func requireKernel() throws(Refusal) -> Kernel {
        guard let kernel else { throw Refusal(.EIO) }
        return kernel
    }

    /// has_pid_permissions(): whether `caller` may know of `task` where processes are hidden to `degree` or further.
    func reveals(_ task: Task, to caller: any Caller, at degree: ProcOptions.Hiding) -> Bool {
        if options.hiding != .untraceable {
            if options.hiding.rawValue < degree.rawValue || caller.credentials.isMember(of: options.group) {
                return true
            }
        }
        guard let own = caller as? Task else { return true }
        return own.mayAccess(task, .readByFSCredentials) == nil
    }
}
