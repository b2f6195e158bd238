import Credentials
import Kernel
import LinuxABI

/// Commands that the three *ctl calls share (ipc.h).
enum IPCCommand {
    static let remove: Int32 = 0
    static let set: Int32 = 1
    static let stat: Int32 = 2
    static let info: Int32 = 3
}

/// What the three families share: settings, times, and struct ipc64_perm.
extension Task {
    /// A zombie has no namespace, and makes no calls.
    func ipcNamespace() throws(Refusal) -> IPCNamespace {
        guard let namespace = namespaces?.ipc else { throw Refusal(.EINVAL) }
        return namespace
    }

    var realTime: Int64 { kernel.platform.storage.now.seconds }

    /// A process's number as the caller sees it, 0 for none.
    func number(of pid: PID?) -> Int32 { pid?.number(in: pidNamespace) ?? 0 }
}

/// Bytes of a structure, appended field by field.
struct RecordBytes {
    private(set) var bytes: [UInt8] = []

    mutating func append<T: FixedWidthInteger>(_ value: T) { bytes.append(littleEndian: value) }
    mutating func appendZeros(_ count: Int) { bytes.append(contentsOf: repeatElement(0, count: count)) }

    /// struct ipc64_perm, 48 bytes, IDs as `task` numbers them.
    mutating func append(_ object: IPCObject, for task: Task) {
        let namespace = task.userNamespace
        append(object.key)
        append(namespace.uidOrOverflow(object.uid).rawValue)
        append(namespace.gidOrOverflow(object.gid).rawValue)
        append(namespace.uidOrOverflow(object.creatorUID).rawValue)
        append(namespace.gidOrOverflow(object.creatorGID).rawValue)
        append(object.mode)
        append(object.sequence)
        appendZeros(22)
    }
}

extension IPCObject {
    /// IPC_SET from a copied structure that starts with struct ipc64_perm.
    func update(from record: [UInt8], by task: Task) throws(Refusal) {
        try update(
            uid: LittleEndian.load(record, 4), gid: LittleEndian.load(record, 8), mode: LittleEndian.load(record, 20),
            by: task)
        changeTime = task.realTime
    }
}
