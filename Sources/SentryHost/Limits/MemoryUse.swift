import Glibc
import Kernel

/// How much memory processes have, as the host's /proc tells it, in three steps of which each is dearer and closer.
enum MemoryUse {
    private static let page = UInt64(clamping: getpagesize())

    /// All that is resident, with programs' files and what several processes share, and as many page tables as the address
    /// space can have: never too little but for what is swapped out (proc_pid_statm(5)).
    static func upperBound(_ pid: pid_t) -> UInt64 {
        let fields = HostProc.read("/proc/\(pid)/statm").split(separator: 0x20, maxSplits: 2)
        guard fields.count > 1 else { return 0 }
        // Eight bytes for each page, and a little for the tables above.
        return HostProc.decimal(fields[1]) &* page &+ HostProc.decimal(fields[0]) &* 9
    }

    /// What is resident in the sentry itself, without files. It maps no memory that it shares.
    static func sentry() -> UInt64 {
        // Size, resident, shared and files.
        let fields = HostProc.read("/proc/self/statm").split(separator: 0x20, maxSplits: 3)
        guard fields.count > 2 else { return 0 }
        let resident = HostProc.decimal(fields[1])
        return (resident - min(resident, HostProc.decimal(fields[2]))) &* page
    }

    private static let ownKeys: Set = ["RssAnon", "RssShmem", "VmSwap", "VmPTE"]

    /// Without programs' files: private memory, shared memory, what of it is swapped out, and page tables, which a guest can
    /// have many of without a page in them of its own (the zero page).
    static func own(_ pid: pid_t) -> UInt64 { own(pid, ownKeys) }

    private static func own(_ pid: pid_t, _ keys: Set<String>) -> UInt64 {
        var kilobytes: UInt64 = 0
        HostProc.forEachLine(of: "/proc/\(pid)/status") { key, value in
            if keys.contains(key) { kilobytes &+= HostProc.decimal(value) }
        }
        return kilobytes &* 1024
    }

    /// What is shared counts for each process by its share, and memory files in `counted`, by inode, do not count.
    static func share(_ pid: pid_t, without counted: Set<UInt64>) -> UInt64 {
        var kilobytes: UInt64 = 0
        var mapsShared = false
        var isTold = false
        HostProc.forEachLine(of: "/proc/\(pid)/smaps_rollup") { key, value in
            switch key {
            case "Pss_Anon", "SwapPss":
                kilobytes &+= HostProc.decimal(value)
                isTold = true
            case "Pss_Shmem": mapsShared = HostProc.decimal(value) > 0
            default: break
            }
        }
        // Hosts before 5.x, or a process that is just ending.
        guard isTold else { return own(pid) }
        let tables = own(pid, ["VmPTE"])
        return (kilobytes &+ (mapsShared ? sharedMemory(pid, without: counted) : 0)) &* 1024 &+ tables
    }

    /// Kilobytes of mapped memory files and anonymous shared memory (proc_pid_smaps(5)). Both look like deleted files.
    private static func sharedMemory(_ pid: pid_t, without counted: Set<UInt64>) -> UInt64 {
        let names = ["/dev/zero (deleted)", "/memfd:"].map { Array($0.utf8) }
        let share = Array("Pss:".utf8)
        var kilobytes: UInt64 = 0
        var counts = false
        for line in HostProc.read("/proc/\(pid)/smaps", limit: 1 << 26).split(separator: 0x0a) {
            if line.first.map({ (48...57).contains($0) || (97...102).contains($0) }) == true {
                // Range, permissions, offset, device, inode, name.
                let fields = line.split(separator: 0x20, maxSplits: 5)
                let name = fields.count > 5 ? fields[5].drop { $0 == 0x20 } : []
                counts = names.contains { name.starts(with: $0) } && !counted.contains(HostProc.decimal(fields[4]))
            } else if counts, line.starts(with: share) {
                kilobytes &+= HostProc.decimal(line)
            }
        }
        return kilobytes
    }
}
