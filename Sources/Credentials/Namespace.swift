import LinuxABI

/// What every namespace has, whatever it governs (namespaces(7)): a kind, an inode number and an owner.
///
/// Identity is object identity. A namespace lives as long as something refers to it: tasks, open nsfs files, bind
/// mounts, children and owned namespaces all hold strong references, and nothing else does.
package protocol Namespace: AnyObject {
    var kind: NamespaceKind { get }
    /// The number in `user:[4026531837]` and `st_ino`.
    var inode: UInt32 { get }
    /// The user namespace whose capabilities govern this one; nil only for the initial user namespace.
    var owner: UserNamespace? { get }
}

/// Inode numbers of the initial namespaces (include/uapi/linux/nsfs.h, 6.18) and the counter for all later ones.
package struct NamespaceInodes: Sendable {
    package static let ipc: UInt32 = 4_026_531_839
    package static let uts: UInt32 = 4_026_531_838
    package static let user: UInt32 = 4_026_531_837
    package static let pid: UInt32 = 4_026_531_836
    package static let cgroup: UInt32 = 4_026_531_835
    package static let time: UInt32 = 4_026_531_834
    package static let net: UInt32 = 4_026_531_833
    package static let mount: UInt32 = 4_026_531_832

    private var next: UInt32 = 4_026_532_200
    package init() {}
    package mutating func allocate() -> UInt32 {
        defer { next = next == .max ? 4_026_532_200 : next + 1 }
        return next
    }
}
