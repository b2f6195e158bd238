import LinuxABI

extension SyscallTable {
    /// The caller's own address space.
    static let memoryEntries: [SyscallEntry] = [
        // A file mapped for execution may come from a file system mounted noexec.
        .native(
            .mmap, [.pointer, .size, .flags(.protection), .flags(.mapping), .fd, .hex], .address,
            unless: ArgumentTest(.init(3, mask: mapAnonymous, .equal, 0), .init(2, mask: protExec, .notEqual, 0))),
        .native(.munmap, [.pointer, .size]),
        .native(.mprotect, [.pointer, .size, .flags(.protection)]),
        .native(.brk, [.pointer], .address),
        .native(.mremap, [.pointer, .size, .size, .flags(.mremap), .pointer], .address),
        .native(.madvise, [.pointer, .size, .choice(.madvise)]),
        .native(.msync, [.pointer, .size, .flags(.msync)]),
        .native(.mincore, [.pointer, .size, .pointer]),
        .native(.mlock, [.pointer, .size]),
        .native(.mlock2, [.pointer, .size, .hex]),
        .native(.munlock, [.pointer, .size]),
        .native(.mlockall, [.flags(.mlockall)]),
        .native(.munlockall, []),
        // Notified because of the loader stub: what it seals must be sealed.
        .checked(.mseal, [.pointer, .size, .hex]),
        .native(.remap_file_pages, [.pointer, .size, .hex, .size, .hex]),
        .native(.pkey_mprotect, [.pointer, .size, .flags(.protection), .int]),
        .native(.pkey_alloc, [.hex, .hex]),
        .native(.pkey_free, [.int]),
        .native(.map_shadow_stack, [.pointer, .size, .hex], .address),
        .native(.membarrier, [.choice(.membarrier), .hex, .int]),
        .emulated(.process_vm_readv, [.pid, .vectors(count: 2), .size, .pointer, .size, .hex]),
        .emulated(.process_vm_writev, [.pid, .vectors(count: 2), .size, .pointer, .size, .hex]),
        .emulated(.process_madvise, [.fd, .pointer, .size, .choice(.madvise), .hex]),
    ]

    private static let mapAnonymous: UInt64 = 0x20
    private static let protExec: UInt64 = 0x4
}
