import Credentials
import LinuxABI

extension World {
    /// Mounts what needs a kernel: /proc of the initial PID namespace, and /sys.
    package func mountKernelFiles(_ kernel: Kernel) throws(Refusal) {
        let user = kernel.initialUserNamespace
        let flags: MountFlags = [.noSetuid, .noDevices, .noExec, .relatime]
        let proc = ProcFS(
            kernel: kernel, pidNamespace: kernel.initialPIDNamespace, device: mounts.numbers.allocateDevice(),
            userNamespace: user)
        try mount(proc, root: proc.root, at: "/proc", flags: flags, source: "proc")
        let sysfs = SysFS(kernel: kernel, device: mounts.numbers.allocateDevice(), userNamespace: user)
        try mount(sysfs, root: sysfs.root, at: "/sys", flags: flags.union(.readOnly), source: "sysfs")
    }
}
