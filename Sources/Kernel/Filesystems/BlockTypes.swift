import Credentials
import LinuxABI

/// A type whose instances lie on block devices (FS_REQUIRES_DEV). A sandbox has no such devices, so every source is refused
/// as Linux refuses one that is no device.
final class BlockType: FileSystemType {
    init(_ name: Name) { super.init(name, .requiresDevice) }

    override func makeContext(
        _ purpose: FileSystemContext.Purpose, flags: SuperBlockFlags, mask: SuperBlockFlags, for caller: any Caller
    ) throws(Refusal) -> FileSystemContext {
        BlockContext(self, purpose, flags: flags, mask: mask, for: caller)
    }
}

private final class BlockContext: FileSystemContext {
    /// get_tree_bdev_flags() and lookup_bdev().
    override func makeRoot(for caller: any Caller) throws(Refusal) -> Root {
        guard let source, !source.bytes.isEmpty else {
            log.add(.error, nil, "No source specified")
            throw Refusal(.mountWithoutDevice)
        }
        let path: Path
        do throws(Refusal) {
            path = try caller.lookup(source.bytes)
        } catch {
            log.add(.error, nil, source.bytes + Array(": Can't lookup blockdev".utf8))
            throw error
        }
        guard path.inode.mode.kind == .block else {
            log.add(.error, nil, source.bytes + Array(": Can't lookup blockdev".utf8))
            throw Refusal(.mountNotBlockDevice)
        }
        if path.forbidsDevices { throw Refusal(.fileDeviceOnNodev) }
        throw Refusal(.ENXIO)
    }
}
