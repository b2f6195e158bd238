import LinuxABI

/// The sandbox's limit for kernel objects: one rule for each errno with which calls say that there is no memory.
extension Rule {
    private static let text =
        "the objects that the sandbox's kernel keeps have reached its limit of memory, as in a memory cgroup"

    package static let budgetMemory = Rule("budget-memory", .ENOMEM, text, source: "cgroups(7), memory")
    package static let budgetSpace = Rule(
        "budget-space", .ENOSPC, text, source: "tmpfs(5), nr_inodes; cgroups(7), memory")
    package static let budgetKeys = Rule("budget-keys", .EDQUOT, text, source: "keyrings(7), maxbytes")
    package static let budgetLocks = Rule("budget-locks", .ENOLCK, text, source: "flock(2), ENOLCK")
    package static let budgetBuffers = Rule("budget-buffers", .ENOBUFS, text, source: "sock_alloc_send_pskb()")
    package static let budgetFilesInFlight = Rule(
        "budget-files-in-flight", .ETOOMANYREFS, text, source: "unix(7), ETOOMANYREFS")

    static let budgetRules: [Rule] = [
        budgetMemory, budgetSpace, budgetKeys, budgetLocks, budgetBuffers, budgetFilesInFlight,
    ]
}
