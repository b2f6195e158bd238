/// A user ID as the initial user namespace numbers it: what a task, an inode or a namespace's owner really carries.
///
/// `KUID` and `UID` are different types so that mixing them does not compile (credentials(7), user_namespaces(7)).
package struct KUID: Hashable, Sendable {
    package let rawValue: UInt32
    @inlinable package init(_ rawValue: UInt32) { self.rawValue = rawValue }
    package static let root = KUID(0)
    /// The ID that maps nowhere, INVALID_UID.
    package static let invalid = KUID(.max)
    package var isValid: Bool { rawValue != .max }
}

/// A group ID as the initial user namespace numbers it.
package struct KGID: Hashable, Comparable, Sendable {
    package let rawValue: UInt32
    @inlinable package init(_ rawValue: UInt32) { self.rawValue = rawValue }
    package static let root = KGID(0)
    package static let invalid = KGID(.max)
    package var isValid: Bool { rawValue != .max }
    package static func < (a: KGID, b: KGID) -> Bool { a.rawValue < b.rawValue }
}

/// A user ID as some user namespace shows it; meaningless without that namespace.
package struct UID: Hashable, Sendable {
    package let rawValue: UInt32
    @inlinable package init(_ rawValue: UInt32) { self.rawValue = rawValue }
    /// −1, which most calls read as "leave unchanged".
    package static let unchanged = UID(.max)
    /// The default of /proc/sys/kernel/overflowuid.
    package static let overflow = UID(65534)
}

/// A group ID as some user namespace shows it; meaningless without that namespace.
package struct GID: Hashable, Sendable {
    package let rawValue: UInt32
    @inlinable package init(_ rawValue: UInt32) { self.rawValue = rawValue }
    package static let unchanged = GID(.max)
    package static let overflow = GID(65534)
}

/// The numbers that stand for IDs without a mapping (proc_sys_kernel(5), overflowuid and overflowgid).
package final class OverflowIDs {
    package var uid: UInt32 = UID.overflow.rawValue
    package var gid: UInt32 = GID.overflow.rawValue
    package init() {}
}
