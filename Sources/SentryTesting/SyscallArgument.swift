import Kernel
import LinuxABI

/// What may stand for an argument of `TestTask.call`: numbers go into the register, strings and byte arrays into the
/// task's memory for the time of the call, with their address in the register.
package protocol SyscallArgument {
    func register(_ memory: FakeMemory) -> UInt64
}

extension Int: SyscallArgument {
    package func register(_ memory: FakeMemory) -> UInt64 { UInt64(bitPattern: Int64(self)) }
}
extension Int32: SyscallArgument {
    package func register(_ memory: FakeMemory) -> UInt64 { UInt64(bitPattern: Int64(self)) }
}
extension Int64: SyscallArgument {
    package func register(_ memory: FakeMemory) -> UInt64 { UInt64(bitPattern: self) }
}
extension UInt32: SyscallArgument {
    package func register(_ memory: FakeMemory) -> UInt64 { UInt64(self) }
}
extension UInt64: SyscallArgument {
    package func register(_ memory: FakeMemory) -> UInt64 { self }
}
extension UserAddress: SyscallArgument {
    package func register(_ memory: FakeMemory) -> UInt64 { rawValue }
}
extension CloneFlags: SyscallArgument {
    package func register(_ memory: FakeMemory) -> UInt64 { rawValue }
}
extension OpenFlags: SyscallArgument {
    package func register(_ memory: FakeMemory) -> UInt64 { UInt64(rawValue) }
}
extension Signal: SyscallArgument {
    package func register(_ memory: FakeMemory) -> UInt64 { UInt64(rawValue) }
}
extension String: SyscallArgument {
    package func register(_ memory: FakeMemory) -> UInt64 { (Array(utf8) + [0]).register(memory) }
}
extension Array: SyscallArgument where Element == UInt8 {
    package func register(_ memory: FakeMemory) -> UInt64 {
        let address = memory.allocate(count)
        _ = memory.write(self[...], at: address)
        return address.rawValue
    }
}
