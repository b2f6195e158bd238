import CHostLinux
import Glibc
import Synchronization

/// Directories of granted trees of which every name has been shown, as they were then. The mode of a file decides whether
/// its name is shown, and a listing does not tell it; but who has seen all names of a directory once learns nothing from
/// seeing them again, as long as they are the same. What the names lead to is asked anew at each lookup.
final class ShownDirectories: Sendable {
    struct State: Hashable {
        fileprivate let device: UInt64
        fileprivate let inode: UInt64
        fileprivate let modified: Time
        fileprivate let changed: Time
        /// Whether what may happen from now on will show in the times.
        fileprivate let isSettled: Bool

        fileprivate struct Time: Hashable {
            let seconds: Int
            let nanoseconds: Int
            init(_ time: timespec) {
                seconds = time.tv_sec
                nanoseconds = time.tv_nsec
            }
        }
    }

    /// By device and inode.
    private let shown = Mutex<[[UInt64]: State]>([:])
    private static let maximum = 16384
    /// No file system's times are coarser, in seconds.
    private static let granularity = 2

    /// The state of an open directory, to be taken before it is listed.
    static func state(of descriptor: Int32) -> State? {
        guard let status = fileStatus(descriptor) else { return nil }
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return State(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), modified: .init(status.st_mtim),
            changed: .init(status.st_ctim),
            isSettled: max(status.st_ctim.tv_sec, status.st_mtim.tv_sec) < now.tv_sec - granularity)
    }

    func contains(_ state: State) -> Bool {
        shown.withLock { $0[[state.device, state.inode]].map { $0 == state } ?? false }
    }

    /// All names were shown in this state.
    func insert(_ state: State) {
        guard state.isSettled else { return }
        shown.withLock {
            if $0.count >= Self.maximum { $0 = [:] }
            $0[[state.device, state.inode]] = state
        }
    }
}
