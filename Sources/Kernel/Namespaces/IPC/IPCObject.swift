import Credentials
import LinuxABI

/// What message queues, semaphore sets and shared memory have in common (struct kern_ipc_perm, sysvipc(7)).
package class IPCObject {
    /// 0, IPC_PRIVATE, for one that is found by number only.
    package fileprivate(set) var key: Int32
    package private(set) var uid: KUID
    package private(set) var gid: KGID
    package let creatorUID: KUID
    package let creatorGID: KGID
    /// Permission bits 0...0o777, and SHM_LOCKED, SHM_DEST above them.
    package private(set) var mode: UInt32
    /// Number and slot, once it is in its table.
    package fileprivate(set) var id: Int32 = 0
    package fileprivate(set) var sequence: UInt16 = 0
    /// Who slept on it finds it gone (EIDRM).
    package fileprivate(set) var isRemoved = false
    /// CLOCK_REALTIME, in seconds.
    package var changeTime: Int64

    private let charge: Charge
    /// The object, and its places in the tables.
    static let footprint = 512

    init(key: Int32, mode: UInt32, creator: Credentials, now: Int64, charge: consuming Charge) {
        self.charge = charge
        self.key = key
        self.mode = mode & 0o777
        uid = creator.euid
        gid = creator.egid
        creatorUID = creator.euid
        creatorGID = creator.egid
        changeTime = now
    }

    /// How much it counts towards its namespace's limit, besides being one.
    package var amount: UInt64 { 0 }

    /// ipcperms(): `wanted` has mode bits of any of the three classes.
    package func check(_ wanted: UInt32, by task: Task) throws(Refusal) {
        let credentials = task.credentials
        let requested = wanted >> 6 | wanted >> 3 | wanted
        var granted = mode
        if credentials.euid == creatorUID || credentials.euid == uid {
            granted >>= 6
        } else if credentials.isMember(of: creatorGID) || credentials.isMember(of: gid) {
            granted >>= 3
        }
        guard requested & ~granted & 0o7 != 0, !isCapable(.ipcOwner, task) else { return }
        throw task.refusal(
            .ipcAccessDenied,
            "mode \(String(mode, radix: 8)), owner \(uid.rawValue), the caller's euid \(credentials.euid.rawValue)")
    }

    /// The capability over the owner of the caller's IPC namespace, where the object is.
    package func isCapable(_ capability: Capability, _ task: Task) -> Bool {
        guard let owner = task.namespaces?.ipc.owner else { return false }
        return task.credentials.has(capability, over: owner)
    }

    package func isOwned(by task: Task) -> Bool {
        task.credentials.euid == creatorUID || task.credentials.euid == uid
    }

    /// ipcctl_obtain_check(): who may set and remove.
    package func checkOwner(_ task: Task) throws(Refusal) {
        if !isOwned(by: task), !isCapable(.sysAdmin, task) { throw Refusal(.ipcNotOwner) }
    }

    /// IPC_SET: owner, group and permission bits as the caller numbers them (ipc_update_perm).
    package func update(uid newUID: UInt32, gid newGID: UInt32, mode newMode: UInt32, by task: Task) throws(Refusal) {
        let namespace = task.userNamespace
        guard let uid = namespace.kuid(UID(newUID)), let gid = namespace.kgid(GID(newGID)) else {
            throw Refusal(.ipcOwnerUnmapped)
        }
        self.uid = uid
        self.gid = gid
        mode = mode & ~0o777 | newMode & 0o777
    }

    package func setFlag(_ flag: UInt32, _ isOn: Bool) { mode = isOn ? mode | flag : mode & ~flag }
}

/// The objects of one kind in an IPC namespace, by number and by key (struct ipc_ids).
package struct IPCTable<Object: IPCObject> {
    private var slots: [Int32: Object] = [:]
    /// What the objects amount to: semaphores, or pages.
    package private(set) var total: UInt64 = 0
    private var byKey: [Int32: Object] = [:]
    private var lastSlot: Int32 = -1
    private var sequence: UInt16 = 0

    /// IPCMNI_SHIFT: a number is the sequence above the slot.
    private static var slotBits: Int32 { 15 }
    private static var slotMask: Int32 { 0x7fff }
    /// Numbers are not given again before this many others were.
    private static var minimumCycle: Int { 64 }

    package init() {}
    package var count: Int { slots.count }
    /// The highest slot in use, 0 when there is none (ipc_get_maxidx).
    package var highestSlot: Int32 { slots.keys.max() ?? 0 }
    package var objects: Dictionary<Int32, Object>.Values { slots.values }

    /// ipc_obtain_object_check(): EINVAL for numbers that name nothing now.
    package func object(_ id: Int32) throws(Refusal) -> Object {
        guard id >= 0, let object = slots[id & Self.slotMask], object.id == id else { throw Refusal(.EINVAL) }
        return object
    }

    /// By slot, for MSG_STAT and its kin.
    package func object(slot: Int32) throws(Refusal) -> Object {
        guard slot >= 0, let object = slots[slot & Self.slotMask] else { throw Refusal(.EINVAL) }
        return object
    }

    /// ipcget(): the object with `key` if it fits and its mode allows what the flags ask, or a new one.
    package mutating func get(
        _ key: Int32, flags: UInt32, by task: Task, limit: Int, fits: (Object) -> Bool,
        make: () throws(Refusal) -> Object
    ) throws(Refusal) -> Object {
        if key != 0, let known = byKey[key] {
            // IPC_CREAT 0o1000, IPC_EXCL 0o2000.
            if flags & 0o3000 == 0o3000 { throw Refusal(.EEXIST) }
            guard fits(known) else { throw Refusal(.EINVAL) }
            try known.check(flags & 0o777, by: task)
            return known
        }
        if key != 0, flags & 0o1000 == 0 { throw Refusal(.ENOENT) }
        let object = try make()
        guard count < min(limit, Int(Self.slotMask) + 1) else { throw Refusal(.ENOSPC) }
        insert(object)
        return object
    }

    private mutating func insert(_ object: Object) {
        let cycle = Int32(clamping: max(count * 3 / 2, Self.minimumCycle))
        var slot = lastSlot + 1
        if slot >= cycle { slot = 0 }
        while slots[slot] != nil { slot = slot + 1 > Self.slotMask ? 0 : slot + 1 }
        if slot <= lastSlot { sequence = sequence &+ 1 & 0x7fff }
        lastSlot = slot
        object.sequence = sequence
        object.id = Int32(sequence) << Self.slotBits | slot
        slots[slot] = object
        total &+= object.amount
        if object.key != 0 { byKey[object.key] = object }
    }

    /// ipc_set_key_private().
    package mutating func forgetKey(of object: Object) {
        if object.key != 0 { byKey[object.key] = nil }
        object.key = 0
    }

    package mutating func remove(_ object: Object) {
        object.isRemoved = true
        if slots.removeValue(forKey: object.id & Self.slotMask) != nil { total &-= object.amount }
        if object.key != 0 { byKey[object.key] = nil }
        slots.releaseRoom()
        byKey.releaseRoom()
    }
}

/// A namespace's System V objects.
package struct IPCObjects {
    package var queues = IPCTable<MessageQueue>()
    package var semaphores = IPCTable<SemaphoreSet>()
    package var segments = IPCTable<SharedSegment>()
    package init() {}
}
