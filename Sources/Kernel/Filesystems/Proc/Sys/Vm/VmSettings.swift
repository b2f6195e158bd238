import Credentials
import LinuxABI

/// /proc/sys/vm (proc_sys_vm(5)). Values are remembered; memory is the host's business.
enum VmSettings {
    static let all: [Sysctl] = [
        .integer("vm/admin_reserve_kbytes", 8192, in: 0...Int64.max),
        .integer("vm/dirty_background_ratio", 10, in: 0...100),
        .integer("vm/dirty_expire_centisecs", 3000, in: 0...Int64(Int32.max)),
        .integer("vm/dirty_ratio", 20, in: 0...100),
        .integer("vm/dirty_writeback_centisecs", 500, in: 0...Int64(Int32.max)),
        .integer("vm/max_map_count", 65530, in: 0...Int64(Int32.max)),
        memoryFileScope,
        .integer("vm/min_free_kbytes", 67584, in: 0...Int64(Int32.max)),
        .integer("vm/mmap_min_addr", 4096, in: 0...Int64.max),
        .integer("vm/nr_hugepages", 0, in: 0...Int64.max),
        .integer("vm/oom_dump_tasks", 1),
        .integer("vm/oom_kill_allocating_task", 0),
        .integer("vm/overcommit_kbytes", 0, in: 0...Int64.max),
        .integer("vm/overcommit_memory", 0, in: 0...2),
        .integer("vm/overcommit_ratio", 50),
        .integer("vm/page-cluster", 3, in: 0...31),
        .integer("vm/panic_on_oom", 0, in: 0...2),
        .integer("vm/swappiness", 60, in: 0...200),
        .integer("vm/unprivileged_userfaultfd", 0, in: 0...1),
        .integer("vm/vfs_cache_pressure", 100, in: 0...Int64(Int32.max)),
    ]

    /// pid_mfd_noexec_dointvec_minmax(): a file of the machine's root, a value of the PID namespace, whose
    /// administrator alone may write it, and not below the parent's.
    private static let memoryFileScope = Sysctl(
        "vm/memfd_noexec", 0o644, read: { SysctlText.line([$0.pid.memoryFileScope]) },
        write: { view, bytes, offset throws(Refusal) in
            if let owner = view.pid.owner, !view.credentials.has(.sysAdmin, over: owner) {
                throw Refusal(.memoryFileScopeNeedsAdmin)
            }
            var values = [view.pid.memoryFileScope]
            let least = view.pid.parent?.memoryFileScope ?? 0
            let count = try SysctlText.parse(bytes, offset, into: &values, least...2)
            view.pid.ownMemoryFileScope = values[0]
            return count
        })
}
