import Credentials
import Kernel
import LinuxABI

// Questions to which a platform without a host, without memory maps and without descriptors has nothing to say, and
// requests that change nothing in it.
extension FakePlatform {
    // MARK: Descriptors

    package func install(_ file: OpenFile, at fd: Int32, closeOnExec: Bool, in task: Task) throws(Refusal) {}
    package func answer(installing file: OpenFile, at fd: Int32, closeOnExec: Bool, in task: Task) throws(Refusal) {}
    package func hostMayCopy(to fd: Int32, in task: Task) -> Bool { false }
    package func uninstall(_ fd: Int32, in task: Task) {}
    package func setFlags(_ flags: OpenFlags, of fd: Int32, in task: Task) throws(Refusal) {}
    package func descriptorInformation(_ fd: Int32, of task: Task) -> [UInt8] { [] }
    package func position(of fd: Int32, in task: Task) -> Int64 { 0 }
    package func size(of file: OpenFile, near task: Task) -> Int64? { nil }

    // MARK: Objects and texts

    package func show(_ level: QueueLevel, on file: HostFile) {}
    package func allocatedBytes(of file: HostFile) -> UInt64 { 0 }
    package func rewriteText(of file: OpenFile) {}
    package func watchReadiness(of file: OpenFile, at fd: Int32, in task: Task) {}

    // MARK: Memory

    package func isLoading(_ task: Task) -> Bool { false }
    package func memoryMap(of task: Task) -> [UInt8] { [] }
    package func maps(privateFiles numbers: Range<UInt64>, writably: Bool, in task: Task) -> Bool { false }
    package func memoryFile(of task: Task, flags: OpenFlags) throws(Refusal) -> HostBacking { .inert }
    package func robustListHead(of task: Task) -> UserAddress { UserAddress(0) }

    // MARK: Statistics and limits

    package func transfers(of task: Task, wholeProcess: Bool) -> [UInt8] { [] }
    package func affinity(of task: Task) -> [UInt8] { [0b11, 0, 0, 0, 0, 0, 0, 0] }
    package func hostText(_ kind: HostText) -> [UInt8] { [] }
    package func processorTimeLimit(of task: Task) -> UInt64? { nil }
    package func resizePipe(_ end: HostFile, to size: UInt32) throws(Errno) -> Int64 { Int64(size) }
}
