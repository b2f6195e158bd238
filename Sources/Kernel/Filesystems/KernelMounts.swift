import Credentials
import LinuxABI

extension World {
    /// Mounts what needs a kernel: /proc of the initial PID namespace, and /sys. From now on devtmpfs is what /dev shows.
    package func mountKernelFiles(_ kernel: Kernel) throws(Refusal) {
        if let type = try kernel.fileSystemTypes.find("devtmpfs").type as? TmpFSType {
            type.shared = try directory(Array("/dev".utf8)).mount.fileSystem as? TreeFileSystem
        }
        let flags: MountFlags = [.noSetuid, .noDevices, .noExec, .relatime]
        try mount("proc", of: kernel, at: "/proc", flags: flags)
        try mount("sysfs", of: kernel, at: "/sys", flags: flags)
    }

    private func mount(_ type: Name, of kernel: Kernel, at target: String, flags: MountFlags) throws(Refusal) {
        let context = try kernel.fileSystemTypes.find(type).type.makeContext(.mount, for: self)
        let root = try context.create(for: self)
        try mount(root.fileSystem, root: root.dentry, at: target, flags: flags, source: type.description)
    }
}
