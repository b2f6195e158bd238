import Credentials
import LinuxABI

/// MS_* of mount(2).
package struct MountRequestFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package static let readOnly = MountRequestFlags(rawValue: 1)
    package static let remount = MountRequestFlags(rawValue: 1 << 5)
    package static let noAtime = MountRequestFlags(rawValue: 1 << 10)
    package static let noDirectoryAtime = MountRequestFlags(rawValue: 1 << 11)
    package static let bind = MountRequestFlags(rawValue: 1 << 12)
    package static let move = MountRequestFlags(rawValue: 1 << 13)
    package static let recursive = MountRequestFlags(rawValue: 1 << 14)
    package static let silent = MountRequestFlags(rawValue: 1 << 15)
    package static let unbindable = MountRequestFlags(rawValue: 1 << 17)
    package static let `private` = MountRequestFlags(rawValue: 1 << 18)
    package static let slave = MountRequestFlags(rawValue: 1 << 19)
    package static let shared = MountRequestFlags(rawValue: 1 << 20)
    package static let relatime = MountRequestFlags(rawValue: 1 << 21)
    package static let strictAtime = MountRequestFlags(rawValue: 1 << 24)

    static let propagation: MountRequestFlags = [.shared, .private, .slave, .unbindable]
    /// Without one of them a remount leaves the access times as they are.
    private static let atime: MountRequestFlags = [.noAtime, .noDirectoryAtime, .relatime, .strictAtime]
    /// MS_NOUSER is negative as an int, and so are all bits above.
    private static let unknown: UInt64 = ~0x7fff_ffff
    private static let magic: UInt64 = 0xc0ed_0000

    /// What the register says: ancient programs put a number into the upper half (path_mount).
    package init(register: UInt64) {
        self.init(rawValue: register & 0xffff_0000 == Self.magic ? register & ~0xffff_0000 : register)
    }

    var hasUnknown: Bool { rawValue & Self.unknown != 0 }

    /// The mount's own flags: access times are updated relative to the last change unless something else is asked for.
    var mountFlags: MountFlags {
        var flags = MountFlags(rawValue, \.mount)
        if !contains(.noAtime) { flags.insert(.relatime) }
        if contains(.noAtime) { flags.remove(.relatime) }
        if contains(.strictAtime) { flags.subtract([.relatime, .noAtime]) }
        return flags
    }

    /// The same for a remount of `mount`.
    func mountFlags(remounting mount: Mount) -> MountFlags {
        let flags = mountFlags
        guard isDisjoint(with: Self.atime) else { return flags }
        return flags.subtracting(.atime).union(mount.flags.intersection(.atime))
    }

    /// flags_to_propagation_type(): nil unless they name one and nothing else.
    var propagationType: PropagationType? {
        switch subtracting([.recursive, .silent]) {
        case .shared: .shared
        case .private: .private
        case .slave: .slave
        case .unbindable: .unbindable
        default: nil
        }
    }
}

/// What mount(2) was given, copied from the caller's memory.
package struct MountRequest {
    package var source: [UInt8]?
    package var type: [UInt8]?
    package var flags: MountRequestFlags
    /// A page at most; text for all types that there are here.
    package var data: [UInt8]

    package init(source: [UInt8]?, type: [UInt8]?, flags: MountRequestFlags, data: [UInt8]) {
        self.source = source
        self.type = type
        self.flags = flags
        self.data = data
    }
}

extension Task {
    /// path_mount(): which of the many operations it is.
    package func mount(_ request: MountRequest, on target: Path) throws(Refusal) {
        let flags = request.flags
        if flags.hasUnknown { throw Refusal(.mountUnknownFlags) }
        try checkMayMount()
        if flags.contains([.remount, .bind]) {
            try remountBind(target, flags)
        } else if flags.contains(.remount) {
            try remount(target, request)
        } else if flags.contains(.bind) {
            try bind(request.source, on: target, recursively: flags.contains(.recursive))
        } else if !flags.isDisjoint(with: .propagation) {
            try changePropagation(target, flags)
        } else if flags.contains(.move) {
            try moveMount(named: request.source, to: target)
        } else {
            try newMount(request, on: target)
        }
        kernel.generation &+= 1
    }

    private func mountSource(_ text: [UInt8]?) throws(Refusal) -> Path {
        guard let text, !text.isEmpty else { throw Refusal(.mountWithoutSource) }
        return try lookup(text)
    }

    /// do_loopback().
    private func bind(_ source: [UInt8]?, on target: Path, recursively: Bool) throws(Refusal) {
        let source = try mountSource(source)
        try checkNoLoop(source)
        let place = try mountPlace(target)
        try checkOwn(place.mount)
        let copy = try copyMounts(source, recursively: recursively)
        do throws(Refusal) {
            try graft(copy, at: place)
        } catch {
            copy.discardTree()
            throw error
        }
    }

    /// graft_tree().
    func graft(_ mount: Mount, at place: Path) throws(Refusal) {
        guard mount.root.inode.mode.isDirectory == place.inode.mode.isDirectory else {
            throw Refusal(.mountKindsDiffer)
        }
        try mount.attachTree(at: place, user: mountNamespace?.owner ?? userNamespace)
    }

    /// do_move_mount_old().
    private func moveMount(named source: [UInt8]?, to target: Path) throws(Refusal) {
        try moveMount(try mountSource(source), to: target)
    }

    /// do_change_type().
    private func changePropagation(_ target: Path, _ flags: MountRequestFlags) throws(Refusal) {
        guard target.isMountRoot else { throw Refusal(.mountNotMountRoot) }
        guard let type = flags.propagationType else { throw Refusal(.mountPropagationType) }
        try checkMayChangePropagation(of: target.mount)
        let mounts = flags.contains(.recursive) ? target.mount.tree : [target.mount]
        for mount in mounts { mount.changePropagation(type) }
    }

    /// may_change_propagation(): who administers the mount's own namespace, which may be another than the caller's.
    func checkMayChangePropagation(of mount: Mount) throws(Refusal) {
        guard let namespace = mount.namespace else { throw Refusal(.mountOtherNamespace) }
        try require(.sysAdmin, over: namespace.owner, .mountNotPermitted)
    }
}
