extension FlagNames {
    static let protection = FlagNames(
        "PROT_",
        [
            ("READ", 1), ("WRITE", 2), ("EXEC", 4), ("GROWSDOWN", 0x1000000), ("GROWSUP", 0x2000000),
        ])
    static let mapping = FlagNames(
        "MAP_",
        [
            ("SHARED_VALIDATE", 3), ("SHARED", 1), ("PRIVATE", 2), ("FIXED", 0x10), ("ANONYMOUS", 0x20),
            ("32BIT", 0x40), ("GROWSDOWN", 0x100), ("DENYWRITE", 0x800), ("LOCKED", 0x2000), ("NORESERVE", 0x4000),
            ("POPULATE", 0x8000), ("NONBLOCK", 0x10000), ("STACK", 0x20000), ("HUGETLB", 0x40000), ("SYNC", 0x80000),
            ("FIXED_NOREPLACE", 0x100000),
        ])
    static let mremap = FlagNames(
        "MREMAP_",
        [
            ("MAYMOVE", 1), ("FIXED", 2), ("DONTUNMAP", 4),
        ])
    static let msync = FlagNames(
        "MS_",
        [
            ("ASYNC", 1), ("INVALIDATE", 2), ("SYNC", 4),
        ])
    static let mlockall = FlagNames(
        "MCL_",
        [
            ("CURRENT", 1), ("FUTURE", 2), ("ONFAULT", 4),
        ])
    static let madvise = FlagNames(
        "MADV_",
        [
            ("NORMAL", 0), ("RANDOM", 1), ("SEQUENTIAL", 2), ("WILLNEED", 3), ("DONTNEED", 4), ("FREE", 8),
            ("REMOVE", 9), ("DONTFORK", 0xa), ("DOFORK", 0xb), ("MERGEABLE", 0xc), ("UNMERGEABLE", 0xd),
            ("HUGEPAGE", 0xe), ("NOHUGEPAGE", 0xf), ("DONTDUMP", 0x10), ("DODUMP", 0x11), ("WIPEONFORK", 0x12),
            ("KEEPONFORK", 0x13), ("COLD", 0x14), ("PAGEOUT", 0x15), ("POPULATE_READ", 0x16), ("POPULATE_WRITE", 0x17),
            ("COLLAPSE", 0x19),
        ])
}
