import Credentials
import LinuxABI

/// pidfs: the file system, never mounted by name, of pidfds. A process has one inode for the sandbox's life, so
/// comparing st_ino tells whether two pidfds mean the same process.
package final class ProcessFileSystem: FileSystem {
    private var mount: Mount?

    package init(userNamespace: UserNamespace) {
        super.init(
            typeName: "pidfs", magic: 0x5049_4446, device: DeviceNumber(major: 0, minor: 14),
            userNamespace: userNamespace)
    }

    func path(of pid: PID) -> Path {
        let inode = ProcessInode(self, number: pid.serial, mode: FileMode(.regular, 0o700), uid: .root, gid: .root)
        let dentry = Dentry(name: "[pidfd]", parent: nil, inode: inode)
        return Path(mount: internalMount, dentry: dentry)
    }

    private var internalMount: Mount {
        if let mount { return mount }
        let root = Dentry(
            name: "pidfs", parent: nil,
            inode: Inode(self, number: 0, mode: FileMode(.directory, 0o555), uid: .root, gid: .root))
        let made = Mount(id: 5, fileSystem: self, root: root, source: "pidfs")
        mount = made
        return made
    }
}

/// A process as a file. It cannot be changed (pidfs_setattr).
package final class ProcessInode: Inode {
    package override func setAttributes(_ change: AttributeChange, for caller: any Caller) throws(Refusal) {
        throw Refusal(.EOPNOTSUPP)
    }
}

extension Kernel {
    /// A new pidfd for the process of `task`, or for the thread itself.
    package func makeProcessFile(
        of task: Task, thread: Bool, flags: OpenFlags = [], for caller: Task
    ) throws(Refusal) -> ProcessFile {
        let pid = thread ? task.pid : task.group.pid
        let file = ProcessFile(
            pid, thread: thread, backing: try platform.makePollableFile(), path: processFiles.path(of: pid),
            flags: flags.union(.readWrite), credentials: caller.credentials)
        showState(of: pid, in: file)
        return file
    }
}
