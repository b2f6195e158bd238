import Credentials
import LinuxABI

/// sockfs: the file system, never mounted by name, of sockets; and the names by which sockets are found.
package final class SockFS: FileSystem {
    private let numbers: MountNumbers
    private struct AbstractKey: Hashable {
        let net: ObjectIdentifier
        let kind: UnixSocket.Kind
        let name: [UInt8]
    }
    private var abstract: [AbstractKey: UnixSocket] = [:]
    private var byInode: [ObjectIdentifier: UnixSocket] = [:]
    /// Those whose host socket has a name.
    private var byNumber: [UInt64: UnixSocket] = [:]
    /// Names of sockets that were closed lately: a message may arrive after its sender is gone.
    private var closedNames: [(number: UInt64, name: SocketName)] = []
    private static let closedLimit = 256
    private weak var platform: (any Platform)?
    private var mount: Mount?

    package init(_ numbers: MountNumbers, userNamespace: UserNamespace, platform: any Platform) {
        self.platform = platform
        self.numbers = numbers
        super.init(
            typeName: "sockfs", magic: 0x534f_434b, device: numbers.allocateDevice(),
            userNamespace: userNamespace)
    }

    package func makeSocket(_ kind: UnixSocket.Kind, net: NetNamespace) -> UnixSocket {
        UnixSocket(number: allocateInode(), kind: kind, net: net, table: self)
    }

    /// An open file for `socket`, owned by the caller's file system IDs (sock_alloc).
    package func open(
        _ socket: UnixSocket, host: HostFile, flags: OpenFlags, credentials: Credentials
    ) -> SocketFile {
        let inode = Inode(
            self, number: socket.number, mode: FileMode(.socket, 0o777), uid: credentials.fsuid,
            gid: credentials.fsgid)
        let dentry = Dentry(name: "", parent: nil, inode: inode)
        return SocketFile(
            socket, path: Path(mount: internalMount, dentry: dentry), flags: flags.union(.readWrite),
            credentials: credentials, backing: .owned(host))
    }

    private var internalMount: Mount {
        if let mount { return mount }
        let root = Inode(self, number: 0, mode: FileMode(.directory, 0o555), uid: .root, gid: .root)
        let made = Mount(numbers, self, root: makeRoot(root), source: "sockfs")
        mount = made
        return made
    }

    // MARK: Names

    func isTaken(_ name: [UInt8], _ kind: UnixSocket.Kind, _ net: NetNamespace) -> Bool {
        abstract[AbstractKey(net: ObjectIdentifier(net), kind: kind, name: name)] != nil
    }
    func find(_ name: [UInt8], _ kind: UnixSocket.Kind, _ net: NetNamespace) -> UnixSocket? {
        abstract[AbstractKey(net: ObjectIdentifier(net), kind: kind, name: name)]
    }
    func find(_ inode: Inode) -> UnixSocket? { byInode[ObjectIdentifier(inode)] }
    /// The name of the socket that the host knows by `number`.
    package func name(ofHost number: UInt64) -> SocketName {
        byNumber[number]?.name ?? closedNames.last { $0.number == number }?.name ?? .unnamed
    }

    func set(_ socket: UnixSocket, abstract name: [UInt8]) {
        socket.name = .abstract(name)
        abstract[AbstractKey(net: ObjectIdentifier(socket.net), kind: socket.kind, name: name)] = socket
    }
    func set(_ socket: UnixSocket, path: [UInt8], _ place: Path) {
        socket.name = .path(path)
        // It keeps the inode, by whose identity the socket is found.
        socket.boundPath = place
        byInode[ObjectIdentifier(place.inode)] = socket
    }
    func setHostBound(_ socket: UnixSocket) {
        socket.isHostBound = true
        byNumber[socket.number] = socket
    }

    // MARK: Files on their way

    /// How many files messages carry that nobody has received.
    private var filesOnTheirWay = 0
    /// The same by their senders' real users.
    private var filesByUser: [KUID: Int] = [:]
    /// However privileged the senders: each of these is open in the sentry.
    private static let filesOnTheirWayLimit = 16384
    /// Sockets to which files are on their way, by number.
    var holders: [UInt64: UnixSocket] = [:]
    /// It is time to look for sockets that only messages to each other hold.
    package var isCrowded: Bool { filesOnTheirWay >= Self.filesOnTheirWayLimit }
    /// Where calls wait for a listener that was closed.
    var closed: [WaitQueue] = []
    var discarded: [AncillaryData] = []
    private var isDiscarding = false

    /// unix_attach_fds(): a bound on what is open though no process has it open.
    func checkMayCarryFiles(_ sender: Task) throws(Refusal) {
        if filesOnTheirWay >= Self.filesOnTheirWayLimit { throw Refusal(.ETOOMANYREFS) }
        let own = sender.credentials
        let initial = sender.kernel.initialUserNamespace
        let limit = sender.group.limits[ResourceLimit.openFiles].soft
        let count = filesByUser[own.uid, default: 0]
        guard UInt64(count) <= limit || own.has(.sysResource, over: initial) || own.has(.sysAdmin, over: initial) else {
            throw sender.refusal(
                .socketTooManyFilesInFlight,
                "\(count) files of user \(own.uid.rawValue) are on their way; RLIMIT_NOFILE is \(limit)")
        }
    }

    /// Counts files that `user` sends, or that arrived or were let go (negative).
    func countFiles(_ count: Int, of user: KUID) {
        guard count != 0 else { return }
        filesOnTheirWay += count
        let left = filesByUser[user, default: 0] + count
        filesByUser[user] = left > 0 ? left : nil
    }

    func takeClosed() -> [WaitQueue] {
        if closed.isEmpty { return [] }
        defer { closed = [] }
        return closed
    }

    /// Lets go of what a closed socket was to receive. It may hold the last reference to another socket, with messages
    /// of its own, and so on: one after the other, not one inside the other.
    func discard() {
        guard !isDiscarding else { return }
        isDiscarding = true
        while !discarded.isEmpty { discarded.removeLast() }
        isDiscarding = false
    }

    func remove(_ socket: UnixSocket) {
        // A server end shows its listener's name without having it.
        switch socket.name {
        case .abstract(let name) where find(name, socket.kind, socket.net) === socket:
            abstract[AbstractKey(net: ObjectIdentifier(socket.net), kind: socket.kind, name: name)] = nil
        case .path:
            if let inode = socket.boundPath?.inode { byInode[ObjectIdentifier(inode)] = nil }
        default: break
        }
        if socket.isHostBound {
            byNumber[socket.number] = nil
            if closedNames.count >= Self.closedLimit { closedNames.removeFirst(Self.closedLimit / 2) }
            closedNames.append((socket.number, socket.name))
            platform?.sockets.unbind(socket.number)
        }
    }
}

/// An open socket.
package final class SocketFile: OpenFile {
    package let socket: UnixSocket

    init(_ socket: UnixSocket, path: Path, flags: OpenFlags, credentials: Credentials, backing: HostBacking) {
        self.socket = socket
        super.init(path: path, flags: flags, credentials: credentials, backing: backing)
    }

    // Neither a table nor a message on its way refers to the socket any more.
    deinit { socket.close() }

    package override var linkText: [UInt8]? { Array("socket:[\(socket.number)]".utf8) }
}
