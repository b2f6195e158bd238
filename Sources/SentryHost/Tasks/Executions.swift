import Kernel

/// In which processes the host executes the loader now. Asked for each new thread, so it must not take longer the more
/// threads a process has.
struct Executions {
    /// Several threads of a process may try at once.
    private var counts: [ObjectIdentifier: Int] = [:]

    func contains(_ group: ThreadGroup) -> Bool { !counts.isEmpty && counts[ObjectIdentifier(group)] != nil }

    mutating func begin(in group: ThreadGroup) { counts[ObjectIdentifier(group), default: 0] += 1 }

    mutating func end(in group: ThreadGroup) {
        guard let count = counts[ObjectIdentifier(group)] else { return }
        counts[ObjectIdentifier(group)] = count > 1 ? count - 1 : nil
    }
}
