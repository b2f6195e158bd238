import Credentials
import LinuxABI

/// The files of a file system of which somebody has a handle, by inode number (exportfs(5) in shmem's form).
struct HandedFiles {
    private struct Handed {
        weak var inode: Inode?
        weak var dentry: Dentry?
    }
    private var files: [UInt64: Handed] = [:]
    private var sweepAt = 64

    /// FILEID_INO32_GEN in shmem's form: a generation, which is always 0 here, and the inode number.
    private static let handleType: Int32 = 1

    mutating func handle(of inode: Inode, _ dentry: Dentry) -> FileHandle {
        if files.count >= sweepAt {
            files = files.filter { $0.value.inode != nil }
            sweepAt = max(64, files.count * 2)
        }
        files[inode.number] = Handed(inode: inode, dentry: dentry)
        return FileHandle(type: Self.handleType, inode.number << 32, UInt32(truncatingIfNeeded: inode.number >> 32))
    }

    func find(_ handle: FileHandle) -> Dentry? {
        guard handle.type == Self.handleType, handle.word(at: 0) == 0, let low = handle.word(at: 4),
            let high = handle.word(at: 8), let known = files[UInt64(high) << 32 | UInt64(low)],
            let inode = known.inode
        else { return nil }
        if let dentry = known.dentry { return dentry }
        // Its name is gone, and somebody holds the file itself.
        let dentry = Dentry(name: Name("#\(inode.number)"), parent: nil, inode: inode)
        dentry.unlink()
        return dentry
    }

    func contains(_ inode: Inode) -> Bool { !files.isEmpty && files[inode.number]?.inode === inode }
}
