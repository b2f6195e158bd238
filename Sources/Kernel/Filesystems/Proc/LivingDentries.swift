/// The dentries of a directory that remembers no lookups, as long as somebody has them: a name has one dentry at a time, so that
/// what is mounted below it is found by everyone who walks there.
struct LivingDentries {
    private struct Entry {
        weak var dentry: Dentry?
    }
    private var known: [Name: Entry] = [:]
    /// When those that are gone are swept out.
    private var limit = 16

    subscript(name: Name) -> Dentry? { known[name]?.dentry }

    mutating func remember(_ dentry: Dentry) {
        if known.count >= limit {
            known = known.filter { $0.value.dentry != nil }
            limit = max(16, known.count * 2)
        }
        known[dentry.name] = Entry(dentry: dentry)
    }
}
