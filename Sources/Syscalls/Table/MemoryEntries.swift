import LinuxABI

extension SyscallTable {
    /// The caller's own address space.
    static let memoryEntries: [SyscallEntry] = [
        // A file mapped for execution may come from a file system mounted noexec.
        .native(
            .mmap, [.pointer, .size, .flags(.protection), .flags(.mapping), .fd, .hex], .address,
            unless: ArgumentTest(anyOf: [
                [.init(3, mask: mapAnonymous, .equal, 0), .init(2, mask: protExec, .notEqual, 0)],
                [.init(3, mask: mapAnonymous, .notEqual, 0), .init(3, mask: mapHugePages, .notEqual, 0)],
            ]), note: "No huge pages of the host's pool (MAP_HUGETLB): ENOMEM."),
        .native(.munmap, [.pointer, .size]),
        .native(
            .mprotect, [.pointer, .size, .flags(.protection)],
            note: "What was mapped of a file on a noexec mount can be made executable."),
        .native(.brk, [.pointer], .address),
        .native(.mremap, [.pointer, .size, .size, .flags(.mremap), .pointer], .address),
        // MADV_DONTFORK and MADV_WIPEONFORK must not touch the sealed pages.
        .native(
            .madvise, [.pointer, .size, .choice(.madvise)],
            unless: ArgumentTest(anyOf: [10, 18].map { [.init(2, mask: 0xffff_ffff, .equal, $0)] })),
        .native(.msync, [.pointer, .size, .flags(.msync)]),
        .native(.mincore, [.pointer, .size, .pointer]),
        .native(.mlock, [.pointer, .size]),
        .native(.mlock2, [.pointer, .size, .hex]),
        .native(.munlock, [.pointer, .size]),
        .native(.mlockall, [.flags(.mlockall)]),
        .native(.munlockall, []),
        .native(.mseal, [.pointer, .size, .hex]),
        .native(.remap_file_pages, [.pointer, .size, .hex, .size, .hex]),
        .native(.pkey_mprotect, [.pointer, .size, .flags(.protection), .int], note: "As mprotect."),
        .native(.pkey_alloc, [.hex, .hex]),
        .native(.pkey_free, [.int]),
        .native(.map_shadow_stack, [.pointer, .size, .hex], .address),
        .native(.membarrier, [.choice(.membarrier), .hex, .int]),
        .emulated(.process_vm_readv, [.pid, .vectors(count: 2), .size, .pointer, .size, .hex]),
        .emulated(.process_vm_writev, [.pid, .vectors(count: 2), .size, .pointer, .size, .hex]),
        .emulated(.process_madvise, [.fd, .pointer, .size, .choice(.madvise), .hex]),
    ]

    private static let mapAnonymous: UInt64 = 0x20
    private static let mapHugePages: UInt64 = 0x40000
    private static let protExec: UInt64 = 0x4
}
