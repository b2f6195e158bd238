import Credentials
import LinuxABI

/// The host's side of the streams that a sandbox is started with.
package protocol StreamProvider: AnyObject {
    /// What fstat(2) tells of stream `number`, 0...2; nil when it is closed.
    func attributes(ofStream number: Int32) -> HostAttributes?
    /// The open flags of stream `number`.
    func flags(ofStream number: Int32) -> OpenFlags
    func isTerminal(_ number: Int32) -> Bool
    /// Opens what the stream leads to again.
    func reopen(_ number: Int32, flags: OpenFlags) throws(Errno) -> HostFile
}

/// The file system of the three streams: the terminal, pipes or files that whoever starts a sandbox grants by
/// starting it.
package final class StdioFS: FileSystem {
    private let numbers: MountNumbers
    package init(_ numbers: MountNumbers, userNamespace: UserNamespace) {
        self.numbers = numbers
        super.init(
            typeName: "streams", magic: 0x5049_5045, device: numbers.allocateDevice(),
            userNamespace: userNamespace)
    }

    /// Files for the streams that are open, owned by the first process's user.
    package func openStreams(
        of provider: any StreamProvider, for credentials: Credentials
    ) -> [(fd: Int32, file: OpenFile)] {
        (Int32(0)...2).compactMap { number in
            guard let attributes = provider.attributes(ofStream: number) else { return nil }
            let inode = StreamInode(self, number, attributes, provider, credentials)
            let dentry = Dentry(name: Name(inode.name), parent: nil, inode: inode)
            let mount = Mount(numbers, self, root: dentry, source: "streams")
            // The first process is born with them: nothing is left to install.
            let file = StreamFile(
                path: Path(mount: mount, dentry: dentry), flags: provider.flags(ofStream: number),
                credentials: credentials, backing: .installed)
            return (number, file)
        }
    }
}

/// What one of the standard streams leads to.
package final class StreamInode: Inode {
    /// The host knows.
    package override var allowsDirectAccess: Bool { true }
    private let stream: Int32
    private let provider: any StreamProvider
    /// As /proc/[pid]/fd shows it.
    fileprivate let name: [UInt8]
    /// What may be asked for when it is opened again.
    private let granted: OpenFlags

    init(
        _ fileSystem: FileSystem, _ stream: Int32, _ attributes: HostAttributes, _ provider: any StreamProvider,
        _ owner: Credentials
    ) {
        self.stream = stream
        self.provider = provider
        granted = provider.flags(ofStream: stream)
        switch attributes.mode.kind {
        case .fifo: name = Array("pipe:[\(attributes.inode)]".utf8)
        case .socket: name = Array("socket:[\(attributes.inode)]".utf8)
        case .character where provider.isTerminal(stream): name = Array("/dev/tty".utf8)
        case .character: name = Array("/dev/null".utf8)
        default: name = Array("/dev/stdio".utf8)
        }
        super.init(fileSystem, number: attributes.inode, mode: attributes.mode, uid: owner.uid, gid: owner.gid)
        device = attributes.rdev
    }

    package var isTerminal: Bool { provider.isTerminal(stream) }

    package override func attributes(for caller: any Caller) throws(Refusal) -> FileAttributes {
        var attributes = FileAttributes(self)
        guard let host = provider.attributes(ofStream: stream) else { return attributes }
        attributes.size = host.size
        attributes.blocks = host.blocks
        attributes.accessed = host.accessed
        attributes.modified = host.modified
        attributes.changed = host.changed
        return attributes
    }

    package override func open(_ path: Path, flags: OpenFlags, for caller: any Caller) throws(Refusal) -> OpenFile {
        if mode.kind == .socket { throw Refusal(.ENXIO) }
        // No more than was granted: a stream that was given read-only stays so.
        if flags.reads, !granted.reads { throw Refusal(.EACCES) }
        if flags.writes, !granted.writes { throw Refusal(.EACCES) }
        do throws(Errno) {
            return StreamFile(
                path: path, flags: flags, credentials: caller.credentials,
                backing: .owned(try provider.reopen(stream, flags: flags)))
        } catch {
            throw Refusal(error)
        }
    }

    package override func setAttributes(_ change: AttributeChange, for caller: any Caller) throws(Refusal) {
        // The host's file is not the sandbox's to change.
        throw Refusal(.EPERM)
    }
    package override func truncate(to size: Int64, for caller: any Caller) throws(Refusal) {}
}

/// An open standard stream.
package final class StreamFile: OpenFile {
    package override var linkText: [UInt8]? { path.dentry.name.bytes }
}
