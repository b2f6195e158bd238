import Credentials
import LinuxABI

/// A name in a directory. Dentries form the tree that paths walk; one inode may have several (hard links).
///
/// A directory's dentry holds those of its known children. Parent and child hold each other, so the file system cuts
/// the tree when it goes (`FileSystem.deinit`).
package final class Dentry {
    package private(set) var name: Name
    /// Nil for a file system's root and for anonymous files.
    package private(set) var parent: Dentry?
    package let inode: Inode
    /// True once the name was removed.
    package private(set) var isUnlinked = false
    /// What is mounted here; nil lets the walk pass by.
    var mountpoint: Mountpoint?

    // Children by name, in chains through `next`: a lookup compares bytes in place and builds no key.
    private var buckets: [Dentry?] = []
    private var childCount = 0
    private var hash: UInt64
    private var next: Dentry?
    private var charge: Charge
    /// A walk came by since the last sweep of the caches.
    private(set) var isRecent = true

    package init(name: Name, parent: Dentry?, inode: Inode) {
        self.name = name
        self.parent = parent
        self.inode = inode
        hash = Self.hash(name.bytes, 0..<name.bytes.count)
        charge = Charge(
            overdrawing: inode.fileSystem.userNamespace.budget, inode.isCached ? .cache : .files,
            Self.footprint + Footprint.array(name.bytes.count) + inode.footprint)
    }

    /// The object, and its place in its parent's table.
    static let footprint = 128 + 16

    // A chain of directories that nothing else holds any more goes one after the other, not one inside the other: a guest
    // can make it as long as it likes.
    deinit {
        var walk = takeParent()
        while isKnownUniquelyReferenced(&walk) {
            let above = walk?.takeParent()
            walk = above
        }
    }

    private func takeParent() -> Dentry? {
        defer { parent = nil }
        return parent
    }

    /// Another one in every run, so that nobody can choose names that all lie in one bucket.
    private static let seed = UInt64.random(in: .min ... .max)

    /// FNV-1a of a slice.
    @inline(__always)
    static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> UInt64 {
        var hash = seed
        for i in range { hash = (hash ^ UInt64(bytes[i])) &* 0x100_0000_01b3 }
        return hash
    }

    @inline(__always)
    private func slot(_ hash: UInt64) -> Int {
        // The low bits of FNV depend on the low bits of the bytes only; fold the high half in.
        Int(truncatingIfNeeded: (hash ^ (hash >> 32)) & UInt64(buckets.count &- 1))
    }

    /// The known child whose name is `bytes[range]`.
    func child(_ bytes: [UInt8], _ range: Range<Int>) -> Dentry? {
        if childCount == 0 { return nil }
        let wanted = Self.hash(bytes, range)
        var walk = buckets[slot(wanted)]
        while let dentry = walk {
            if dentry.hash == wanted, dentry.name.bytes.elementsEqual(bytes[range]) {
                dentry.isRecent = true
                return dentry
            }
            walk = dentry.next
        }
        return nil
    }

    /// The known child of that name.
    package func child(_ name: Name) -> Dentry? { child(name.bytes, 0..<name.bytes.count) }

    /// Known children, in no order.
    package var knownChildren: [Dentry] {
        var all: [Dentry] = []
        all.reserveCapacity(childCount)
        for bucket in buckets {
            var walk = bucket
            while let dentry = walk {
                all.append(dentry)
                walk = dentry.next
            }
        }
        return all
    }

    /// Remembers `child`, whose parent is this dentry.
    package func add(_ child: Dentry) {
        if childCount >= buckets.count * 2 { grow() }
        let index = slot(child.hash)
        child.next = buckets[index]
        buckets[index] = child
        childCount += 1
    }

    private func grow() { rehash(max(4, buckets.count * 4)) }

    private func rehash(_ count: Int) {
        let old = knownChildren
        buckets = Array(repeating: nil, count: count)
        for child in old {
            let index = slot(child.hash)
            child.next = buckets[index]
            buckets[index] = child
        }
    }

    private func forget(_ child: Dentry) {
        guard childCount > 0 else { return }
        let index = slot(child.hash)
        var previous: Dentry?
        var walk = buckets[index]
        while let dentry = walk {
            if dentry === child {
                if let previous { previous.next = dentry.next } else { buckets[index] = dentry.next }
                dentry.next = nil
                childCount -= 1
                releaseRoom()
                return
            }
            previous = dentry
            walk = dentry.next
        }
    }

    /// A table that was much larger gives its memory back.
    private func releaseRoom() {
        if childCount == 0 {
            buckets = []
        } else if buckets.count > 64, childCount < buckets.count / 16 {
            rehash(buckets.count / 8)
        }
    }

    /// The name is gone (unlink, rmdir, or replaced by a rename).
    package func unlink() {
        isUnlinked = true
        parent?.forget(self)
        inode.linkRemoved()
    }

    /// Moves to `newName` below `newParent` (d_move); what was there must have been unlinked.
    package func move(to newParent: Dentry, _ newName: Name) {
        parent?.forget(self)
        charge.resize(
            overdrawingTo: charge.bytes - Footprint.array(name.bytes.count) + Footprint.array(newName.bytes.count))
        name = newName
        hash = Self.hash(newName.bytes, 0..<newName.bytes.count)
        parent = newParent
        newParent.add(self)
    }

    /// Swaps places with `other` (RENAME_EXCHANGE).
    package func exchange(with other: Dentry) {
        guard let ownParent = parent, let otherParent = other.parent else { return }
        let ownName = name, otherName = other.name
        forgetFromParent()
        other.move(to: ownParent, ownName)
        move(to: otherParent, otherName)
    }

    private func forgetFromParent() { parent?.forget(self) }

    /// Makes the walk find this dentry even where lookups are not remembered: the first mount sits here. The ones above live
    /// as long as this one, and are found.
    func pin() {
        if let parent, parent.child(name) !== self { parent.add(self) }
    }

    /// Undoes `pin` where lookups are not remembered: nothing is mounted here any more.
    func unpin() {
        if let parent, !parent.inode.cachesLookups { parent.forget(self) }
    }

    /// Whether `other` is this dentry or below it.
    package func isAncestorOrSelf(of other: Dentry) -> Bool {
        var walk: Dentry? = other
        while let dentry = walk {
            if dentry === self { return true }
            walk = dentry.parent
        }
        return false
    }

    /// Lets go of the name, if nothing but its parent refers to it and it was not asked for since the last sweep; the parent
    /// finds it again by asking its file system. True when it is gone.
    static func release(_ dentry: inout Dentry?) -> Bool {
        guard dentry?.isRecent == false, dentry?.isMountpoint == false, let parent = dentry?.parent else {
            dentry?.isRecent = false
            return false
        }
        if let dentry { parent.forget(dentry) }
        if isKnownUniquelyReferenced(&dentry) { return true }
        if let dentry { parent.add(dentry) }
        return false
    }

    /// Cuts the references between parents and children below this dentry, without recursion.
    func cutTree() {
        var pending = [self]
        while let dentry = pending.popLast() {
            pending.append(contentsOf: dentry.knownChildren)
            for index in dentry.buckets.indices {
                var walk = dentry.buckets[index]
                dentry.buckets[index] = nil
                while let child = walk {
                    walk = child.next
                    child.next = nil
                }
            }
            dentry.childCount = 0
        }
    }
}
