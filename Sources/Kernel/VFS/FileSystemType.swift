import Credentials
import LinuxABI

/// A kind of file system, as mount(2) names it (struct file_system_type). Subclasses make the contexts in which their
/// options are read.
package class FileSystemType {
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }
        /// FS_REQUIRES_DEV: it lies on a block device.
        package static let requiresDevice = Flags(rawValue: 1)
        /// FS_HAS_SUBTYPE: `name.subtype` names it as well.
        package static let hasSubtypes = Flags(rawValue: 4)
        /// FS_USERNS_MOUNT: CAP_SYS_ADMIN over the user namespace that a new instance belongs to is enough.
        package static let mountableByUserNamespace = Flags(rawValue: 8)
        /// FS_ALLOW_IDMAP: its mounts may have a map of IDs.
        package static let allowsIDMap = Flags(rawValue: 32)
        /// SB_I_USERNS_VISIBLE: a user namespace may mount it only if it sees an instance in full already
        /// (mount_too_revealing).
        package static let mustBeVisible = Flags(rawValue: 1 << 16)
        /// SB_NOUSER: instances can be made, but mount(2) attaches none of them (EINVAL).
        package static let isInternal = Flags(rawValue: 1 << 17)
    }

    package let name: Name
    package let flags: Flags

    init(_ name: Name, _ flags: Flags = []) {
        self.name = name
        self.flags = flags
    }

    /// init_fs_context(): a context in which `caller` asks for an instance, or for the change of one. A type without options
    /// has nothing of its own for the change.
    package func makeContext(
        _ purpose: FileSystemContext.Purpose, flags: SuperBlockFlags = [], mask: SuperBlockFlags = [],
        for caller: any Caller
    ) throws(Refusal) -> FileSystemContext {
        guard case .reconfigure = purpose else { throw Refusal(.ENODEV) }
        return FileSystemContext(self, purpose, flags: flags, mask: mask, for: caller)
    }
}

/// The types that can be mounted, by name.
package final class FileSystemTypes {
    /// In the order in which /proc/filesystems lists them.
    package private(set) var all: [FileSystemType] = []
    private var byName: [Name: FileSystemType] = [:]

    package init() {}

    /// register_filesystem(): a name that is taken stays whose it is.
    package func register(_ type: FileSystemType) {
        guard byName[type.name] == nil else { return }
        byName[type.name] = type
        all.append(type)
    }

    /// get_fs_type(): the type that `name` names, with a subtype behind a dot where the type has any.
    package func find(_ name: Name) throws(Refusal) -> (type: FileSystemType, subtype: Name?) {
        let base = name.bytes.prefix { $0 != UInt8(ascii: ".") }
        let hasDot = base.count < name.bytes.count
        guard let type = byName[hasDot ? Name(base) : name], !hasDot || type.flags.contains(.hasSubtypes) else {
            throw Refusal(.mountUnknownType)
        }
        return (type, hasDot ? Name(name.bytes.dropFirst(base.count + 1)) : nil)
    }

    /// The text of /proc/filesystems (filesystems(5)).
    package var list: [UInt8] {
        var text: [UInt8] = []
        for type in all {
            if !type.flags.contains(.requiresDevice) { text.append("nodev") }
            text.append(UInt8(ascii: "\t"))
            text += type.name.bytes
            text.append(UInt8(ascii: "\n"))
        }
        return text
    }
}
