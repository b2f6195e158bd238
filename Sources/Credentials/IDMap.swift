/// A user namespace's uid_map, gid_map or projid_map: which of its IDs stand for which global ones.
///
/// At most 340 extents. Lookups are linear up to five extents, else a binary search (kernel/user_namespace.c,
/// map_id_range_down).
package struct IDMap: Sendable, Equatable {
    package struct Extent: Sendable, Equatable {
        /// First ID inside the namespace.
        package var inside: UInt32
        /// First global ID.
        package var global: UInt32
        /// How many; never 0, and neither range wraps.
        package var count: UInt32
        package init(inside: UInt32, global: UInt32, count: UInt32) {
            self.inside = inside
            self.global = global
            self.count = count
        }
    }

    /// In the order in which the file shows them: as written up to five, else sorted by `inside`.
    package let extents: [Extent]
    /// The same extents sorted by `global`; empty while a linear scan will do.
    private let byGlobal: [Extent]

    package static let maximumExtents = 340
    private static let linearExtents = 5

    package static let empty = IDMap(extents: [])
    package static let identity = IDMap(extents: [Extent(inside: 0, global: 0, count: .max)])

    /// `extents` must not overlap on either side.
    package init(extents: [Extent]) {
        if extents.count <= Self.linearExtents {
            self.extents = extents
            byGlobal = []
        } else {
            self.extents = extents.sorted { $0.inside < $1.inside }
            byGlobal = extents.sorted { $0.global < $1.global }
        }
    }

    package var isEmpty: Bool { extents.isEmpty }

    /// The global ID of `id`, or nil.
    package func toGlobal(_ id: UInt32) -> UInt32? {
        if extents.count <= Self.linearExtents {
            for e in extents where id >= e.inside && id - e.inside < e.count { return e.global &+ (id - e.inside) }
            return nil
        }
        guard let e = Self.last(extents, where: { $0.inside <= id }), id - e.inside < e.count else { return nil }
        return e.global &+ (id - e.inside)
    }

    /// The global ID of the first of `count` IDs that lie in one extent together, or nil.
    package func toGlobal(_ id: UInt32, count: UInt32) -> UInt32? {
        for e in extents where id >= e.inside && id - e.inside < e.count {
            return e.count - (id - e.inside) >= count ? e.global &+ (id - e.inside) : nil
        }
        return nil
    }

    /// The namespace's ID for a global one, or nil.
    package func toLocal(_ id: UInt32) -> UInt32? {
        if byGlobal.isEmpty {
            for e in extents where id >= e.global && id - e.global < e.count { return e.inside &+ (id - e.global) }
            return nil
        }
        guard let e = Self.last(byGlobal, where: { $0.global <= id }), id - e.global < e.count else { return nil }
        return e.inside &+ (id - e.global)
    }

    /// The local ID of the first of `count` global IDs that lie in one extent together, or nil (map_id_range_up).
    package func toLocal(_ id: UInt32, count: UInt32) -> UInt32? {
        for e in extents where id >= e.global && id - e.global < e.count {
            return e.count - (id - e.global) >= count ? e.inside &+ (id - e.global) : nil
        }
        return nil
    }

    private static func last(_ sorted: [Extent], where holds: (Extent) -> Bool) -> Extent? {
        var low = 0, high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if holds(sorted[middle]) { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : sorted[low - 1]
    }
}
