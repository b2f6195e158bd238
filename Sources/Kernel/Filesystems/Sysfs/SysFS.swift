import Credentials
import LinuxABI

/// /sys, as small as programs let it be: the CPUs, an empty cgroup directory, and no devices (sysfs(5)).
package final class SysFS: FileSystem {
    private unowned let kernel: Kernel

    package init(kernel: Kernel, device: DeviceNumber, userNamespace: UserNamespace) {
        self.kernel = kernel
        super.init(typeName: "sysfs", magic: 0x6265_6572, device: device, userNamespace: userNamespace, firstInode: 2)
        ignoresDevices = true
        ignoresExecution = true
    }

    package var root: Dentry { makeRoot(tree()) }

    private func tree() -> Inode {
        let root = StaticDirectory(self, number: 1)
        for name in ["block", "bus", "dev", "firmware", "module", "power"] as [Name] {
            root.add(name, StaticDirectory(self))
        }
        root.add("class", directory([("net", StaticDirectory(self))]))
        root.add("kernel", StaticDirectory(self))
        root.add("fs", directory([("cgroup", StaticDirectory(self))]))
        let cpu = directory([
            ("online", SysText(self, .cpusOnline)), ("possible", SysText(self, .cpusPossible)),
            ("present", SysText(self, .cpusPresent)),
        ])
        root.add("devices", directory([("system", directory([("cpu", cpu)]))]))
        return root
    }

    private func directory(_ children: [(Name, Inode)]) -> StaticDirectory {
        let directory = StaticDirectory(self)
        for (name, child) in children { directory.add(name, child) }
        return directory
    }

    fileprivate func text(_ kind: HostText) -> [UInt8] {
        let text = kernel.platform.hostText(kind)
        return text.isEmpty ? [0x30, 0x0a] : text
    }
}

/// A read-only attribute with a text of the host's.
package final class SysText: StaticInode {
    private let kind: HostText

    init(_ fileSystem: SysFS, _ kind: HostText) {
        self.kind = kind
        super.init(fileSystem, .regular, 0o444)
    }

    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        SysTextFile(kind, path: path, flags: flags, credentials: caller.credentials)
    }
}

package final class SysTextFile: OpenFile {
    private let kind: HostText

    init(_ kind: HostText, path: Path, flags: OpenFlags, credentials: Credentials) {
        self.kind = kind
        super.init(path: path, flags: flags, credentials: credentials, backing: .text)
    }
    package override func contents() throws(Refusal) -> [UInt8] {
        guard let sysfs = inode.fileSystem as? SysFS else { throw Refusal(.EIO) }
        return sysfs.text(kind)
    }
}
