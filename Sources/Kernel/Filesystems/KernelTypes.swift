import Credentials

extension Kernel {
    /// Registers the types that a sandbox can mount. What it has no code for is unknown (ENODEV). overlay is left out, so
    /// that container tools take another driver.
    func registerFileSystemTypes() {
        let types: [FileSystemType] = [
            SysType(self), TmpFSType(self), ProcType(self), CgroupType(self), TmpFSType(devicesOf: self),
            BinfmtMiscType(self),
            InternalType("sockfs"), InternalType("pipefs"), RamFSType(self), DevptsType(self), MqueueType(self),
        ]
        // The reference machine's.
        for name in ["ext3", "ext2", "ext4", "squashfs", "xfs", "erofs", "btrfs"] as [Name] {
            fileSystemTypes.register(BlockType(name))
        }
        for type in types { fileSystemTypes.register(type) }
    }
}

/// A type whose instances only the kernel mounts (alloc_file_pseudo and its kin).
final class InternalType: FileSystemType {
    init(_ name: Name) { super.init(name, .isInternal) }

    override func makeContext(
        _ purpose: FileSystemContext.Purpose, flags: SuperBlockFlags, mask: SuperBlockFlags, for caller: any Caller
    ) throws(Refusal) -> FileSystemContext {
        SharedContext(self, purpose, flags: flags, mask: mask, for: caller) { context, _ throws(Refusal) in
            throw Refusal(.mountInternalType)
        }
    }
}
