import Credentials
import LinuxABI

extension MountBuilder {
    /// Mounts what needs a kernel: /proc of the initial PID namespace, and /sys. What was mounted before gets its type.
    package func mountKernelFiles(_ kernel: Kernel) throws(Refusal) {
        for mount in mounts.mounts {
            guard let tree = mount.fileSystem as? TmpFS,
                let type = try? kernel.fileSystemTypes.find(tree.type.name).type as? TmpFSType
            else { continue }
            var options = TmpFSOptions(
                uid: mount.root.inode.uid, gid: mount.root.inode.gid, memoryPages: kernel.memoryPages)
            options.mode = mount.root.inode.mode.permissions
            tree.adopt(type, options)
            if type.isShared { type.shared = tree }
        }
        for entry in MountPlan.kernelEntries {
            let context = try kernel.fileSystemTypes.find(entry.type).type.makeContext(.mount, for: self)
            let root = try context.create(for: self)
            try mount(
                root.fileSystem, root: root.dentry, at: entry.target, flags: entry.flags,
                source: entry.type.description)
        }
    }
}
