import Credentials
import Kernel
import LinuxABI

/// ioctl(2) on pidfds (fs/pidfs.c): a process's namespaces, and what it is.
enum ProcessIoctls {
    /// FS_IOC_GETVERSION.
    private static let getVersion: UInt32 = 0x8008_7601

    static func call(
        _ file: PidfdFile, _ request: UInt32, _ argument: UInt64, _ task: Task
    ) throws(Refusal) -> Outcome {
        if request == getVersion {
            guard argument != 0 else { throw Refusal(.EINVAL) }
            // i_generation: 64-bit inode numbers need none.
            try task.memory.store(UInt32(0), at: UserAddress(argument))
            return .success
        }
        if request & 0xc000_ffff == 0xc000_ff0b, size(request) >= ProcessInfo.size {
            return try info(file, request, UserAddress(argument), task)
        }
        guard (0xff01...0xff0a).contains(request) else { throw Refusal(.ENOTTY) }
        guard let target = file.pid.task else { throw Refusal(.ESRCH) }
        guard argument == 0 else { throw Refusal(.EINVAL) }
        // A zombie has left its namespaces, which everybody may learn.
        guard let namespaces = target.namespaces else { throw Refusal(.ESRCH) }
        if let refusal = task.mayAccess(target, .readByFSCredentials) { throw refusal.under(.pidfdNamespaceNoAccess) }
        let chosen: any Namespace =
            switch request {
            case 0xff01: namespaces.cgroup
            case 0xff02: namespaces.ipc
            case 0xff03: namespaces.mount
            case 0xff04: namespaces.net
            case 0xff05: target.pidNamespace
            case 0xff06: namespaces.pidForChildren
            case 0xff07: namespaces.time
            case 0xff08: namespaces.timeForChildren
            case 0xff09: target.userNamespace
            default: namespaces.uts
            }
        return .value(Int64(try task.open(chosen)))
    }

    private static func size(_ request: UInt32) -> Int { Int((request >> 16) & 0x3fff) }

    /// struct pidfd_info, whose first version had 64 bytes.
    private enum ProcessInfo {
        static let size = 64
        static let hasPID: UInt64 = 1
        static let hasCredentials: UInt64 = 2
        static let hasCgroup: UInt64 = 4
        static let hasExit: UInt64 = 8
        static let hasCoreDump: UInt64 = 16
    }

    /// PIDFD_GET_INFO: no access is needed beyond seeing the process.
    private static func info(
        _ file: PidfdFile, _ request: UInt32, _ address: UserAddress, _ task: Task
    ) throws(Refusal) -> Outcome {
        guard !address.isNull else { throw Refusal(.EINVAL) }
        let wanted = try task.memory.load(address, as: UInt64.self)
        guard task.pidNamespace.isAncestorOrSelf(of: file.pid.namespace) else {
            throw Refusal(.pidfdForeignNamespace)
        }
        var mask: UInt64 = ProcessInfo.hasCgroup
        if wanted & ProcessInfo.hasCoreDump != 0 { mask |= ProcessInfo.hasCoreDump }
        var words: [UInt32]
        if let target = file.pid.task {
            mask |= ProcessInfo.hasPID | ProcessInfo.hasCredentials
            words = identity(of: target, for: task)
            // No exit code yet, and how a core dump would be made.
            words.append(0)
            words.append(wanted & ProcessInfo.hasCoreDump != 0 ? coreDumpMode(of: target) : 0)
        } else {
            // Reaped: all that is left is how it ended, for whoever asks.
            guard wanted & ProcessInfo.hasExit != 0, let status = file.pid.reapedStatus else {
                throw Refusal(.ESRCH)
            }
            mask |= ProcessInfo.hasExit
            words = [UInt32](repeating: 0, count: 11)
            words.append(UInt32(bitPattern: status))
            words.append(0)
        }
        // The signal of a core dump: none is made.
        words.append(0)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(max(size(request), 72))
        // The one cgroup there is has ID 1.
        for value in [mask, 1] { bytes.append(littleEndian: value) }
        for word in words { bytes.append(littleEndian: word) }
        // copy_struct_to_user(): as much as the caller's version of the structure holds.
        if size(request) > bytes.count {
            bytes.append(contentsOf: repeatElement(0, count: size(request) - bytes.count))
        } else {
            bytes.removeLast(bytes.count - size(request))
        }
        try task.memory.store(bytes, at: address)
        return .success
    }

    /// Numbers and IDs of `target` as `task` sees them: pid, tgid, ppid, and real, effective, saved and file-system IDs.
    private static func identity(of target: Task, for task: Task) -> [UInt32] {
        let credentials = target.credentials
        let user = task.userNamespace
        let numbers = [target.pid, target.group.pid].map { $0.number(in: task.pidNamespace) }
        let parent = target.group.parent?.pid.number(in: task.pidNamespace) ?? 0
        var words = (numbers + [parent]).map { UInt32(bitPattern: $0) }
        words.append(user.uidOrOverflow(credentials.uid).rawValue)
        words.append(user.gidOrOverflow(credentials.gid).rawValue)
        words.append(user.uidOrOverflow(credentials.euid).rawValue)
        words.append(user.gidOrOverflow(credentials.egid).rawValue)
        words.append(user.uidOrOverflow(credentials.suid).rawValue)
        words.append(user.gidOrOverflow(credentials.sgid).rawValue)
        words.append(user.uidOrOverflow(credentials.fsuid).rawValue)
        words.append(user.gidOrOverflow(credentials.fsgid).rawValue)
        return words
    }

    /// pidfs_coredump_mask(): PIDFD_COREDUMP_SKIP, _USER or _ROOT by the memory's dumpability; 0 without memory.
    private static func coreDumpMode(of target: Task) -> UInt32 {
        if target.isExiting { return 0 }
        switch target.image.dumpable {
        case 1: return 4
        case 2: return 8
        default: return 2
        }
    }
}
