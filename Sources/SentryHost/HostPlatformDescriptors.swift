import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI

// What only the host knows of a descriptor.
extension HostPlatform {
    func descriptorInformation(_ fd: Int32, of task: Task) -> [UInt8] {
        guard let thread = hostThread(of: task) else { return [] }
        return HostProc.read("/proc/\(thread.tid)/fdinfo/\(fd)")
    }

    func position(of fd: Int32, atEnd: Bool, in task: Task) -> Int64 {
        guard let file = try? borrow(fd, of: task) else { return 0 }
        if atEnd {
            var status = stat()
            return fstat(file.descriptor, &status) == 0 ? max(0, Int64(status.st_size)) : 0
        }
        return max(0, Int64(lseek(file.descriptor, 0, SEEK_CUR)))
    }
}
