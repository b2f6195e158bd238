import LinuxABI

/// Hands out the device numbers of file systems that lie on no device, for the whole kernel (get_anon_bdev).
package final class DeviceNumbers {
    private var nextMinor: UInt32 = 1

    package init() {}
    package func allocate() -> DeviceNumber {
        defer { nextMinor &+= 1 }
        return DeviceNumber(major: 0, minor: nextMinor)
    }
}
