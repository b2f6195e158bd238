import Credentials

/// All living namespaces by their identifiers (kernel/nstree.c); nothing here keeps one alive.
package final class NamespaceTree {
    private struct Entry {
        weak var namespace: (any Namespace)?
    }
    private var entries: [UInt64: Entry] = [:]
    private var sweepAt = 64

    package init() {}

    func add(_ namespace: any Namespace) {
        if entries.count >= sweepAt {
            removeGone()
            sweepAt = max(64, entries.count * 2)
        }
        entries[namespace.identifier] = Entry(namespace: namespace)
    }

    /// Forgets the namespaces that are no more.
    package func removeGone() { entries = entries.filter { $0.value.namespace != nil } }

    package subscript(identifier: UInt64) -> (any Namespace)? { entries[identifier]?.namespace }

    /// The mount namespace made next after `namespace`, or the one before (get_sequential_mnt_ns).
    package func neighbour(of namespace: MountNamespace, before: Bool) -> MountNamespace? {
        let own = namespace.identifier
        var best: MountNamespace?
        for entry in entries.values {
            guard let other = entry.namespace as? MountNamespace else { continue }
            let identifier = other.identifier
            guard before ? identifier < own : identifier > own else { continue }
            if let best, before ? identifier < best.identifier : identifier > best.identifier { continue }
            best = other
        }
        return best
    }
}
