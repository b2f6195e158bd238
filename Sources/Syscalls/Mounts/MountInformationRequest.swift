import Credentials
import Kernel
import LinuxABI

/// struct mnt_id_req, which statmount(2) and listmount(2) take.
struct MountInformationRequest {
    /// A unique one; all bits set for the root (LSMT_ROOT).
    let id: UInt64
    /// Which parts of statmount(2) are wanted, or after which mount listmount(2) begins.
    let parameter: UInt64
    /// 0 for the caller's own.
    let namespace: UInt64

    static let root: UInt64 = .max
    /// MNT_UNIQUE_ID_OFFSET: all unique IDs are above.
    static let lowestID: UInt64 = 1 << 31
    /// The structure as it was first, and as it is.
    private static let firstSize = 24
    private static let size = 32

    /// copy_mnt_id_req()
    init(_ task: Task, _ address: UserAddress) throws(Refusal) {
        let given = try task.memory.load(address, as: UInt32.self)
        let bytes = try task.memory.growingStructure(
            address, size: UInt64(given), known: Self.size, minimum: Self.firstSize)
        let spare: UInt32 = LittleEndian.load(bytes, 4)
        id = LittleEndian.load(bytes, 8)
        parameter = LittleEndian.load(bytes, 16)
        namespace = LittleEndian.load(bytes, 24)
        guard spare == 0, id > Self.lowestID else { throw Refusal(.EINVAL) }
    }

    /// grab_requested_mnt_ns(), and whether the caller may look into it; nil where it may not.
    func mounts(_ task: Task) throws(Refusal) -> MountNamespace? {
        guard namespace != 0 else {
            guard let own = task.mountNamespace else { throw Refusal(.ENOENT) }
            return own
        }
        guard let found = task.kernel.namespaceTree[namespace] as? MountNamespace else { throw Refusal(.ENOENT) }
        return found === task.mountNamespace || task.administers(found) ? found : nil
    }
}

extension Task {
    func administers(_ namespace: MountNamespace) -> Bool {
        credentials.has(.sysAdmin, over: namespace.owner ?? kernel.initialUserNamespace)
    }

    /// grab_requested_root(): from where places in `namespace` are told: the caller's root, or what is mounted first in a
    /// namespace that is not the caller's.
    func shownRoot(of namespace: MountNamespace) throws(Refusal) -> Path {
        if namespace === mountNamespace { return fs.root }
        guard let bottom = namespace.root, let first = namespace.mounts.first(where: { $0.parent === bottom }) else {
            throw Refusal(.ENOENT)
        }
        return Path(mount: first, dentry: first.root)
    }
}
