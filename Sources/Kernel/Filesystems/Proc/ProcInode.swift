import Credentials
import LinuxABI

/// Any inode of procfs or sysfs that is not below a process: permanent, owned by root unless said otherwise.
package class StaticInode: Inode {
    package init(_ fileSystem: FileSystem, _ kind: FileKind, _ permissions: UInt32, number: UInt64? = nil) {
        super.init(
            fileSystem, number: number ?? fileSystem.allocateInode(), mode: FileMode(kind, permissions), uid: .root,
            gid: .root)
        let time = (fileSystem as? ProcFS)?.created ?? Timestamp()
        accessed = time
        modified = time
        changed = time
    }

    /// O_TRUNC is taken and does nothing.
    package override func truncate(to size: Int64, for caller: any Caller) throws(Refusal) {}
}

/// A directory whose children are fixed when it is made.
package class StaticDirectory: StaticInode {
    private var children: [Name: Inode] = [:]
    private var order: [Name] = []
    /// proc_lookup_de() fails rather than find nothing, so that creating a file is ENOENT as well.
    private let failsToFind: Bool

    package init(_ fileSystem: FileSystem, number: UInt64? = nil) {
        failsToFind = fileSystem is ProcFS
        super.init(fileSystem, .directory, 0o555, number: number)
        linkCount = 2
    }

    package func add(_ name: Name, _ inode: Inode) {
        children[name] = inode
        order.append(name)
        if inode.mode.isDirectory { linkCount &+= 1 }
    }

    /// The child of that name.
    package final func child(_ name: Name) -> Inode? { children[name] }

    package override func lookup(_ name: Name, for caller: any Caller) throws(Refusal) -> Inode? {
        if let child = children[name] { return child }
        if failsToFind { throw Refusal(.ENOENT) }
        return nil
    }
    package override func entries(for caller: any Caller) throws(Refusal) -> [DirectoryEntry] {
        order.compactMap { name in
            children[name].map { DirectoryEntry(name: name, inode: $0.number, kind: $0.mode.kind) }
        }
    }
    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        DirectoryFile(path: path, flags: flags, credentials: caller.credentials)
    }
}

/// A symbolic link with a text that depends at most on who follows it.
package final class StaticLink: StaticInode {
    private let target: @Sendable (ProcFS?, any Caller) throws(Refusal) -> [UInt8]

    package init(
        _ fileSystem: FileSystem, _ target: @escaping @Sendable (ProcFS?, any Caller) throws(Refusal) -> [UInt8]
    ) {
        self.target = target
        super.init(fileSystem, .symlink, 0o777)
    }
    package override func readLink(for caller: any Caller) throws(Refusal) -> [UInt8] {
        try target(fileSystem as? ProcFS, caller)
    }
}

/// A read-only text file that belongs to no process.
package final class StaticFile: StaticInode {
    package typealias Show = @Sendable (ProcReader) throws(Refusal) -> [UInt8]
    private let show: Show

    package init(_ fileSystem: ProcFS, _ permissions: UInt32 = 0o444, show: @escaping Show) {
        self.show = show
        super.init(fileSystem, .regular, permissions)
    }
    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        guard let proc = fileSystem as? ProcFS else { throw Refusal(.ENXIO) }
        let reader = ProcReader(proc, caller.credentials, opener: caller as? Task)
        return StaticText(reader, show, path: path, flags: flags)
    }
}

/// An open `StaticFile`.
package final class StaticText: OpenFile {
    private let reader: ProcReader
    private let show: StaticFile.Show

    init(_ reader: ProcReader, _ show: @escaping StaticFile.Show, path: Path, flags: OpenFlags) {
        self.reader = reader
        self.show = show
        super.init(path: path, flags: flags, credentials: reader.credentials, backing: .text)
    }
    package override func contents() throws(Refusal) -> [UInt8] { try show(reader) }
    package override var interceptsWrites: Bool { true }
    /// proc_reg_write(): the file has no write operation.
    package override func write(_ bytes: [UInt8], offset: Int64, by caller: any Caller) throws(Refusal) -> Int {
        throw Refusal(.EIO)
    }
}
