import Credentials
import LinuxABI

/// A symbolic link of procfs with a text that depends at most on who follows it.
package final class StaticLink: StaticInode {
    private let target: @Sendable (ProcFS?, any Caller) throws(Refusal) -> [UInt8]

    package init(
        _ fileSystem: ProcFS, _ target: @escaping @Sendable (ProcFS?, any Caller) throws(Refusal) -> [UInt8]
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
        let reader = try ProcReader(proc, caller.credentials, opener: caller as? Task)
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
