import Credentials
import Kernel
import LinuxABI

/// quotactl(2): no file system here keeps quotas, so that what remains is to look at the arguments.
enum QuotaCalls {
    static let handlers: [SyscallNumber: Handler] = [.quotactl: control]

    private static let synchronize: UInt32 = 0x80_0001
    /// USRQUOTA, GRPQUOTA and PRJQUOTA.
    private static let types: UInt32 = 3

    @Sendable private static func control(_ task: Task, _ a: Arguments) throws(Refusal) -> Outcome {
        let command = Arguments.unsigned(a.a0)
        guard command & 0xff < types else { throw Refusal(.EINVAL) }
        if a.a1 == 0 {
            // quota_sync_all()
            guard command >> 8 == synchronize else { throw Refusal(.ENODEV) }
            return .success
        }
        // lookup_bdev()
        let special = try task.lookup(try task.path(a.a1))
        guard special.inode.mode.kind == .block else { throw Refusal(.quotaOfNoDevice) }
        if special.forbidsDevices { throw Refusal(.fileDeviceOnNodev) }
        // Nothing here is mounted from a device.
        throw Refusal(.ENODEV)
    }
}
