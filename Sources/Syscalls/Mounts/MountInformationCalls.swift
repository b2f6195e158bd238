import Credentials
import Kernel
import LinuxABI

/// statmount(2) and listmount(2).
enum MountInformationCalls {
    static let handlers: [SyscallNumber: Handler] = [.statmount: status, .listmount: list]

    private static let status: Handler = { (task, a) throws(Refusal) in
        if Arguments.unsigned(a.a3) != 0 { throw Refusal(.mountUnknownFlags) }
        let request = try MountInformationRequest(task, UserAddress(a.a0))
        guard let namespace = try request.mounts(task) else { throw Refusal(.mountOutOfReach) }
        let size = Int(clamping: a.a2)
        // What has no room for any text is refused before the mount is looked for.
        if request.parameter & MountStatus.texts != 0, size == MountStatus.size { throw Refusal(.EOVERFLOW) }
        guard let mount = namespace.mount(request.id) else { throw Refusal(.ENOENT) }
        let root = try task.shownRoot(of: namespace)
        guard Path(mount: mount, dentry: mount.root).isReachable(from: root) || task.administers(namespace) else {
            throw Refusal(.mountOutOfReach)
        }
        let told = try MountStatus(mount, request.parameter, root: root, room: size, for: task)
        if !told.text.isEmpty {
            try task.memory.store(told.text, at: UserAddress(a.a1).advanced(by: MountStatus.size))
        }
        try task.memory.store(Array(told.record.prefix(size)), at: UserAddress(a.a1))
        return .success
    }

    private static let reverse: UInt32 = 1
    private static let mostIDs: UInt64 = 1_000_000

    private static let list: Handler = { (task, a) throws(Refusal) in
        let flags = Arguments.unsigned(a.a3)
        guard flags & ~reverse == 0 else { throw Refusal(.mountUnknownFlags) }
        guard a.a2 <= mostIDs else { throw Refusal(.EOVERFLOW) }
        let request = try MountInformationRequest(task, UserAddress(a.a0))
        let last = request.parameter
        if last != 0, last <= MountInformationRequest.lowestID { throw Refusal(.EINVAL) }
        // Unlike statmount(2), it does not tell that there is such a namespace.
        guard let namespace = try request.mounts(task) else { throw Refusal(.ENOENT) }
        let ids = try ids(
            in: namespace, below: request.id, after: last, count: Int(clamping: a.a2), reverse: flags & reverse != 0,
            task)
        if !ids.isEmpty { try task.memory.store(LittleEndian.bytes(ids), at: UserAddress(a.a1)) }
        return .value(Int64(ids.count))
    }

    /// do_listmount(): those below the mount `id`, by age.
    private static func ids(
        in namespace: MountNamespace, below id: UInt64, after last: UInt64, count: Int, reverse: Bool, _ task: Task
    ) throws(Refusal) -> [UInt64] {
        let root = try task.shownRoot(of: namespace)
        var origin = root
        if id != MountInformationRequest.root {
            guard let mount = namespace.mount(id) else { throw Refusal(.ENOENT) }
            origin = Path(mount: mount, dentry: mount.root)
        }
        guard origin.isReachable(from: root) || task.administers(namespace) else { throw Refusal(.mountOutOfReach) }
        let mounts = namespace.mounts
        var index: Int
        if reverse {
            index = (last == 0 ? mounts.count : namespace.lowerBound(last)) - 1
        } else {
            index = last == 0 ? 0 : namespace.lowerBound(last &+ 1)
            if last == .max { index = mounts.count }
        }
        var found: [UInt64] = []
        var reach = MountReach(from: origin)
        while mounts.indices.contains(index), found.count < count {
            let mount = mounts[index]
            if mount.uniqueID != id, reach.contains(mount) {
                found.append(mount.uniqueID)
            }
            index += reverse ? -1 : 1
        }
        return found
    }
}
