/// Objects in the order in which they joined, with removal that does not slow down as the list grows: a process may
/// have ten thousand children, and each exit takes one out.
///
/// Removal leaves a hole; holes are closed when they outnumber the members. A short list is searched linearly, a long
/// one remembers where each member is.
package struct OrderedMembers<Element: AnyObject>: Sequence {
    private var slots: [Element?] = []
    /// The first slot that may be filled.
    private var head = 0
    private var positions: [ObjectIdentifier: Int]?
    package private(set) var count = 0
    private static var linear: Int { 16 }

    package init() {}

    package var isEmpty: Bool { count == 0 }
    package var first: Element? {
        for slot in slots[head...] { if let slot { return slot } }
        return nil
    }

    package mutating func append(_ element: Element) {
        positions?[ObjectIdentifier(element)] = slots.count
        slots.append(element)
        count += 1
        if positions == nil, count > Self.linear { rebuild() }
    }

    package func contains(_ element: Element) -> Bool { position(of: element) != nil }

    /// Takes `element` out; false when it was not in.
    @discardableResult
    package mutating func remove(_ element: Element) -> Bool {
        guard let position = position(of: element) else { return false }
        slots[position] = nil
        positions?[ObjectIdentifier(element)] = nil
        count -= 1
        while head < slots.count, slots[head] == nil { head += 1 }
        if count == 0 {
            self = OrderedMembers()
        } else if slots.count > 2 * count + Self.linear {
            rebuild()
        }
        return true
    }

    package mutating func removeAll() { self = OrderedMembers() }

    private func position(of element: Element) -> Int? {
        if let positions { return positions[ObjectIdentifier(element)] }
        var position = head
        while position < slots.count {
            if slots[position] === element { return position }
            position += 1
        }
        return nil
    }

    private mutating func rebuild() {
        slots = slots[head...].filter { $0 != nil }
        head = 0
        guard count > Self.linear else {
            positions = nil
            return
        }
        var map = [ObjectIdentifier: Int](minimumCapacity: 2 * count)
        for (index, slot) in slots.enumerated() { if let slot { map[ObjectIdentifier(slot)] = index } }
        positions = map
    }

    package struct Iterator: IteratorProtocol {
        fileprivate var slots: [Element?]
        fileprivate var position: Int
        package mutating func next() -> Element? {
            while position < slots.count {
                defer { position += 1 }
                if let element = slots[position] { return element }
            }
            return nil
        }
    }
    /// Walks the members as they are now; later changes do not disturb the walk.
    package func makeIterator() -> Iterator { Iterator(slots: slots, position: head) }
    package var underestimatedCount: Int { count }
}
