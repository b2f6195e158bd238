import Credentials
import Kernel
import LinuxABI

extension ExecPlan {
    private static let fileCapabilities: Name = "security.capability"

    /// The new credentials and image, once every file is known; throws where execve(2) still can.
    static func makeCommit(_ task: Task, _ program: Binary, name: [UInt8]) throws(Refusal) -> ExecCommit {
        let inode = program.path.inode, mount = program.path.mount
        let context = program.path.access(for: task)
        var circumstances = ExecTransition.Circumstances()
        let sharing = task.group.threads.count { $0.fs === task.fs }
        circumstances.sharesFS = task.fs.users > sharing
        let transition = try ExecTransition(
            from: task.credentials,
            to: ExecTransition.Program(
                owner: context.owner(of: inode), group: context.group(of: inode), mode: inode.mode,
                capabilities: inode.attribute(fileCapabilities),
                isOnNoSetuidMount: !mount.lendsPrivileges(to: task), idMap: mount.idMap,
                fileSystem: inode.fileSystem.userNamespace, isReadable: context.grants(.read, to: inode)),
            circumstances)
        let image = AddressSpace(userNamespace: transition.imageNamespace)
        image.executable = program.path
        image.dumpable = transition.isDumpable ? 1 : 0
        let last = name.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
        return ExecCommit(
            credentials: transition.credentials, image: image, comm: Array(name[last...].prefix(15)),
            isSecure: transition.isSecure)
    }
}

extension Mount {
    /// mnt_may_suid(), but for the file system's user namespace, which `ExecTransition` looks at: the mount is not nosuid,
    /// and is in the caller's mount namespace. A detached tree is in none.
    fileprivate func lendsPrivileges(to task: Task) -> Bool {
        guard !flags.contains(.noSetuid), let namespace else { return false }
        return namespace === task.mountNamespace
    }
}
