import Credentials
import LinuxABI

/// A file system that is made or changed call by call: what stands behind a descriptor of fsopen(2) or fspick(2).
package final class FileSystemSetup {
    /// enum fs_context_phase.
    private enum Phase {
        case creating
        /// Made, and not mounted yet.
        case created
        case changing
        /// What was said is carried out; the next command begins a new change.
        case idle
        case failed
    }

    private var context: FileSystemContext
    private var phase: Phase
    /// What was made or picked; nil before. It holds the file system, not a mount.
    private var root: FileSystemContext.Root?

    /// fsopen(2)
    init(_ context: FileSystemContext) {
        self.context = context
        phase = .creating
    }

    /// fspick(2)
    init(_ context: FileSystemContext, changing root: FileSystemContext.Root) {
        self.context = context
        self.root = root
        phase = .changing
    }

    // MARK: Messages

    /// fscontext_read(): the oldest message, if `room` is enough for all of it.
    package func takeMessage(room: Int) throws(Refusal) -> [UInt8] {
        guard let message = context.log.messages.first else { throw Refusal(.ENODATA) }
        if message.count > room { throw Refusal(.EMSGSIZE) }
        _ = context.log.take()
        return message
    }

    // MARK: Commands (vfs_fsconfig_locked)

    package func set(_ parameter: FileSystemParameter, for task: Task) throws(Refusal) {
        try begin(for: task)
        guard phase == .creating || phase == .changing else { throw Refusal(.mountSetupPhase) }
        try context.parse(parameter, for: task)
    }

    /// vfs_cmd_create()
    package func create(exclusively: Bool, for task: Task) throws(Refusal) {
        try begin(for: task)
        guard phase == .creating else { throw Refusal(.mountSetupPhase) }
        // Who may not leaves it as it was.
        try context.checkMayCreate(for: task)
        phase = .failed
        context.isExclusive = exclusively
        root = try context.create(for: task)
        phase = .created
    }

    /// vfs_cmd_reconfigure()
    package func reconfigure(for task: Task) throws(Refusal) {
        try begin(for: task)
        guard phase == .changing, let fileSystem = root?.fileSystem else { throw Refusal(.mountSetupPhase) }
        phase = .failed
        try task.require(.sysAdmin, over: fileSystem.userNamespace, .remountNotPermitted)
        try context.reconfigure(for: task)
        phase = .idle
    }

    /// finish_clean_context(): after something was carried out a new change begins, with nothing said yet.
    private func begin(for task: Task) throws(Refusal) {
        guard phase == .idle, let fileSystem = root?.fileSystem else { return }
        let next = try fileSystem.type.makeContext(.reconfigure(fileSystem), for: task)
        next.log = context.log
        context = next
        phase = .changing
    }

    /// fsmount(2)'s part: a mount of what was made, which is possible once.
    func mount(_ flags: MountFlags, for task: Task) throws(Refusal) -> Mount {
        guard let root else { throw Refusal(.mountSetupNotCreated) }
        do throws(Refusal) {
            _ = try task.locksForVisible(root.fileSystem, flags)
        } catch {
            context.log.add(.error, nil, "VFS: Mount too revealing")
            throw error
        }
        guard phase == .created else { throw Refusal(.mountSetupPhase) }
        return try task.makeMount(root, flags, source: context.source)
    }

    /// vfs_clean_context(), once the mount has its file.
    func mounted() { phase = .idle }
}

extension Task {
    /// fsopen(2) after its flags.
    package func setUp(_ name: [UInt8]) throws(Refusal) -> FileSystemSetup {
        let (type, _) = try kernel.fileSystemTypes.find(Name(name))
        return FileSystemSetup(try type.makeContext(.mount, for: self))
    }

    /// fspick(2) after its lookup.
    package func setUp(changing path: Path) throws(Refusal) -> FileSystemSetup {
        guard path.isMountRoot else { throw Refusal(.mountNotMountRoot) }
        let fileSystem = path.mount.fileSystem
        let context = try fileSystem.type.makeContext(.reconfigure(fileSystem), for: self)
        return FileSystemSetup(context, changing: FileSystemContext.Root(fileSystem, path.dentry))
    }
}
