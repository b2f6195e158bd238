import Credentials
import LinuxABI

/// The type `sysfs`: one instance for each network namespace, which belongs to the machine.
package final class SysType: FileSystemType {
    private weak var kernel: Kernel?
    private let instances = SharedFileSystems()

    package init(_ kernel: Kernel) {
        self.kernel = kernel
        super.init("sysfs", [.mountableByUserNamespace, .mustBeVisible])
    }

    /// sysfs_init_fs_context(): who may not administer the network is refused before options are read.
    package override func makeContext(
        _ purpose: FileSystemContext.Purpose, flags: SuperBlockFlags, mask: SuperBlockFlags, for caller: any Caller
    ) throws(Refusal) -> FileSystemContext {
        guard let kernel else { throw Refusal(.ENODEV) }
        let network = (caller as? Task)?.namespaces?.net ?? kernel.initialNamespaces.net
        if let owner = network.owner, !caller.credentials.has(.sysAdmin, over: owner) {
            throw caller.refusal(
                .mountTypeNotPermitted, "sysfs needs CAP_SYS_ADMIN over the owner of the network namespace")
        }
        return SharedContext(self, purpose, flags: flags, mask: mask, userNamespace: network.owner, for: caller) {
            [instances] context, _ throws(Refusal) in
            try context.root(in: instances, for: network) { () throws(Refusal) in
                let made = SysFS(
                    kernel: kernel, type: context.type, network: network, device: kernel.anonymousDevices.allocate(),
                    userNamespace: kernel.initialUserNamespace)
                return FileSystemContext.Root(made, made.root)
            }
        }
    }
}
