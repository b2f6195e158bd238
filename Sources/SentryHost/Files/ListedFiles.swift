import CHostLinux
import Kernel
import Synchronization

/// Attributes that listings have asked of the host, to decide what is shown. Who lists a directory mostly looks its entries
/// up next, and is then spared a walk on the host. Only for trees that change rarely, and for a second.
final class ListedFiles: Sendable {
    private struct Key: Hashable {
        let tree: Int
        let path: [UInt8]
    }
    private struct Entry {
        let attributes: HostAttributes
        /// In nanoseconds.
        let listedAt: UInt64
    }
    /// Listings of deep trees go on for long between a directory's listing and its entries' turn, so the older half is kept.
    private struct Halves {
        var young: [Key: Entry] = [:]
        var old: [Key: Entry] = [:]
    }
    private let halves = Mutex(Halves())
    /// Of entries in a half.
    private static let maximum = 4096
    private static let lifetime: UInt64 = 1_000_000_000

    func insert(_ tree: HostTree, _ path: [UInt8], _ attributes: HostAttributes) {
        let entry = Entry(attributes: attributes, listedAt: chost_now_nanoseconds())
        halves.withLock {
            if $0.young.count >= Self.maximum {
                $0.old = $0.young
                $0.young = [:]
            }
            $0.young[Key(tree: tree.index, path: path)] = entry
        }
    }

    /// Forgets what nobody will be told any more.
    func removeOld() {
        let now = chost_now_nanoseconds()
        halves.withLock {
            $0.young = $0.young.filter { now &- $0.value.listedAt < Self.lifetime }
            $0.old = $0.old.filter { now &- $0.value.listedAt < Self.lifetime }
        }
    }

    func attributes(_ tree: HostTree, _ path: [UInt8]) -> HostAttributes? {
        let key = Key(tree: tree.index, path: path)
        guard let entry = halves.withLock({ $0.young[key] ?? $0.old[key] }),
            chost_now_nanoseconds() &- entry.listedAt < Self.lifetime
        else { return nil }
        return entry.attributes
    }
}
