import Credentials
import LinuxABI

/// /proc/[pid]/fdinfo: a text for each open file (proc_pid_fdinfo(5)).
package final class FdinfoDirectory: TaskDirectory {
    init(_ proc: ProcFS, _ pid: PID, isThread: Bool, entry: Int) {
        super.init(
            proc, pid, isThread: isThread, mode: FileMode(.directory, 0o555),
            number: TaskInode.number(pid, isThread: isThread, entry: entry))
        linkCount = 2
    }

    /// proc_fdinfo_permission(): ptrace access first, then the mode.
    package override func permission(_ wanted: Access, for caller: any Caller) -> PermissionAnswer {
        guard let task = pid.task else { return .refused(Refusal(.ESRCH)) }
        do { try ProcAccess.require(task, by: caller, .procFdinfoAccess) } catch { return .refused(error) }
        return .ordinary
    }

    package override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        guard let task = pid.task, let fd = ProcRoot.number(name), FdTableView(task)[fd] != nil else {
            throw Refusal(.ENOENT)
        }
        return TaskFileInode(
            proc, pid, isThread: isThread, file: Self.file(fd), entry: ProcPidEntry.fdinfoEntry, item: fd)
    }

    package override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        guard let task = pid.task else { throw Refusal(.ENOENT) }
        return FdTableView(task).entries(pid, isThread: isThread, entry: ProcPidEntry.fdinfoEntry, kind: .regular)
    }

    /// Lines of the host's text that tell of the object alone: counters, timers and signal sets.
    private static let harmless = [
        "eventfd-", "clockid:", "ticks:", "settime flags:", "it_value:", "it_interval:", "sigmask:",
    ]

    /// seq_show() of fs/proc/fd.c. Positions, and what counters and timers hold, are the host's knowledge.
    private static func file(_ fd: Int32) -> ProcPidEntry {
        ProcPidEntry("", 0o444) { task, reader throws(Refusal) in
            guard let entry = FdTableView(task).entry(fd) else { throw Refusal(.ENOENT) }
            var text = TextBuffer()
            let platform = task.kernel.platform
            var host: [ArraySlice<UInt8>] = []
            if entry.file.hasHostDescription {
                host = platform.descriptorInformation(fd, of: task).split(separator: UInt8(ascii: "\n"))
            }
            if let directory = entry.file as? DirectoryFile {
                text.append("pos:\t")
                text.append(Int(directory.position))
            } else if let line = host.first(where: { $0.starts(with: "pos:".utf8) }) {
                text.append(line)
            } else {
                text.append("pos:\t0")
            }
            text.append("\nflags:\t0")
            let closeOnExec = entry.closeOnExec ? OpenFlags.closeOnExec.rawValue : 0
            text.octal(UInt64(entry.file.flags.rawValue | closeOnExec))
            text.append("\nmnt_id:\t")
            text.append(entry.file.path.mount.id)
            text.append("\nino:\t")
            text.append(entry.file.inode.number)
            text.newline()
            for (index, lock) in entry.file.shownLocks(task.files).enumerated() {
                text.append("lock:\t")
                LockFiles.show(lock, number: index + 1, &text, reader)
            }
            for line in host where harmless.contains(where: { line.starts(with: $0.utf8) }) {
                text.append(line)
                text.newline()
            }
            if let process = entry.file as? PidfdFile { process.appendInfo(to: &text, reader) }
            return text.bytes
        }
    }
}
