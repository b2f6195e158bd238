import Credentials
import LinuxABI

/// cgroup2 (cgroups(7)): the tree of control groups, one for the whole kernel. Each mount shows the part below the root of
/// its maker's cgroup namespace.
package final class CgroupFS: PseudoFileSystem {
    /// The words of the last mount from the initial cgroup namespace; they change nothing here.
    var options: CgroupOptions = []

    package init(device: DeviceNumber, userNamespace: UserNamespace, now: Timestamp) {
        super.init(
            type: FileSystemType("cgroup2", .mountableByUserNamespace), magic: 0x6367_7270, device: device,
            userNamespace: userNamespace, created: now)
    }

    package override var optionsText: [UInt8] { options.text }

    /// Gives the root its directory.
    func show(_ root: Cgroup) {
        let directory = CgroupDirectory(self, root, FileMode(.directory, 0o555), uid: .root, gid: .root, number: 1)
        root.directory = directory
        _ = makeRoot(directory)
    }

    /// Where `group` is in the tree; nil when it was removed.
    func dentry(of group: Cgroup) -> Dentry? {
        guard !group.isRemoved, var dentry = rootDentry else { return nil }
        for group in group.pathFromRoot {
            if let known = dentry.child(group.name) {
                dentry = known
            } else {
                guard let directory = group.directory else { return nil }
                let made = Dentry(name: group.name, parent: dentry, inode: directory)
                dentry.add(made)
                dentry = made
            }
        }
        return dentry
    }
}

extension Cgroup {
    /// The groups from below the root down to this one.
    fileprivate var pathFromRoot: [Cgroup] {
        Array(sequence(first: self, next: \.parent).prefix { $0.parent != nil }).reversed()
    }
}

/// Options of the hierarchy, as they are shown.
struct CgroupOptions: OptionSet {
    let rawValue: UInt32
    private static let words: [StaticString] = [
        "nsdelegate", "favordynmods", "memory_localevents", "memory_recursiveprot", "memory_hugetlb_accounting",
        "pids_localevents",
    ]

    init(rawValue: UInt32) { self.rawValue = rawValue }
    init?(word: Name) {
        guard let index = Self.words.firstIndex(where: { Name(stringLiteral: $0) == word }) else { return nil }
        rawValue = 1 << UInt32(index)
    }

    var text: [UInt8] {
        var text: [UInt8] = []
        for (index, word) in Self.words.enumerated() where rawValue & 1 << UInt32(index) != 0 {
            text.append(UInt8(ascii: ","))
            text.append(word)
        }
        return text
    }
}

/// The type `cgroup2`.
package final class CgroupType: FileSystemType {
    private weak var kernel: Kernel?

    package init(_ kernel: Kernel) {
        self.kernel = kernel
        super.init("cgroup2", .mountableByUserNamespace)
        kernel.cgroups.type = self
    }

    package override func makeContext(
        _ purpose: FileSystemContext.Purpose, flags: SuperBlockFlags, mask: SuperBlockFlags, for caller: any Caller
    ) throws(Refusal) -> FileSystemContext {
        guard let kernel else { throw Refusal(.ENODEV) }
        let namespace = (caller as? Task)?.namespaces?.cgroup ?? kernel.initialNamespaces.cgroup
        return CgroupContext(self, purpose, flags, mask, kernel, namespace, for: caller)
    }
}

private final class CgroupContext: FileSystemContext {
    private let kernel: Kernel
    private let namespace: CgroupNamespace
    private var options: CgroupOptions = []

    init(
        _ type: CgroupType, _ purpose: Purpose, _ flags: SuperBlockFlags, _ mask: SuperBlockFlags, _ kernel: Kernel,
        _ namespace: CgroupNamespace, for caller: any Caller
    ) {
        self.kernel = kernel
        self.namespace = namespace
        super.init(type, purpose, flags: flags, mask: mask, userNamespace: namespace.owner, for: caller)
    }

    /// cgroup2_parse_param()
    override func take(_ parameter: FileSystemParameter, for caller: any Caller) throws(Refusal) -> Bool {
        guard let option = CgroupOptions(word: parameter.key) else { return false }
        try flag(parameter)
        options.insert(option)
        return true
    }

    override func makeRoot(for caller: any Caller) throws(Refusal) -> Root {
        guard let dentry = kernel.cgroups.dentry(of: namespace.root) else { throw Refusal(.ENOENT) }
        apply()
        return try share(Root(kernel.cgroups, dentry))
    }

    override func change(_ fileSystem: FileSystem, for caller: any Caller) throws(Refusal) { apply() }

    /// apply_cgroup_root_flags(): only the initial namespace has a say.
    private func apply() {
        if namespace === kernel.initialNamespaces.cgroup { kernel.cgroups.options = options }
    }
}
