import Credentials
import LinuxABI

/// Host files without a name: what they are made of, and how the model's state is shown on them.
package protocol PlatformObjects: AnyObject {
    /// Makes a host object; most kinds give one description, pipes and socket pairs two.
    func makeHostObject(_ object: HostObject) throws(Errno) -> [HostFile]
    /// Makes poll(2) on an eventfd tell what a queue is ready for.
    func show(_ level: QueueLevel, on file: HostFile)
    /// A file that can be polled, and neither read nor written (EINVAL). It is not ready until the kernel says so.
    func makePollableFile() throws(Refusal) -> HostBacking
    /// Makes such a file readable (POLLIN), and hung up too (POLLHUP) with `isHungUp`; for good.
    func makeReady(_ file: OpenFile, isHungUp: Bool)
    /// Sets how many bytes a pipe may hold, and returns what it became (F_SETPIPE_SZ).
    func resizePipe(_ end: HostFile, to size: UInt32) throws(Errno) -> Int64
    /// How many bytes of a memory file are there.
    func allocatedBytes(of file: HostFile) -> UInt64
}
