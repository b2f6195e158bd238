/// fs_struct: root, working directory and umask, shared by threads and CLONE_FS.
package final class FSContext {
    package var root: Path {
        didSet { root.moveUse(from: oldValue) }
    }
    package var workingDirectory: Path {
        didSet { workingDirectory.moveUse(from: oldValue) }
    }
    /// 0...0o777.
    package var umask: UInt32
    /// How many tasks share this object (fs->users).
    package var users = 1

    package init(root: Path, workingDirectory: Path, umask: UInt32 = 0o022) {
        self.root = root
        self.workingDirectory = workingDirectory
        self.umask = umask
        root.used()
        workingDirectory.used()
    }
    deinit {
        root.unused()
        workingDirectory.unused()
    }
    package func copy() -> FSContext {
        FSContext(root: root, workingDirectory: workingDirectory, umask: umask)
    }
}

extension Path {
    fileprivate func used() {
        mount.useCount += 1
        inode.used()
    }
    fileprivate func unused() {
        inode.unused()
        mount.useCount -= 1
    }
    fileprivate func moveUse(from other: Path) {
        used()
        other.unused()
    }
}
