import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI

// The host's view of tasks' memory.
extension HostPlatform {
    /// A task of which the host has no thread may be anywhere, so nobody writes into it.
    func isLoading(_ task: Task) -> Bool {
        guard let thread = hostThread(of: task) else { return true }
        return thread.loading != nil || isExecuting(task)
    }

    /// Whether the host executes the loader for the task's process. Until the tracer hears of its end, the process's numbers
    /// may stand for the new memory already, while the model still has the old.
    private func isExecuting(_ task: Task) -> Bool { executions.contains(task.group) }

    /// The host's map of the task without what the sentry has put there, with guest paths and no host inode numbers.
    func memoryMap(of task: Task) -> [UInt8] {
        guard let thread = hostThread(of: task) else { return [] }
        var result: [UInt8] = []
        let ours = [CHOST_STUB_BASE, CHOST_SEALED_BASE].map { Array("\(String($0, radix: 16))-".utf8) }
        for line in HostProc.read("/proc/\(thread.tid)/maps", limit: 1 << 24).split(separator: UInt8(ascii: "\n")) {
            if ours.contains(where: { line.starts(with: $0) }) { continue }
            if let name = line.firstRange(of: Self.segmentPath) {
                result += line[..<name.lowerBound] + Array("/SYSV".utf8) + line[name.upperBound...] + [0x0a]
                continue
            }
            guard let slash = line.firstIndex(of: UInt8(ascii: "/")), slash > line.startIndex,
                line[slash - 1] == UInt8(ascii: " ")
            else {
                result += line + [UInt8(ascii: "\n")]
                continue
            }
            result += line[..<slash]
            result += files.guestPath(forHost: line[slash...]) ?? Array("/".utf8)
            result.append(UInt8(ascii: "\n"))
        }
        return result
    }

    /// How the memory files of shared memory segments are called; tasks see /SYSV, and the key.
    static let segmentPrefix = "nsentry:SYSV"
    private static let segmentPath = Array("/memfd:nsentry:SYSV".utf8)

    func mappings(of file: HostFile, in task: Task) -> [MappedPiece] {
        guard let thread = hostThread(of: task), let status = fileStatus(file.descriptor) else { return [] }
        var pieces: [MappedPiece] = []
        // Address range, permissions, offset, device, inode (proc_pid_maps(5)).
        for line in HostProc.read("/proc/\(thread.tid)/maps", limit: 1 << 24).split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: 0x20, maxSplits: 5)
            guard fields.count > 5, HostProc.decimal(fields[4]) == UInt64(status.st_ino),
                fields[5].firstRange(of: Self.segmentPath) != nil
            else { continue }
            let ends = fields[0].split(separator: UInt8(ascii: "-")).map { HostProc.hexadecimal($0) }
            guard ends.count == 2, ends[0] <= ends[1] else { continue }
            pieces.append(MappedPiece(range: ends[0]..<ends[1], offset: HostProc.hexadecimal(fields[2])))
        }
        return pieces
    }

    func maps(privateFiles numbers: Range<UInt64>, writably: Bool, in task: Task) -> Bool {
        guard let thread = hostThread(of: task) else { return false }
        // Others wait for the answer: of a map with very many pieces only the first are looked at.
        let text = HostProc.read("/proc/\(thread.tid)/maps", limit: 1 << 19)
        var start = text.startIndex
        while start < text.endIndex {
            let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.endIndex
            let line = text[start..<end]
            start = end + 1
            // Most have no name, and there may be as many as vm.max_map_count in each of many processes.
            guard line.contains(UInt8(ascii: "/")) else { continue }
            let fields = line.split(separator: 0x20, maxSplits: 5)
            guard fields.count > 5, let slash = fields[5].lastIndex(of: UInt8(ascii: "/")) else { continue }
            if writably, fields[1].count < 4 || fields[1].dropFirst(3).first != UInt8(ascii: "s") { continue }
            // A private file's name is its number; ` (deleted)` may follow.
            let name = fields[5][(slash + 1)...].prefix { $0 != 0x20 }
            if !name.isEmpty, numbers.contains(HostProc.decimal(name)) { return true }
        }
        return false
    }

    func memoryFile(of task: Task, flags: OpenFlags) throws(Refusal) -> HostBacking {
        guard let host = hostThread(of: task) else { throw Refusal(.ESRCH) }
        // Linux has the caller wait for the end of an exec (mm_access); whose the memory is, nobody can tell before.
        if isExecuting(task) { throw Refusal(.EAGAIN) }
        // Where the guest may not read, neither can be done (open(2), "File access mode").
        let access = flags.reads ? O_RDONLY : O_WRONLY | O_RDWR
        let descriptor = openHost("/proc/\(host.tid)/mem", access | O_CLOEXEC)
        guard descriptor >= 0 else { throw Refusal(LinuxABI.Errno(rawValue: errno)) }
        return .owned(HostFile(owning: descriptor))
    }

    func robustListHead(of task: Task) -> UserAddress {
        UserAddress(hostThread(of: task).map { chost_robust_list($0.tid) } ?? 0)
    }
}
