import Credentials
import Kernel
import LinuxABI

/// ioctl(2) on nsfs files (ioctl_nsfs(2)).
package enum NamespaceIoctls {
    private static let getUserNamespace: UInt32 = 0xb701
    private static let getParent: UInt32 = 0xb702
    private static let getKind: UInt32 = 0xb703
    private static let getOwnerUID: UInt32 = 0xb704
    private static let getMountNamespaceID: UInt32 = 0x8008_b705
    private static let getPIDFrom: UInt32 = 0x8004_b706
    private static let getTGIDFrom: UInt32 = 0x8004_b707
    private static let getPIDIn: UInt32 = 0x8004_b708
    private static let getTGIDIn: UInt32 = 0x8004_b709
    private static let getID: UInt32 = 0x8008_b70d
    private static let mountInfoSize: UInt32 = 16

    /// Answers a request on a namespace file or a pidfd; nil when `file` is neither.
    package static func call(
        _ file: OpenFile, _ request: UInt32, _ argument: UInt64, _ task: Task
    ) throws(Refusal) -> Outcome? {
        switch file {
        case let file as NsFile: try call(file.namespace, request, argument, task)
        case let file as PidfdFile: try ProcessIoctls.call(file, request, argument, task)
        default: nil
        }
    }

    private static func call(
        _ namespace: any Namespace, _ request: UInt32, _ argument: UInt64, _ task: Task
    ) throws(Refusal) -> Outcome {
        let address = UserAddress(argument)
        switch request {
        case getUserNamespace:
            return .value(Int64(try task.open(try task.owner(of: namespace))))
        case getParent:
            return .value(Int64(try task.open(try task.parent(of: namespace))))
        case getKind:
            return .value(Int64(namespace.kind.rawValue))
        case getOwnerUID:
            guard let user = namespace as? UserNamespace else { throw Refusal(.nsfsWrongKind) }
            try task.memory.store(task.userNamespace.uidOrOverflow(user.ownerUID).rawValue, at: address)
            return .success
        case getMountNamespaceID:
            guard namespace is MountNamespace else { throw Refusal(.nsfsWrongKind) }
            try task.memory.store(namespace.identifier, at: address)
            return .success
        case getID:
            try task.memory.store(namespace.identifier, at: address)
            return .success
        case getPIDFrom, getTGIDFrom, getPIDIn, getTGIDIn:
            guard let pids = namespace as? PIDNamespace else { throw Refusal(.nsfsWrongKind) }
            let isFrom = request == getPIDFrom || request == getTGIDFrom
            let (source, target) = isFrom ? (pids, task.pidNamespace) : (task.pidNamespace, pids)
            let isThread = request == getPIDFrom || request == getPIDIn
            let number = try source.translate(Arguments.int(argument), isThread: isThread, to: target)
            return .value(Int64(number))
        default:
            return try mountRequest(namespace, request, address, task)
        }
    }

    /// NS_MNT_GET_INFO, NEXT and PREV, whose structure may grow: its size is in the request.
    private static func mountRequest(
        _ namespace: any Namespace, _ request: UInt32, _ address: UserAddress, _ task: Task
    ) throws(Refusal) -> Outcome {
        let size = (request >> 16) & 0x3fff
        guard request & 0xc000_ffff | 0xf == 0x8000_b70f, [0xa, 0xb, 0xc].contains(request & 0xff),
            size >= mountInfoSize
        else { throw Refusal(.ENOTTY) }
        let isInfo = request & 0xff == 0xa
        // Before the kind is looked at.
        if !isInfo { try task.checkMountList() }
        guard let mounts = namespace as? MountNamespace else { throw Refusal(.nsfsWrongKind) }
        if isInfo {
            guard !address.isNull else { throw Refusal(.EINVAL) }
            try store(mounts, at: address, task)
            return .success
        }
        let isPrevious = request & 0xff == 0xc
        guard let found = task.kernel.namespaceTree.neighbour(of: mounts, before: isPrevious) else {
            throw Refusal(.ENOENT)
        }
        if !address.isNull { try store(found, at: address, task) }
        return .value(Int64(try task.open(found)))
    }

    /// struct mnt_ns_info, as much as is known of it (copy_ns_info_to_user).
    private static func store(_ mounts: MountNamespace, at address: UserAddress, _ task: Task) throws(Refusal) {
        try task.memory.store(mountInfoSize, at: address)
        try task.memory.store(UInt32(clamping: mounts.mounts.count), at: address.advanced(by: 4))
        try task.memory.store(mounts.identifier, at: address.advanced(by: 8))
    }
}
