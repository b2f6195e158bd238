import Credentials
import LinuxABI

/// /proc/[pid]/attr: the files are there, but no security module fills them, so reading gives EINVAL (proc_pid_attr(5)).
package final class AttrDirectory: TaskDirectory {
    private static let files: [ProcPidEntry] = [
        file("current", 0o666), file("prev", 0o444), file("exec", 0o666), file("fscreate", 0o666),
        file("keycreate", 0o666), file("sockcreate", 0o666),
    ]

    private static func file(_ name: Name, _ permissions: UInt32) -> ProcPidEntry {
        ProcPidEntry(name, permissions) { _, reader, path, flags throws(Refusal) in
            OpenFile(path: path, flags: flags, credentials: reader.credentials, backing: .inert)
        }
    }

    init(_ proc: ProcFS, _ pid: PID, isThread: Bool, entry: Int) {
        super.init(
            proc, pid, isThread: isThread, mode: FileMode(.directory, 0o555),
            number: TaskInode.number(pid, isThread: isThread, entry: entry))
        linkCount = 2
    }

    package override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        guard pid.task != nil, let index = Self.files.firstIndex(where: { $0.name == name }) else {
            throw Refusal(.ENOENT)
        }
        return TaskFileInode(
            proc, pid, isThread: isThread, file: Self.files[index], entry: ProcPidEntry.attrEntry,
            item: Int32(truncatingIfNeeded: index))
    }

    package override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        guard pid.task != nil else { throw Refusal(.ENOENT) }
        return Self.files.enumerated().map { index, file in
            DirectoryEntry(
                name: file.name,
                inode: TaskInode.number(
                    pid, isThread: isThread, entry: ProcPidEntry.attrEntry, item: Int32(truncatingIfNeeded: index)),
                kind: .regular)
        }
    }
}
