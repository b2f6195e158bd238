import Credentials
import Kernel
import LinuxABI

/// getuid(2), setuid(2) and their kin, groups included.
enum IDCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .getuid: { (task, _) throws(Refusal) in show(task, task.credentials.uid) },
        .geteuid: { (task, _) throws(Refusal) in show(task, task.credentials.euid) },
        .getgid: { (task, _) throws(Refusal) in show(task, task.credentials.gid) },
        .getegid: { (task, _) throws(Refusal) in show(task, task.credentials.egid) },
        .getresuid: getresuid, .getresgid: getresgid,
        .setuid: { (task, a) throws(Refusal) in
            try commit(task, task.credentials.settingUID(uid(a.a0)))
        },
        .setgid: { (task, a) throws(Refusal) in
            try commit(task, task.credentials.settingGID(gid(a.a0)))
        },
        .setreuid: { (task, a) throws(Refusal) in
            try commit(task, task.credentials.settingUIDs(real: uid(a.a0), effective: uid(a.a1)))
        },
        .setregid: { (task, a) throws(Refusal) in
            try commit(task, task.credentials.settingGIDs(real: gid(a.a0), effective: gid(a.a1)))
        },
        .setresuid: { (task, a) throws(Refusal) in
            try commit(
                task, task.credentials.settingUIDs(real: uid(a.a0), effective: uid(a.a1), saved: uid(a.a2)))
        },
        .setresgid: { (task, a) throws(Refusal) in
            try commit(
                task, task.credentials.settingGIDs(real: gid(a.a0), effective: gid(a.a1), saved: gid(a.a2)))
        },
        .setfsuid: { (task, a) throws(Refusal) in
            let old = task.credentials
            task.commit(old.settingFSUID(uid(a.a0)))
            return show(task, old.fsuid)
        },
        .setfsgid: { (task, a) throws(Refusal) in
            let old = task.credentials
            task.commit(old.settingFSGID(gid(a.a0)))
            return show(task, old.fsgid)
        },
        .getgroups: getgroups, .setgroups: setgroups,
    ]

    private static func uid(_ register: UInt64) -> UID { UID(UInt32(truncatingIfNeeded: register)) }
    private static func gid(_ register: UInt64) -> GID { GID(UInt32(truncatingIfNeeded: register)) }

    private static func show(_ task: Task, _ uid: KUID) -> Outcome {
        .value(Int64(task.userNamespace.uidOrOverflow(uid).rawValue))
    }
    private static func show(_ task: Task, _ gid: KGID) -> Outcome {
        .value(Int64(task.userNamespace.gidOrOverflow(gid).rawValue))
    }

    private static func commit(_ task: Task, _ new: Credentials) -> Outcome {
        task.commit(new)
        return .success
    }

    private static func getresuid(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let credentials = task.credentials
        let namespace = task.userNamespace
        try task.memory.store(namespace.uidOrOverflow(credentials.uid).rawValue, at: UserAddress(a.a0))
        try task.memory.store(namespace.uidOrOverflow(credentials.euid).rawValue, at: UserAddress(a.a1))
        try task.memory.store(namespace.uidOrOverflow(credentials.suid).rawValue, at: UserAddress(a.a2))
        return .success
    }

    private static func getresgid(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let credentials = task.credentials
        let namespace = task.userNamespace
        try task.memory.store(namespace.gidOrOverflow(credentials.gid).rawValue, at: UserAddress(a.a0))
        try task.memory.store(namespace.gidOrOverflow(credentials.egid).rawValue, at: UserAddress(a.a1))
        try task.memory.store(namespace.gidOrOverflow(credentials.sgid).rawValue, at: UserAddress(a.a2))
        return .success
    }

    /// getgroups(2): a size of 0 only asks for the count.
    private static func getgroups(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let size = Arguments.int(a.a0)
        let groups = task.credentials.groups
        guard size >= 0 else { throw Refusal(.EINVAL) }
        guard size > 0 else { return .value(Int64(groups.count)) }
        guard groups.count <= Int(size) else { throw Refusal(.EINVAL) }
        let namespace = task.userNamespace
        var bytes: [UInt8] = []
        bytes.reserveCapacity(groups.count * 4)
        for group in groups { bytes.append(littleEndian: namespace.gidOrOverflow(group).rawValue) }
        if !bytes.isEmpty { try task.memory.store(bytes, at: UserAddress(a.a1)) }
        return .value(Int64(groups.count))
    }

    /// NGROUPS_MAX.
    private static let maximumGroups: UInt32 = 65536

    private static func setgroups(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let credentials = task.credentials
        // Permission comes first, even for a nonsense count.
        do throws(Refusal) {
            try credentials.checkSetgroups()
        } catch {
            let own = credentials.userNamespace
            throw error.explained(
                !task.wantsExplanations
                    ? nil
                    : "in user:[\(own.inode)] setgroups is \(own.setgroupsAllowed ? "allowed" : "denied"), "
                        + "the group ID map has \(own.gidMap.extents.count) lines, and the caller "
                        + "\(credentials.effective.has(.setgid) ? "has" : "lacks") CAP_SETGID")
        }
        let count = Arguments.unsigned(a.a0)
        guard count <= maximumGroups else { throw Refusal(.EINVAL) }
        let bytes = count == 0 ? [] : try task.memory.bytes(UserAddress(a.a1), count: Int(count) * 4)
        task.commit(try credentials.settingGroups(LittleEndian.all(bytes).map { GID($0) }))
        return .success
    }
}
