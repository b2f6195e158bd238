import LinuxABI

/// One user namespace's /proc/sys/user/max_*_namespaces and the counts charged per user (namespaces(7)).
package struct NamespaceLimits: Sendable {
    /// Maxima by kind, in the order of `NamespaceKind.allCases`; 0...Int32.max.
    private var maxima: [Int32]
    private var counts: [Charge: Int32] = [:]

    private struct Charge: Hashable, Sendable {
        let kind: NamespaceKind
        let user: KUID
    }

    /// A child namespace's: no limit of its own.
    package init() { maxima = Array(repeating: .max, count: NamespaceKind.allCases.count) }
    /// The initial namespace's: half of the kernel's threads-max on the reference machine.
    package static let initial: NamespaceLimits = {
        var limits = NamespaceLimits()
        limits.maxima = Array(repeating: 96365, count: NamespaceKind.allCases.count)
        return limits
    }()

    private func index(_ kind: NamespaceKind) -> Int { NamespaceKind.allCases.firstIndex(of: kind) ?? 0 }

    package subscript(kind: NamespaceKind) -> Int32 {
        get { maxima[index(kind)] }
        set { maxima[index(kind)] = newValue }
    }

    /// Counts one more namespace of `kind` for `user`; false when that would pass the maximum.
    mutating func charge(_ kind: NamespaceKind, _ user: KUID) -> Bool {
        let key = Charge(kind: kind, user: user)
        let count = counts[key, default: 0]
        guard count < self[kind] else { return false }
        counts[key] = count + 1
        return true
    }

    mutating func release(_ kind: NamespaceKind, _ user: KUID) {
        let key = Charge(kind: kind, user: user)
        guard let count = counts[key] else { return }
        counts[key] = count > 1 ? count - 1 : nil
    }
}
