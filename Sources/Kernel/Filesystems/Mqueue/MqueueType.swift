import Credentials
import LinuxABI

/// The type `mqueue`: an IPC namespace's queues, which are there whether or not somebody mounts them (mq_overview(7)).
package final class MqueueType: FileSystemType {
    private weak var kernel: Kernel?

    package init(_ kernel: Kernel) {
        self.kernel = kernel
        super.init("mqueue", .mountableByUserNamespace)
    }

    package override func makeContext(
        _ purpose: FileSystemContext.Purpose, flags: SuperBlockFlags, mask: SuperBlockFlags, for caller: any Caller
    ) throws(Refusal) -> FileSystemContext {
        guard let kernel else { throw Refusal(.ENODEV) }
        let namespace = (caller as? Task)?.namespaces?.ipc ?? kernel.initialNamespaces.ipc
        return SharedContext(
            self, purpose, flags: flags, mask: mask, userNamespace: namespace.owner, for: caller
        ) { context, _ throws(Refusal) in
            let mount = namespace.queues
            return try context.share(FileSystemContext.Root(mount.fileSystem, mount.root))
        }
    }
}
