import Credentials
import LinuxABI

/// Flags of renameat2(2).
package struct RenameFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let noReplace = RenameFlags(rawValue: 1)
    package static let exchange = RenameFlags(rawValue: 2)
    package static let whiteout = RenameFlags(rawValue: 4)
}

extension Caller {
    /// renameat2(2), do_renameat2's order of checks.
    package func rename(
        _ oldPath: [UInt8], from oldBase: Path? = nil, to newPath: [UInt8], from newBase: Path? = nil,
        _ flags: RenameFlags = []
    ) throws(Refusal) {
        var oldWalk = PathWalk(self, from: oldBase)
        let old = try oldWalk.walkToParent(oldPath)
        var newWalk = PathWalk(self, from: newBase)
        let new = try newWalk.walkToParent(newPath)
        let oldParent = oldWalk.current, newParent = newWalk.current
        if oldParent.mount !== newParent.mount { throw Refusal(.EXDEV) }
        guard old.kind == .normal else { throw Refusal(.directoryBusy) }
        guard new.kind == .normal else {
            throw flags.contains(.noReplace) ? Refusal(.EEXIST) : Refusal(.directoryBusy)
        }
        try oldParent.checkWritable()
        guard let source = try oldWalk.entry(old.name) else { throw Refusal(.ENOENT) }
        let target = try newWalk.entry(new.name)
        if flags.contains(.noReplace), target != nil { throw Refusal(.EEXIST) }
        let exchanges = flags.contains(.exchange)
        if exchanges {
            guard let target else { throw Refusal(.ENOENT) }
            if !target.inode.mode.isDirectory, new.hasTrailingSlash { throw Refusal(.ENOTDIR) }
        }
        if !source.inode.mode.isDirectory, old.hasTrailingSlash || (!exchanges && new.hasTrailingSlash) {
            throw Refusal(.ENOTDIR)
        }
        // Neither may be above the other's directory: the tree would lose a branch.
        if source.isAncestorOrSelf(of: newParent.dentry) { throw Refusal(.EINVAL) }
        if let target, target.isAncestorOrSelf(of: oldParent.dentry) {
            throw exchanges ? Refusal(.EINVAL) : Refusal(.ENOTEMPTY)
        }
        try move(source, in: oldParent, over: target, in: newParent, as: new.name, flags)
    }

    /// vfs_rename().
    private func move(
        _ source: Dentry, in oldParent: Path, over target: Dentry?, in newParent: Path, as name: Name,
        _ flags: RenameFlags
    ) throws(Refusal) {
        // rename(2): two names of one file stay as they are.
        if let target, target.inode === source.inode { return }
        let exchanges = flags.contains(.exchange)
        let isDirectory = source.inode.mode.isDirectory
        try oldParent.checkDelete(source, isDirectory: isDirectory, for: self)
        if let target {
            let targetIsDirectory = exchanges ? target.inode.mode.isDirectory : isDirectory
            try newParent.checkDelete(target, isDirectory: targetIsDirectory, for: self)
        } else {
            try newParent.checkCreate(for: self)
        }
        if oldParent.dentry !== newParent.dentry {
            // A directory's `..` changes with its parent, which is a write to it.
            if isDirectory { try Path(mount: oldParent.mount, dentry: source).check(.write, for: self) }
            if exchanges, let target, target.inode.mode.isDirectory {
                try Path(mount: newParent.mount, dentry: target).check(.write, for: self)
            }
        }
        if source.isMountpoint(in: mountNamespace) || target?.isMountpoint(in: mountNamespace) ?? false {
            throw Refusal(.directoryBusy)
        }
        if !flags.isSubset(of: oldParent.inode.renameFlags) { throw Refusal(.EINVAL) }
        let oldName = source.name
        let leaveWhiteout = flags.contains(.whiteout) ? try prepareWhiteout(oldName, in: oldParent) : nil
        try oldParent.inode.rename(
            oldName, inode: source.inode, to: newParent.inode, name, replacing: target?.inode,
            exchange: exchanges, for: self)
        if exchanges, let target {
            source.exchange(with: target)
        } else {
            target?.unlink()
            target?.detachMounts()
            source.move(to: newParent.dentry, name)
        }
        try leaveWhiteout?()
    }

    /// RENAME_WHITEOUT: what puts a whiteout in the place of the file that moves away (shmem_whiteout). What can be known to
    /// fail fails here.
    private func prepareWhiteout(
        _ name: Name, in parent: Path
    ) throws(Refusal) -> () throws(Refusal) -> Void {
        let new = try parent.newInodeAttributes(of: FileMode(.character, 0), umask: 0, for: self)
        try parent.mount.fileSystem.userNamespace.budget.check(.files)
        return { () throws(Refusal) in
            let whiteout = try parent.inode.create(
                name, mode: new.mode, uid: new.uid, gid: new.gid, device: DeviceNumber(major: 0, minor: 0), for: self)
            new.complete(whiteout)
            _ = self.adopt(name, whiteout, in: parent)
        }
    }
}
