import CHostLinux
import Kernel

/// The memory of a host task, copied with process_vm_readv(2) and process_vm_writev(2).
final class HostMemory: GuestMemory {
    private let tid: pid_t

    init(tid: pid_t) { self.tid = tid }

    func read(_ address: UserAddress, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let base = buffer.baseAddress, buffer.count > 0 else { return 0 }
        return unsafe max(0, chost_memory_read(tid, address.rawValue, base, buffer.count))
    }

    func write(_ address: UserAddress, from buffer: UnsafeRawBufferPointer) -> Int {
        guard let base = buffer.baseAddress, buffer.count > 0 else { return 0 }
        return unsafe max(0, chost_memory_write(tid, address.rawValue, base, buffer.count))
    }
}
