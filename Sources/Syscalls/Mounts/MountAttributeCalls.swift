import Credentials
import Kernel
import LinuxABI

/// mount_setattr(2).
enum MountAttributeCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .mount_setattr: { (task, a) throws(Refusal) in
            let flags = AtFlags(rawValue: Arguments.unsigned(a.a2))
            guard flags.isSubset(of: [.emptyPath, .symlinkNofollow, .noAutomount, recursive]) else {
                throw Refusal(.mountUnknownFlags)
            }
            guard
                let change = try change(
                    task, UserAddress(a.a3), size: a.a4, recursively: flags.contains(recursive), replacesMap: false)
            else { return .success }
            let path = try task.mountPath(
                a.a0, a.a1, follows: !flags.contains(.symlinkNofollow), allowsEmpty: flags.contains(.emptyPath))
            try task.setAttributes(of: path, change)
            return .success
        }
    ]

    /// AT_RECURSIVE.
    private static let recursive = AtFlags(rawValue: 0x8000)
    /// struct mount_attr as it was first, and as it still is.
    private static let size = 32

    /// wants_mount_setattr(): what struct mount_attr says; nil where that is nothing, of which nothing else is checked.
    static func change(
        _ task: Task, _ address: UserAddress, size: UInt64, recursively: Bool, replacesMap: Bool
    ) throws(Refusal) -> MountAttributeChange? {
        if size > 4096 { throw Refusal(.E2BIG) }
        if size < UInt64(Self.size) { throw Refusal(.EINVAL) }
        try task.checkMayMount()
        let bytes = try task.memory.growingStructure(address, size: size, known: Self.size, minimum: Self.size)
        let set: UInt64 = LittleEndian.load(bytes, 0), clear: UInt64 = LittleEndian.load(bytes, 8)
        let propagation: UInt64 = LittleEndian.load(bytes, 16)
        if set | clear | propagation == 0 { return nil }

        // build_mount_kattr()
        let type = try type(propagation)
        guard (set | clear) & ~(MountAttributes.allButMap | MountAttributes.map) == 0 else {
            throw Refusal(.mountAttributeBits)
        }
        var change = MountAttributeChange(
            set: MountAttributes.plain(set), clear: MountAttributes.plain(clear), propagation: type,
            map: .unchanged, replacesMap: replacesMap, recursively: recursively)
        // The ways of access times are no bits: all are cleared, or none is set.
        switch clear & MountAttributes.accessTimes {
        case 0:
            if set & MountAttributes.accessTimes != 0 { throw Refusal(.mountAttributeAtime) }
        case MountAttributes.accessTimes:
            guard let flags = MountAttributes.flags(set) else { throw Refusal(.mountAttributeAtime) }
            change.set = flags
            change.clear.formUnion([.relatime, .noAtime])
        default: throw Refusal(.mountAttributeAtime)
        }
        change.map = try map(task, set, clear, fd: LittleEndian.load(bytes, 24), replaces: replacesMap)
        return change
    }

    /// One kind of propagation and no other bit; nil for none.
    private static func type(_ bits: UInt64) throws(Refusal) -> PropagationType? {
        switch MountRequestFlags(rawValue: bits) {
        case []: nil
        case .shared: .shared
        case .slave: .slave
        case .private: .private
        case .unbindable: .unbindable
        default: throw Refusal(.mountPropagationType)
        }
    }

    /// build_mount_idmapped()
    private static func map(
        _ task: Task, _ set: UInt64, _ clear: UInt64, fd: UInt64, replaces: Bool
    ) throws(Refusal) -> MountAttributeChange.Map {
        let isSet = set & MountAttributes.map != 0
        if clear & MountAttributes.map != 0 {
            guard replaces else { throw Refusal(.idMapCleared) }
            if !isSet { return .removed }
        }
        guard isSet else { return .unchanged }
        guard let number = Int32(exactly: fd) else { throw Refusal(.EINVAL) }
        let file = try task.openFile(UInt64(UInt32(bitPattern: number)))
        guard let namespace = (file as? NsFile)?.namespace as? UserNamespace else {
            throw Refusal(.idMapNotUserNamespace)
        }
        if namespace.isInitial { throw Refusal(.idMapInitial) }
        try task.require(.sysAdmin, over: namespace, .idMapNotPermitted)
        return .of(namespace)
    }
}
