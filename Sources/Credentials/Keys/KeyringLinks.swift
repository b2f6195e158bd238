/// A keyring's links, found by type and description, in the order in which KEYCTL_READ lists them and searches go.
///
/// Linux keeps them in a tree of nodes with 16 slots. Up to 16 links share one node: the first takes slot 0, each
/// further one the last free slot (assoc_array_insert_into_terminal_node). Beyond that the order follows a hash with a
/// random key there, so any order is as good.
package struct KeyringLinks {
    private static let nodeSize = 16

    private var slots: [Key?] = []
    private var positions: [KeyIndex: Int] = [:]
    /// Free slots beyond the first node.
    private var freed: [Int] = []

    package init() {}

    package var count: Int { positions.count }
    package var keys: some Sequence<Key> { slots.lazy.compactMap { $0 } }

    package func find(_ index: KeyIndex) -> Key? { positions[index].flatMap { slots[$0] } }

    /// Links `key` in the place of another of its index, if there is one.
    mutating func insert(_ key: Key) {
        let position = positions[key.index] ?? freeSlot()
        slots[position]?.linkCount -= 1
        slots[position] = key
        positions[key.index] = position
        key.linkCount += 1
    }

    private mutating func freeSlot() -> Int {
        if slots.isEmpty {
            slots = Array(repeating: nil, count: Self.nodeSize)
            return 0
        }
        if let position = slots[..<Self.nodeSize].lastIndex(where: { $0 == nil }) { return position }
        if let position = freed.popLast() { return position }
        slots.append(nil)
        return slots.count - 1
    }

    /// Removes whatever link has this index; false when there is none.
    mutating func remove(_ index: KeyIndex) -> Bool {
        guard let position = positions.removeValue(forKey: index) else { return false }
        slots[position]?.linkCount -= 1
        slots[position] = nil
        if positions.isEmpty {
            slots = []
            freed = []
        } else if position >= Self.nodeSize {
            freed.append(position)
        }
        return true
    }

    /// Removes all; who drops the result decides when the keys go.
    mutating func removeAll() -> [Key] {
        let all = Array(keys)
        for key in all { key.linkCount -= 1 }
        self = KeyringLinks()
        return all
    }
}
