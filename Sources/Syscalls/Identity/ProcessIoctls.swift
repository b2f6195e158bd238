import Credentials
import Kernel
import LinuxABI

/// ioctl(2) on pidfds (fs/pidfs.c): a process's namespaces, and what it is.
enum ProcessIoctls {
    static func call(
        _ file: ProcessFile, _ request: UInt32, _ argument: UInt64, _ task: Task
    ) throws(Refusal) -> Outcome {
        if request & 0xc000_ffff == 0xc000_ff0b, size(request) >= ProcessInfo.size {
            return try info(file, request, UserAddress(argument), task)
        }
        guard (0xff01...0xff0a).contains(request) else { throw Refusal(.ENOTTY) }
        guard let target = file.pid.task else { throw Refusal(.ESRCH) }
        guard argument == 0 else { throw Refusal(.EINVAL) }
        // A zombie has left its namespaces, which everybody may learn.
        guard let namespaces = target.namespaces else { throw Refusal(.ESRCH) }
        guard task.mayAccess(target, .readByFSCredentials) == nil else { throw Refusal(.pidfdNamespaceNoAccess) }
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

    /// struct pidfd_info, first version.
    private enum ProcessInfo {
        static let size = 64
        static let hasPID: UInt64 = 1
        static let hasCredentials: UInt64 = 2
        static let hasCgroup: UInt64 = 4
        static let hasExit: UInt64 = 8
    }

    /// PIDFD_GET_INFO: no access is needed beyond seeing the process.
    private static func info(
        _ file: ProcessFile, _ request: UInt32, _ address: UserAddress, _ task: Task
    ) throws(Refusal) -> Outcome {
        guard !address.isNull else { throw Refusal(.EINVAL) }
        let wanted = try task.memory.load(address, as: UInt64.self)
        guard task.pidNamespace.isAncestorOrSelf(of: file.pid.namespace) else {
            throw Refusal(.pidfdForeignNamespace)
        }
        var mask: UInt64 = 0
        var words: [UInt32]
        var exitCode: Int32 = 0
        if let target = file.pid.task {
            let credentials = target.credentials
            let user = task.userNamespace
            mask = ProcessInfo.hasPID | ProcessInfo.hasCredentials | ProcessInfo.hasCgroup
            let numbers = [target.pid, target.group.pid].map { $0.number(in: task.pidNamespace) }
            let parent = target.group.parent?.pid.number(in: task.pidNamespace) ?? 0
            words = (numbers + [parent]).map { UInt32(bitPattern: $0) }
            words.append(user.uidOrOverflow(credentials.uid).rawValue)
            words.append(user.gidOrOverflow(credentials.gid).rawValue)
            words.append(user.uidOrOverflow(credentials.euid).rawValue)
            words.append(user.gidOrOverflow(credentials.egid).rawValue)
            words.append(user.uidOrOverflow(credentials.suid).rawValue)
            words.append(user.gidOrOverflow(credentials.sgid).rawValue)
            words.append(user.uidOrOverflow(credentials.fsuid).rawValue)
            words.append(user.gidOrOverflow(credentials.fsgid).rawValue)
        } else {
            // Reaped: all that is left is how it ended, for whoever asks.
            guard wanted & ProcessInfo.hasExit != 0, let status = file.pid.reapedStatus else {
                throw Refusal(.ESRCH)
            }
            mask = ProcessInfo.hasExit | ProcessInfo.hasCgroup
            exitCode = status
            words = [UInt32](repeating: 0, count: 11)
        }
        words.append(UInt32(bitPattern: exitCode))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size(request))
        // The one cgroup there is has ID 1.
        for value in [mask, 1] { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
        for word in words { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
        if size(request) > bytes.count {
            bytes.append(contentsOf: repeatElement(0, count: size(request) - bytes.count))
        }
        try task.memory.store(bytes, at: address)
        return .success
    }
}
