import Credentials
import LinuxABI

/// A control group (cgroups(7)): a place in the tree, and the tasks that are in it.
///
/// A parent holds its children until they are removed, and a child its parent. Tasks hold their group, zombies too; a group
/// holds its live members.
package final class Cgroup {
    /// Nil for the root.
    package private(set) var parent: Cgroup?
    package let name: Name
    /// 0 for the root.
    package let level: Int
    package private(set) var children: [Name: Cgroup] = [:]
    package private(set) var members = OrderedMembers<Task>()
    package private(set) var isRemoved = false
    /// Its directory, with the files that somebody has looked at. It knows its group weakly.
    package var directory: Inode?
    /// cgroup.max.depth and cgroup.max.descendants; nil for no limit.
    package var maximumDepth: Int?
    package var maximumDescendants: Int?
    /// How many groups are below it.
    package private(set) var descendants = 0
    /// Children in which, or below which, somebody is.
    private var populatedChildren = 0
    /// cgroup.type says `threaded`.
    package private(set) var isThreaded = false
    private var threadedChildren = 0
    private let charge: Charge

    /// The group, and its directory and files once they are looked at.
    private static let footprint = 4096

    package init(root budget: Budget) {
        name = Name([])
        level = 0
        charge = Charge(overdrawing: budget, .files, Self.footprint)
    }

    private init(_ name: Name, below parent: Cgroup, _ budget: Budget) throws(Refusal) {
        charge = try Charge(budget, .files, Self.footprint)
        self.name = name
        self.parent = parent
        level = parent.level + 1
    }

    // Removed groups of which each holds the next go one after the other, however many they are.
    deinit {
        var walk = takeParent()
        while isKnownUniquelyReferenced(&walk) {
            let above = walk?.takeParent()
            walk = above
        }
    }
    private func takeParent() -> Cgroup? {
        defer { parent = nil }
        return parent
    }

    // MARK: The tree

    /// The groups above, the nearest first.
    private var ancestors: some Sequence<Cgroup> { sequence(first: self, next: \.parent).dropFirst() }

    /// cgroup_create(): every group above may set a limit.
    package func makeChild(_ name: Name, _ budget: Budget) throws(Refusal) -> Cgroup {
        var depth = 1
        var walk: Cgroup? = self
        while let here = walk {
            if let most = here.maximumDescendants, here.descendants >= most { throw Refusal(.cgroupTreeLimit) }
            if let most = here.maximumDepth, depth > most { throw Refusal(.cgroupTreeLimit) }
            depth += 1
            walk = here.parent
        }
        let child = try Cgroup(name, below: self, budget)
        children[name] = child
        for above in child.ancestors { above.descendants += 1 }
        return child
    }

    /// cgroup_destroy_locked()
    package func remove() throws(Refusal) {
        guard parent != nil, children.isEmpty, members.isEmpty else { throw Refusal(.cgroupBusy) }
        isRemoved = true
        for above in ancestors { above.descendants -= 1 }
        if isThreaded { parent?.threadedChildren -= 1 }
        parent?.children[name] = nil
        directory = nil
    }

    /// The nearest group that has both in or below it; nil for groups that have nothing in common.
    package func common(with other: Cgroup) -> Cgroup? {
        var a: Cgroup? = self, b: Cgroup? = other
        while let first = a, let second = b, first !== second {
            if first.level >= second.level { a = first.parent }
            if second.level >= first.level { b = second.parent }
        }
        return a
    }

    /// cgroup_path_ns(): the path as a namespace with that root sees it, `/..` for each step up.
    package func path(from root: Cgroup) -> [UInt8] {
        let top = common(with: root)
        var text: [UInt8] = []
        for _ in 0..<(root.level - (top?.level ?? 0)) { text.append("/..") }
        var names: [Name] = []
        var walk: Cgroup? = self
        while let here = walk, here !== top {
            names.append(here.name)
            walk = here.parent
        }
        for name in names.reversed() {
            text.append(UInt8(ascii: "/"))
            text += name.bytes
        }
        if isRemoved { text.append(" (deleted)") }
        return text.isEmpty ? [UInt8(ascii: "/")] : text
    }

    // MARK: Members

    /// Whether anybody lives in or below it.
    package var isPopulated: Bool { !members.isEmpty || populatedChildren > 0 }

    package func enter(_ task: Task) { change { members.append(task) } }
    package func leave(_ task: Task) { change { members.remove(task) } }

    private func change(_ body: () -> Void) {
        let before = isPopulated
        body()
        let now = isPopulated
        guard now != before else { return }
        // The news goes up as far as it is any.
        var walk = parent
        while let here = walk {
            let wasPopulated = here.isPopulated
            here.populatedChildren += now ? 1 : -1
            walk = here.isPopulated == wasPopulated ? nil : here.parent
        }
    }

    // MARK: Thread mode

    /// cgroup_is_thread_root(): its threaded children belong to it as to one domain.
    private var isThreadRoot: Bool { !isThreaded && threadedChildren > 0 }

    /// cgroup_is_valid_domain(): whether processes can be in it.
    package var isValidDomain: Bool {
        if isThreaded { return false }
        return !ancestors.contains { $0.isThreaded || $0.parent != nil && $0.isThreadRoot }
    }

    /// dom_cgrp: where the processes of a threaded group are counted.
    package var domain: Cgroup {
        var walk = self
        while walk.isThreaded, let above = walk.parent { walk = above }
        return walk
    }

    /// cgroup_type_show()
    package var type: StaticString {
        if isThreaded { return "threaded" }
        if !isValidDomain { return "domain invalid" }
        return isThreadRoot ? "domain threaded" : "domain"
    }

    /// cgroup_can_be_thread_root(). The root always can.
    private var canBeThreadRoot: Bool {
        if parent == nil { return true }
        return !isThreaded && !children.values.contains { $0.isPopulated && !$0.isThreaded }
    }

    /// cgroup_migrate_vet_dst(): whether tasks can come in. As no group has controllers, it is a matter of its domain.
    package func checkEntry() throws(Refusal) {
        guard domain.isValidDomain else { throw Refusal(.cgroupDomainInvalid) }
    }

    /// cgroup_enable_threaded(), which nothing but removal undoes.
    package func becomeThreaded() throws(Refusal) {
        if isThreaded { return }
        guard let parent, !isPopulated else { throw Refusal(.cgroupDomainInvalid) }
        guard parent.domain.isValidDomain, parent.domain.canBeThreadRoot else { throw Refusal(.cgroupDomainInvalid) }
        isThreaded = true
        parent.threadedChildren += 1
    }
}
