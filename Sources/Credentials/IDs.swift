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

/// A file's user ID as a mount shows it (vfsuid_t): its owner after the mount's ID map, which most mounts do not have.
///
/// It compares with the IDs of tasks, and namespaces number it as they do a `KUID`; an inode never carries it.
package struct VFSUID: Hashable, Sendable {
    package let rawValue: UInt32
    @inlinable package init(_ rawValue: UInt32) { self.rawValue = rawValue }
    /// A task's own ID, as whose the file would show (VFSUIDT_INIT).
    package init(_ kuid: KUID) { rawValue = kuid.rawValue }
    /// INVALID_VFSUID: the mount's map has no number for the owner.
    package static let invalid = VFSUID(.max)
    package var isValid: Bool { rawValue != .max }
    /// vfsuid_eq_kuid(): whether the task with this ID is the owner.
    package func isOwn(_ kuid: KUID) -> Bool { isValid && rawValue == kuid.rawValue }
    /// vfsuid_into_kuid(): what a task becomes that takes the owner's place.
    package var kuid: KUID { KUID(rawValue) }
}

/// A file's group ID as a mount shows it (vfsgid_t).
package struct VFSGID: Hashable, Sendable {
    package let rawValue: UInt32
    @inlinable package init(_ rawValue: UInt32) { self.rawValue = rawValue }
    package init(_ kgid: KGID) { rawValue = kgid.rawValue }
    package static let invalid = VFSGID(.max)
    package var isValid: Bool { rawValue != .max }
    package var kgid: KGID { KGID(rawValue) }
}

/// The numbers that stand for IDs without a mapping (proc_sys_kernel(5), overflowuid and overflowgid).
package final class OverflowIDs {
    package var uid: UInt32 = UID.overflow.rawValue
    package var gid: UInt32 = GID.overflow.rawValue
    package init() {}
}
