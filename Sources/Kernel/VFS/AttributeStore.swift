import Credentials

/// The extended attributes of one file, charged for what they take.
package struct AttributeStore: ~Copyable {
    private var values: [Name: [UInt8]] = [:]
    private var charge: Charge

    package init(_ budget: Budget) { charge = Charge(overdrawing: budget, .attributes, 0) }

    package subscript(name: Name) -> [UInt8]? { values[name] }
    package var names: [Name] { Array(values.keys) }

    private static let slot = Footprint.slot(MemoryLayout<(Name, [UInt8])>.stride)

    /// Sets an attribute, or removes it.
    package mutating func set(_ name: Name, _ value: [UInt8]?) throws(Refusal) {
        let old = values[name].map { Self.slot + Footprint.array(name.bytes.count) + Footprint.array($0.count) } ?? 0
        let new = value.map { Self.slot + Footprint.array(name.bytes.count) + Footprint.array($0.count) } ?? 0
        try charge.resize(to: charge.bytes - old + new)
        values[name] = value
        values.releaseRoom()
    }
}

extension Dictionary {
    /// A table that was much larger gives its memory back.
    mutating func releaseRoom() {
        if isEmpty {
            self = [:]
        } else if capacity > 256, capacity / 8 > count {
            // A copy has room for what is there.
            var smaller = [Key: Value](minimumCapacity: count * 2)
            for (key, value) in self { smaller[key] = value }
            self = smaller
        }
    }
}

extension Set {
    mutating func releaseRoom() {
        if isEmpty {
            self = []
        } else if capacity > 256, capacity / 8 > count {
            var smaller = Set(minimumCapacity: count * 2)
            for element in self { smaller.insert(element) }
            self = smaller
        }
    }
}
