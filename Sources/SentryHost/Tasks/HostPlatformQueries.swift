import CHostLinux
import Credentials
import Glibc
import Kernel
import LinuxABI

// What only the host knows: clocks, times, memory maps, affinities.
extension HostPlatform {
    func statistics(of task: Task) -> HostStatistics {
        guard let thread = hostThread(of: task) else { return HostStatistics() }
        if let usage = thread.finalUsage { return usage }
        var statistics = HostStatistics(tid: thread.tid, withTimes: true)
        statistics.awaited = thread.awaitedSignals
        return statistics
    }

    func isLoading(_ task: Task) -> Bool { isExecuting(task) || hostThread(of: task)?.loading != nil }

    /// Whether the host executes the loader for the task's process. Until the tracer hears of its end, the process's numbers
    /// may stand for the new memory already, while the model still has the old.
    private func isExecuting(_ task: Task) -> Bool { executions.contains(task.group) }

    var monotonicNow: UInt64 { chost_now_nanoseconds() }
    var bootNow: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
    }

    func time(ofClock clock: Int32) throws(LinuxABI.Errno) -> LinuxABI.Timespec {
        var time = LinuxABI.Timespec()
        try check(chost_clock(clock, &time.seconds, &time.fraction))
        return time
    }

    func resolution(ofClock clock: Int32) throws(LinuxABI.Errno) -> LinuxABI.Timespec {
        var resolution = timespec()
        guard clock_getres(clock, &resolution) == 0 else { throw LinuxABI.Errno(rawValue: errno) }
        return LinuxABI.Timespec(seconds: Int64(resolution.tv_sec), fraction: Int64(resolution.tv_nsec))
    }

    func processorTime(of task: Task, wholeProcess: Bool, _ clock: ProcessorClock) -> UInt64 {
        guard let thread = hostThread(of: task) else { return 0 }
        if wholeProcess {
            // Anybody may ask for a process's clock, and it knows of threads that have ended.
            guard let time = try? time(ofClock: ~thread.tgid << 3 | clock.rawValue) else { return 0 }
            return UInt64(clamping: time.seconds) &* 1_000_000_000 &+ UInt64(clamping: time.fraction)
        }
        if clock == .scheduled {
            let text = HostProc.read("/proc/\(thread.tgid)/task/\(thread.tid)/schedstat")
            return HostProc.decimal(text.prefix { $0 != 0x20 })
        }
        let times = HostStatistics(tid: thread.tid, withTimes: true)
        return (times.userTicks &+ (clock == .user ? 0 : times.systemTicks)) &* 10_000_000
    }

    /// Half of what the host gives the user: the rest is for its other programs.
    var timerLimit: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(11), &limit) == 0 else { return 0 }  // RLIMIT_SIGPENDING
        return Int(clamping: limit.rlim_cur) / 2
    }
    var inotifyInstanceLimit: Int { half(of: "max_user_instances") }
    var inotifyWatchLimit: Int { half(of: "max_user_watches") }

    func resizePipe(_ end: HostFile, to size: UInt32) throws(LinuxABI.Errno) -> Int64 {
        let result = fcntl(end.descriptor, Self.setPipeSize, Int32(bitPattern: size))
        guard result >= 0 else { throw LinuxABI.Errno(rawValue: errno) }
        return Int64(result)
    }

    private static let setPipeSize: Int32 = 1031

    private func half(of setting: String) -> Int {
        Int(clamping: HostProc.decimal(HostProc.read("/proc/sys/fs/inotify/" + setting)[...])) / 2
    }

    func affinity(of task: Task) -> [UInt8] {
        // Placement on the host is the sentry's own business: the guest may use every CPU that the sentry may.
        cpus.mask
    }

    func robustListHead(of task: Task) -> UserAddress {
        UserAddress(hostThread(of: task).map { chost_robust_list($0.tid) } ?? 0)
    }

    func memoryFile(of task: Task, flags: OpenFlags) throws(Refusal) -> HostBacking {
        guard let host = hostThread(of: task) else { return .inert }
        // Linux has the caller wait for the end of an exec (mm_access); whose the memory is, nobody can tell before.
        if isExecuting(task) { throw Refusal(.EAGAIN) }
        // Where the guest may not read, neither can be done (open(2), "File access mode").
        let access = flags.reads ? O_RDONLY : O_WRONLY | O_RDWR
        let descriptor = Glibc.open("/proc/\(host.tid)/mem", access | O_CLOEXEC)
        guard descriptor >= 0 else { throw Refusal(LinuxABI.Errno(rawValue: errno)) }
        return .owned(HostFile(owning: descriptor))
    }

    func transfers(of task: Task, wholeProcess: Bool) -> [UInt8] {
        guard let host = hostThread(of: task) else { return [] }
        return HostProc.read(
            wholeProcess ? "/proc/\(host.tgid)/io" : "/proc/\(host.tgid)/task/\(host.tid)/io")
    }

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
    private static let segmentPrefix = "nsentry:SYSV"
    private static let segmentPath = Array("/memfd:nsentry:SYSV".utf8)

    func mappings(of file: HostFile, in task: Task) -> [MappedPiece] {
        var status = stat()
        guard let thread = hostThread(of: task), fstat(file.descriptor, &status) == 0 else { return [] }
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

    func allocatedBytes(of file: HostFile) -> UInt64 {
        var status = stat()
        return fstat(file.descriptor, &status) == 0 ? UInt64(clamping: status.st_blocks) &* 512 : 0
    }

    func makeHostObject(_ object: HostObject) throws(LinuxABI.Errno) -> [HostFile] {
        var pair: [Int32] = [-1, -1]
        switch object {
        case .pipe(let flags):
            try check(chost_pipe(&pair, flags | O_CLOEXEC))
            return pair.map { HostFile(owning: $0) }
        case .socketPair(let type):
            try check(chost_socket_pair(type | Int32(SOCK_CLOEXEC.rawValue), &pair))
            return pair.map { HostFile(owning: $0) }
        case .socket(let type):
            return [HostFile(owning: try check(socket(AF_UNIX, type | Int32(SOCK_CLOEXEC.rawValue), 0)))]
        case .eventfd(let initial, let flags):
            return [HostFile(owning: try check(chost_eventfd(initial, flags | O_CLOEXEC)))]
        case .epoll: return [HostFile(owning: try check(chost_epoll()))]
        case .timerfd(let clock, let flags):
            return [HostFile(owning: try check(chost_timerfd(clock, flags | O_CLOEXEC)))]
        case .memfd(let name, let flags):
            let file = HostFile(
                owning: try check(chost_memory_file_with_flags(String(decoding: name, as: UTF8.self), flags | 1)))
            memoryFiles.add(file)
            return [file]
        case .signalfd(let mask, let flags):
            return [HostFile(owning: try check(chost_signalfd(-1, mask, flags | O_CLOEXEC)))]
        case .segment(let key, let size):
            let digits = String(UInt32(bitPattern: key), radix: 16)
            let name = Self.segmentPrefix + String(repeating: "0", count: 8 - digits.utf8.count) + digits
            let file = HostFile(owning: try check(chost_memory_file_with_flags(name, 1)))
            try check(ftruncate(file.descriptor, off_t(clamping: size)) < 0 ? -errno : 0)
            memoryFiles.add(file)
            return [file]
        case .inotify(let flags): return [HostFile(owning: try check(inotify_init1(flags | O_CLOEXEC)))]
        case .device(let device):
            return [HostFile(owning: try check(Glibc.open("/dev/\(device.rawValue)", O_RDWR | O_CLOEXEC | O_NOCTTY)))]
        }
    }

    @discardableResult
    private func check(_ result: Int32) throws(LinuxABI.Errno) -> Int32 {
        guard result >= 0 else {
            let failure = LinuxABI.Errno(rawValue: result == -1 ? errno : -result)
            // The sentry's own numbers are all that the sandbox has of files.
            throw failure == .EMFILE ? .ENFILE : failure
        }
        return result
    }
}

extension HostPlatform {
    func hostText(_ kind: HostText) -> [UInt8] {
        let path =
            switch kind {
            case .cpuinfo: "/proc/cpuinfo"
            case .meminfo: "/proc/meminfo"
            case .loadavg: "/proc/loadavg"
            case .uptime: "/proc/uptime"
            case .stat: "/proc/stat"
            case .vmstat: "/proc/vmstat"
            case .cpusOnline: "/sys/devices/system/cpu/online"
            case .cpusPossible: "/sys/devices/system/cpu/possible"
            case .cpusPresent: "/sys/devices/system/cpu/present"
            }
        return cpus.filtered(kind, HostProc.read(path))
    }
}
