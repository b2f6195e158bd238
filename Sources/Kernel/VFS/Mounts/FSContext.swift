/// fs_struct: root, working directory and umask, shared by threads and CLONE_FS.
package final class FSContext {
    package var root: Path {
        didSet { root.mount.moveUse(from: oldValue.mount) }
    }
    package var workingDirectory: Path {
        didSet { workingDirectory.mount.moveUse(from: oldValue.mount) }
    }
    /// 0...0o777.
    package var umask: UInt32
    /// How many tasks share this object (fs->users).
    package var users = 1

    package init(root: Path, workingDirectory: Path, umask: UInt32 = 0o022) {
        self.root = root
        self.workingDirectory = workingDirectory
        self.umask = umask
        root.mount.useCount += 1
        workingDirectory.mount.useCount += 1
    }
    deinit {
        root.mount.useCount -= 1
        workingDirectory.mount.useCount -= 1
    }
    package func copy() -> FSContext {
        FSContext(root: root, workingDirectory: workingDirectory, umask: umask)
    }
}

extension Mount {
    fileprivate func moveUse(from other: Mount) {
        useCount += 1
        other.useCount -= 1
    }
}
