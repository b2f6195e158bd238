import Credentials

/// Lets go of the known names of a granted tree that nobody refers to, when the caches are full: those first that no walk
/// came by lately.
struct NameSweep {
    /// How many names are found between two sweeps at least; a sweep looks at all known names.
    private var interval = 1024
    private var found = 0
    /// What must be free, or it is time for a sweep.
    private static let reserve = 1 << 20

    /// To be asked before something new is found.
    mutating func isDue(_ budget: Budget) -> Bool {
        found += 1
        return found >= interval && !budget.hasCacheRoom(Self.reserve)
    }

    /// Tells `forgotten` of each name that is gone: its directory and its inode, which may have other names.
    mutating func run(
        _ budget: Budget, below root: Dentry?, forgotten: (_ directory: Inode, _ name: Name, _ inode: Inode) -> Void
    ) {
        let before = budget.cached
        look(below: root, forgotten)
        if budget.cached > before / 2 { look(below: root, forgotten) }
        found = 0
    }

    private mutating func look(below root: Dentry?, _ forgotten: (Inode, Name, Inode) -> Void) {
        // Parents come before their children, so that from the end each is looked at after all that is below it.
        var all = root?.knownChildren ?? []
        var next = 0
        while next < all.count {
            all += all[next].knownChildren
            next += 1
        }
        interval = max(1024, all.count)
        while !all.isEmpty {
            var dentry = all.popLast()
            guard let inode = dentry?.inode, let directory = dentry?.parent?.inode, let name = dentry?.name,
                inode.isForgettable, Dentry.release(&dentry)
            else { continue }
            dentry = nil
            forgotten(directory, name, inode)
        }
    }
}
