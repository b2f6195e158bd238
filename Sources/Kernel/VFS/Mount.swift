import Credentials
import LinuxABI

/// A name in a directory. Dentries form the tree that paths walk; one inode may have several (hard links).
package final class Dentry {
    package var name: Name
    /// Nil for a file system's root and for anonymous files.
    package var parent: Dentry?
    package let inode: Inode
    /// Known children; file systems whose lookups must not be remembered leave it empty.
    package var children: [Name: Dentry] = [:]
    /// True once the name was removed.
    package var isUnlinked = false
    /// How many mounts sit on this dentry; 0 lets the walk skip the mount table.
    package var mountCount = 0

    package init(name: Name, parent: Dentry?, inode: Inode) {
        self.name = name
        self.parent = parent
        self.inode = inode
    }
}

/// A mount: a dentry tree attached at a place in a mount namespace (mount_namespaces(7)).
package final class Mount {
    package let id: Int32
    package let fileSystem: FileSystem
    package let root: Dentry
    /// Nil for a namespace's root mount.
    package var parent: Mount?
    package var mountpoint: Dentry?
    package var flags: MountFlags
    package let source: Name
    /// Nil for a mount that belongs to no namespace any more.
    package weak var namespace: MountNamespace?

    package init(id: Int32, fileSystem: FileSystem, root: Dentry, flags: MountFlags = [], source: Name) {
        self.id = id
        self.fileSystem = fileSystem
        self.root = root
        self.flags = flags
        self.source = source
    }
}

package struct MountFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let readOnly = MountFlags(rawValue: 1)
    package static let noSetuid = MountFlags(rawValue: 2)
    package static let noDevices = MountFlags(rawValue: 4)
    package static let noExec = MountFlags(rawValue: 8)
    package static let relatime = MountFlags(rawValue: 1 << 21)
}

/// A mount namespace: an owner, an identity and the mounts in it (mount_namespaces(7)).
package final class MountNamespace: Namespace {
    package let kind = NamespaceKind.mount
    package let inode: UInt32
    package let owner: UserNamespace?
    /// In the order in which they were made; the first is the root.
    package internal(set) var mounts: [Mount] = []

    package init(inode: UInt32, owner: UserNamespace) {
        self.inode = inode
        self.owner = owner
    }
}

/// A place: a dentry seen through a mount.
package struct Path {
    package var mount: Mount
    package var dentry: Dentry
    package init(mount: Mount, dentry: Dentry) {
        self.mount = mount
        self.dentry = dentry
    }
    package var inode: Inode { dentry.inode }
}

extension Path: Equatable {
    package static func == (a: Path, b: Path) -> Bool { a.mount === b.mount && a.dentry === b.dentry }
}

/// fs_struct: root, working directory and umask, shared by threads and CLONE_FS.
package final class FSContext {
    package var root: Path
    package var workingDirectory: Path
    /// 0...0o777.
    package var umask: UInt32
    /// How many tasks share this object (fs->users).
    package var users = 1

    package init(root: Path, workingDirectory: Path, umask: UInt32 = 0o022) {
        self.root = root
        self.workingDirectory = workingDirectory
        self.umask = umask
    }
    package func copy() -> FSContext {
        FSContext(root: root, workingDirectory: workingDirectory, umask: umask)
    }
}
