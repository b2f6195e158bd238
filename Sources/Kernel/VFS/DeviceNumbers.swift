import LinuxABI

/// Hands out the device numbers of file systems that lie on no device, for the whole kernel (get_anon_bdev).
package final class DeviceNumbers {
    // Below are those of the kernel's own file systems.
    private var nextMinor: UInt32 = 32

    package init() {}
    package func allocate() -> DeviceNumber {
        defer { nextMinor &+= 1 }
        return DeviceNumber(major: 0, minor: nextMinor)
    }
}
