import CHostLinux
import Credentials
import Glibc
import Kernel

/// Robust futexes of a dying thread (set_robust_list(2)).
///
/// The host walks the list itself, but it compares each lock word with its own thread number, while the word holds the
/// guest's. So just before, every word that names the dying task is rewritten to the host's number.
enum RobustList {
    /// The kernel stops after this many entries too (ROBUST_LIST_LIMIT).
    private static let limit = 2048
    private static let threadMask: UInt32 = 0x3fff_ffff
    private static let waiters: UInt32 = 0x8000_0000

    static func release(_ task: Task, hostTID: pid_t) {
        let start = chost_robust_list(hostTID)
        guard start != 0, let head = try? task.memory.load(UserAddress(start), as: Head.self) else { return }
        // The list ends where it begins; nearly always at once.
        if head.next & ~1 == start, head.pending & ~1 == 0 { return }
        let tid = UInt32(bitPattern: task.tid)
        var entry = head.next
        for _ in 0..<limit {
            if entry & ~1 == start { break }
            rewrite(task, UserAddress((entry & ~1) &+ head.offset), tid, hostTID)
            guard let next = try? task.memory.load(UserAddress(entry & ~1), as: UInt64.self) else { break }
            entry = next
        }
        if head.pending & ~1 != 0 { rewrite(task, UserAddress((head.pending & ~1) &+ head.offset), tid, hostTID) }
    }

    private struct Head: BitwiseCopyable {
        var next: UInt64
        var offset: UInt64
        var pending: UInt64
    }

    private static func rewrite(_ task: Task, _ address: UserAddress, _ tid: UInt32, _ hostTID: pid_t) {
        guard let word = try? task.memory.load(address, as: UInt32.self), word & threadMask == tid else { return }
        try? task.memory.store(UInt32(bitPattern: hostTID) | waiters, at: address)
    }
}
