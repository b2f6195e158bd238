import Credentials
import LinuxABI

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
    /// Mounts that sit on a dentry of this one, in the order in which they were made.
    package internal(set) var children: [Mount] = []

    private let charge: Charge
    private static let footprint = 224

    package init(id: Int32, fileSystem: FileSystem, root: Dentry, flags: MountFlags = [], source: Name) {
        self.id = id
        self.fileSystem = fileSystem
        self.root = root
        self.flags = flags
        self.source = source
        charge = Charge(overdrawing: fileSystem.userNamespace.budget, .namespaces, Self.footprint)
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
    /// What it costs its creator while it lives; nil for the initial one.
    var charge: NamespaceCharge?
    /// In the order in which they were made; the first is the root.
    package internal(set) var mounts: [Mount] = []

    /// Numbers for new mounts, shared by all mount namespaces of a kernel.
    package let numbers: MountNumbers

    package init(inode: UInt32, owner: UserNamespace, numbers: MountNumbers = MountNumbers()) {
        self.inode = inode
        self.owner = owner
        self.numbers = numbers
    }

    // The last task, file or bind mount that held the namespace is gone: its mounts come apart (umount_tree).
    deinit {
        for mount in mounts {
            mount.mountpoint?.mountCount -= 1
            mount.mountpoint = nil
            mount.parent = nil
            mount.children = []
        }
    }

    /// Puts `mount` on `place`, or makes it the root of an empty namespace (attach_mnt).
    package func attach(_ mount: Mount, at place: Path?) {
        mounts.append(mount)
        mount.namespace = self
        guard let place else { return }
        mount.parent = place.mount
        mount.mountpoint = place.dentry
        place.mount.children.append(mount)
        place.dentry.mountCount += 1
        place.dentry.pin()
    }
}

/// Hands out mount IDs and the device numbers of file systems without a device.
package final class MountNumbers {
    private var nextID: Int32 = 20
    // Below are those of the kernel's own file systems.
    private var nextMinor: UInt32 = 32

    package init() {}
    package func allocateID() -> Int32 {
        defer { nextID &+= 1 }
        return nextID
    }
    package func allocateDevice() -> DeviceNumber {
        defer { nextMinor &+= 1 }
        return DeviceNumber(major: 0, minor: nextMinor)
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
