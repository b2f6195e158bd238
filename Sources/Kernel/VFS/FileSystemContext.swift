import Credentials
import LinuxABI

/// What is being said of a file system before it is made or changed (struct fs_context): mount(2) fills one at once,
/// fsconfig(2) option by option.
///
/// A subclass a type holds the type's options: it overrides `take`, `makeRoot` and `change`. What a type needs to know of
/// the opener's namespaces its subclass captures when it is made.
package class FileSystemContext {
    package enum Purpose {
        case mount
        /// Of an instance that exists: a remount, fspick(2).
        case reconfigure(FileSystem)
    }

    /// A super block with its root; it keeps the dentry's file system alive.
    package struct Root {
        package let fileSystem: FileSystem
        package let dentry: Dentry
        package init(_ fileSystem: FileSystem, _ dentry: Dentry) {
            self.fileSystem = fileSystem
            self.dentry = dentry
        }
    }

    package let type: FileSystemType
    package let purpose: Purpose
    /// The opener's (fc->cred).
    package let credentials: Credentials
    /// The namespace to which a new instance belongs, and over which mounting it needs CAP_SYS_ADMIN (fc->user_ns). The
    /// opener's, or that of the namespace which the instance shows.
    package internal(set) var userNamespace: UserNamespace
    /// The first field of mountinfo's source; nil shows as `none`.
    package internal(set) var source: Name?
    /// What stands behind the dot in the type's name.
    package var subtype: Name?
    /// The flags to set and which of them are said.
    package internal(set) var flags: SuperBlockFlags
    package internal(set) var mask: SuperBlockFlags
    /// FSCONFIG_CMD_CREATE_EXCL: an instance that exists already will not do.
    package var isExclusive = false
    /// What read(2) on an fsopen(2) descriptor tells, the oldest first.
    package var log = MessageLog()
    private let charge: Charge

    /// The object with its options and messages.
    private static let footprint = 1024

    init(
        _ type: FileSystemType, _ purpose: Purpose, flags: SuperBlockFlags, mask: SuperBlockFlags,
        userNamespace: UserNamespace? = nil, for caller: any Caller
    ) {
        self.type = type
        self.purpose = purpose
        self.flags = flags
        self.mask = mask
        credentials = caller.credentials
        self.userNamespace =
            switch purpose {
            case .mount: userNamespace ?? caller.credentials.userNamespace
            case .reconfigure(let fileSystem): fileSystem.userNamespace
            }
        charge = Charge(overdrawing: caller.credentials.userNamespace.budget, .openFiles, Self.footprint)
    }

    /// The instance that is changed; nil for a new one.
    package final var reconfigured: FileSystem? {
        if case .reconfigure(let fileSystem) = purpose { fileSystem } else { nil }
    }

    // MARK: What a type overrides

    /// Takes an option of the type's own; false for a word that it does not know (-ENOPARAM).
    package func take(_ parameter: FileSystemParameter, for caller: any Caller) throws(Refusal) -> Bool { false }
    /// The instance that the options describe, new or shared (get_tree). A new one has `userNamespace` and `flags`.
    package func makeRoot(for caller: any Caller) throws(Refusal) -> Root { throw Refusal(.ENODEV) }
    /// Changes `fileSystem` as the options say; its flags are changed afterwards.
    package func change(_ fileSystem: FileSystem, for caller: any Caller) throws(Refusal) {}
    /// Where one option of mount(2)'s text ends: at the next comma, but for types whose values hold commas.
    package func optionEnd(_ data: ArraySlice<UInt8>) -> Int {
        data.firstIndex(of: UInt8(ascii: ",")) ?? data.endIndex
    }
    /// False for types that take any option, so that nothing is unknown (ramfs).
    package var refusesUnknown: Bool { true }

    // MARK: Making

    /// mount_capable()
    package final func checkMayCreate(for caller: any Caller) throws(Refusal) {
        let isPermitted =
            type.flags.contains(.mountableByUserNamespace)
            ? caller.credentials.has(.sysAdmin, over: userNamespace) : caller.hasGlobally(.sysAdmin)
        guard isPermitted else {
            throw caller.refusal(
                .mountTypeNotPermitted,
                "\(type.name) needs CAP_SYS_ADMIN "
                    + (type.flags.contains(.mountableByUserNamespace)
                        ? "over the user namespace that it would belong to" : "in the initial user namespace"))
        }
    }

    /// vfs_get_tree() after mount_capable().
    package final func create(for caller: any Caller) throws(Refusal) -> Root {
        try checkMayCreate(for: caller)
        return try makeRoot(for: caller)
    }

    /// reconfigure_super(). That the caller has CAP_SYS_ADMIN over the file system's user namespace was checked before.
    package final func reconfigure(for caller: any Caller) throws(Refusal) {
        guard let fileSystem = reconfigured else { throw Refusal(.EINVAL) }
        guard mask.isSubset(of: .changeable) else { throw Refusal(.EINVAL) }
        if mask.contains(.readOnly), flags.contains(.readOnly), !fileSystem.isReadOnly, fileSystem.hasWriters {
            throw Refusal(.fileSystemHasWriters)
        }
        try change(fileSystem, for: caller)
        fileSystem.flags = fileSystem.flags.subtracting(mask).union(flags.intersection(mask))
    }

    /// An instance that exists already is what was asked for (sget_fc): not for another user namespace, nor where a new
    /// one was demanded.
    package final func share(_ root: Root) throws(Refusal) -> Root {
        if isExclusive {
            log.add(.warning, type, "reusing existing filesystem not allowed")
            throw Refusal(.fileSystemExists)
        }
        return root
    }
}
