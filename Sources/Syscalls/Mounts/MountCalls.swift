import Credentials
import Kernel
import LinuxABI

/// mount(2), umount2(2) and pivot_root(2).
enum MountCalls {
    static let handlers: [SyscallNumber: Handler] = [
        .mount: { (task, a) throws(Refusal) in try mount(task, a) },
        .umount2: { (task, a) throws(Refusal) in
            let flags = UmountFlags(rawValue: Arguments.unsigned(a.a1))
            guard flags.isSubset(of: .all) else { throw Refusal(.umountUnknownFlags) }
            let options: LookupOptions = flags.contains(.noFollow) ? .mountpoint : [.mountpoint, .follow]
            try task.unmount(try task.lookup(try task.path(a.a0), options), flags)
            return .success
        },
        .pivot_root: { (task, a) throws(Refusal) in
            try task.checkMayMount()
            let new = try task.lookup(try task.path(a.a0), [.follow, .directory])
            let old = try task.lookup(try task.path(a.a1), [.follow, .directory])
            try task.pivotRoot(to: new, putting: old)
            return .success
        },
    ]

    /// copy_mount_options(): what there is of a page; the last byte is always 0.
    private static let pageSize = 4096

    private static func mount(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        // The strings are copied before the path is looked up, and permission comes after it (do_mount).
        let type = try string(task, a.a2)
        let source = try string(task, a.a0)
        let data = try options(task, a.a4)
        let target = try task.lookup(try task.path(a.a1))
        let request = MountRequest(
            source: source, type: type, flags: MountRequestFlags(register: a.a3), data: data)
        try task.mount(request, on: target)
        return .success
    }

    /// copy_mount_string(): EINVAL for what is longer than a page.
    private static func string(_ task: Task, _ address: UInt64) throws(Refusal) -> [UInt8]? {
        if address == 0 { return nil }
        do throws(Refusal) {
            return try task.memory.string(UserAddress(address))
        } catch {
            throw error.errno == .ENAMETOOLONG ? Refusal(.EINVAL) : error
        }
    }

    private static func options(_ task: Task, _ address: UInt64) throws(Refusal) -> [UInt8] {
        if address == 0 { return [] }
        let bytes = task.memory.prefix(UserAddress(address), count: pageSize)
        if bytes.isEmpty { throw Refusal(.EFAULT) }
        return Array(bytes.prefix(pageSize - 1).prefix { $0 != 0 })
    }
}
