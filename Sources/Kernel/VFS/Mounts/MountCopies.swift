import Credentials
import LinuxABI

/// How a tree of mounts is copied (CL_*).
struct MountCopyFlags: OptionSet {
    let rawValue: UInt32
    /// Where the original has peers, the copy becomes their slave.
    static let slave = MountCopyFlags(rawValue: 1)
    /// The copy is shared, by a group of its own if it has no other.
    static let shared = MountCopyFlags(rawValue: 2)
    /// Unbindable mounts too; the copies are not unbindable.
    static let unbindable = MountCopyFlags(rawValue: 4)
    /// Bound files of mount namespaces too.
    static let namespaceFiles = MountCopyFlags(rawValue: 8)
    /// The copy is private and not yet anywhere (CL_PRIVATE).
    static let isolated = MountCopyFlags(rawValue: 16)
}

extension Mount {
    /// clone_mnt(): a mount that shows `root` of the same file system.
    func clone(root: Dentry, _ flags: MountCopyFlags) throws(Refusal) -> Mount {
        let charge = try Charge(fileSystem.userNamespace.budget, .namespaces, Self.footprint)
        let copy = Mount(numbers, fileSystem, root: root, flags: self.flags, source: source, charge: charge)
        copy.locks = locks
        copy.idMap = idMap
        if flags.contains(.isolated) { return copy }
        if flags.contains(.slave) {
            if group != nil { copy.follow(self) } else { copy.followAlongside(self) }
        } else {
            copy.joinGroup(of: self)
        }
        if flags.contains(.shared) { copy.changePropagation(.shared) }
        return copy
    }

    /// copy_tree(): this mount from `dentry` on, with all mounts below. On failure nothing is left. `note` hears of each mount
    /// that has a copy, and of the copy: what is left out is left out with all that sits on it.
    func copyTree(
        from dentry: Dentry, _ flags: MountCopyFlags, noting note: (Mount, Mount) -> Void = { _, _ in }
    ) throws(Refusal) -> Mount {
        if isUnbindable, !flags.contains(.unbindable) { throw Refusal(.mountUnbindable) }
        if root.inode.namespace is MountNamespace, !flags.contains(.namespaceFiles) {
            throw Refusal(.mountNamespaceLoop)
        }
        let copy = try clone(root: dentry, flags)
        note(self, copy)
        do throws(Refusal) {
            // Each mount still to be copied, with the copy of its parent; parents before children, in the order of age.
            var below = Descendants(of: dentry)
            var pending = Array(children).filter { $0.mountpoint.map { below.contains($0) } ?? false }
                .reversed().map { (original: $0, parent: copy) }
            while let (original, parent) = pending.popLast() {
                if original.isUnbindable, !flags.contains(.unbindable) {
                    if original.isLocked { throw Refusal(.mountUnbindableLocked) }
                    continue
                }
                guard let place = original.mountpoint,
                    flags.contains(.namespaceFiles) || !(original.root.inode.namespace is MountNamespace)
                else { continue }
                let twin = try original.clone(root: original.root, flags)
                note(original, twin)
                twin.attach(to: parent, at: place)
                for child in Array(original.children).reversed() { pending.append((child, twin)) }
            }
        } catch {
            copy.discardTree()
            throw error
        }
        return copy
    }

    /// Lets go of a tree that never came into a namespace.
    func discardTree() {
        let mounts = tree
        Self.makePrivate(mounts)
        for mount in mounts { mount.detach() }
    }

    /// lock_mnt_tree(): who gets this tree from more privileged hands must neither change what was settled nor uncover what
    /// it hides.
    func lockTree() {
        for mount in tree {
            mount.locks.insert(.atime)
            for row in MountFlagNames.all where mount.flags.contains(row.flag) { mount.locks.formUnion(row.lock) }
            if mount !== self { mount.locks.insert(.place) }
        }
    }
}
