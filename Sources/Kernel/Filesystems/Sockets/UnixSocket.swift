import Credentials
import LinuxABI

/// An AF_UNIX socket (unix(7)): names, peers and credentials. Bytes pass by the host's socket, which the open file's
/// host description is.
package final class UnixSocket {
    package enum Kind: Int32, Sendable {
        case stream = 1
        case datagram = 2
        case sequenced = 5
    }
    package enum State {
        case unconnected
        case listening(backlog: Int)
        case connected
    }

    /// Its inode's number; its name on the host is made of it.
    package let number: UInt64
    package let kind: Kind
    /// In which abstract names are looked for.
    package let net: NetNamespace
    package internal(set) var name = SocketName.unnamed
    package internal(set) var state = State.unconnected
    /// The other end, also after it was closed.
    package internal(set) var peer: UnixSocket?
    /// What SO_PEERCRED tells of this socket.
    package internal(set) var peerCredentials = SocketCredentials.nobody
    /// SO_PASSCRED.
    package var passesCredentials = false
    /// SO_PASSPIDFD.
    package var passesProcessFiles = false
    /// unix_may_passcred(): whoever sends here, or from here, is remembered with the message.
    package var remembersSenders: Bool { passesCredentials || passesProcessFiles }
    /// Those who wait until the host's socket is ready.
    package let readiness = WaitQueue()
    /// Those who wait for room among a listener's connections.
    package let room = WaitQueue()
    /// Server ends of connections that wait to be accepted, in order.
    package internal(set) var pending: [UnixSocket] = []
    /// SHUT_RD (shutdown(2)).
    package var isShutForReading = false
    /// Who last sent something here by way of the sentry.
    package internal(set) var lastSender: SocketCredentials?
    /// The inode that bears the name, for a path.
    var boundPath: Path? {
        didSet {
            boundPath?.mount.useCount += 1
            oldValue?.mount.useCount -= 1
        }
    }
    /// The host's socket has a name.
    var isHostBound = false
    private(set) var isClosed = false
    private weak var table: SockFS?
    /// What travels with messages that are on their way here, in their order.
    private var inFlight: [(token: UInt64, ancillary: AncillaryData)] = []
    /// Ancillary data of messages that were read past it cannot be told from ancillary still to come; beyond this the oldest goes.
    private static let inFlightLimit = 4096

    init(number: UInt64, kind: Kind, net: NetNamespace, table: SockFS) {
        self.number = number
        self.kind = kind
        self.net = net
        self.table = table
        charge = Charge(overdrawing: table.userNamespace.budget, .sockets, Self.footprint)
    }

    private let charge: Charge
    /// The object, its names and its places in the tables.
    private static let footprint = 896

    package var isListening: Bool {
        if case .listening = state { return true }
        return false
    }
    package var isConnected: Bool {
        if case .connected = state { return true }
        return false
    }
    /// unix_recvq_full() of a listener.
    package var isFull: Bool {
        guard case .listening(let backlog) = state else { return true }
        return pending.count > backlog
    }

    // MARK: What travels with messages

    package func add(_ ancillary: AncillaryData, token: UInt64) {
        if inFlight.count >= Self.inFlightLimit { inFlight.removeFirst() }
        if inFlight.isEmpty { table?.holders[number] = self }
        inFlight.append((token, ancillary))
        lastSender = ancillary.credentials
    }

    /// The ancillary that `token` marks. Messages arrive in order, so what came before it was dropped on the host.
    package func ancillary(_ token: UInt64, keeping: Bool) -> AncillaryData? {
        guard let index = inFlight.firstIndex(where: { $0.token == token }) else { return nil }
        let ancillary = inFlight[index].ancillary
        inFlight.removeFirst(keeping ? index : index + 1)
        if inFlight.isEmpty { table?.holders[number] = nil }
        return ancillary
    }

    /// Files that messages carry here.
    var travellingFiles: [OpenFile] { inFlight.flatMap { $0.ancillary.files.map(\.file) } }

    /// Lets go of what is on its way here.
    func dropCargo() {
        table?.holders[number] = nil
        // Handed over entirely: what is left here would be let go one inside the other.
        for index in inFlight.indices { table?.discarded.append(inFlight[index].ancillary) }
        inFlight = []
        table?.discard()
    }

    // MARK: The end

    /// The last open file is gone.
    func close() {
        isClosed = true
        table?.remove(self)
        if !room.waiters.isEmpty { table?.closed.append(room) }
        // The two ends refer to each other; the other one keeps its view of this one's name.
        peer = nil
        for end in pending { end.close() }
        pending = []
        boundPath = nil
        dropCargo()
    }
}

/// What one message carries beyond its bytes.
package final class AncillaryData {
    /// Files, and whether the host's description travels with the message.
    package let files: [(file: OpenFile, isCarried: Bool)]
    package let credentials: SocketCredentials
    private let table: SockFS
    private let user: KUID
    private let charge: Charge
    private static let footprint = 256

    /// Throws `socketTooManyFilesInFlight`.
    package init(
        files: [(file: OpenFile, isCarried: Bool)], credentials: SocketCredentials, from sender: Task
    ) throws(Refusal) {
        let table = sender.kernel.sockets
        if !files.isEmpty { try table.checkMayCarryFiles(sender) }
        charge = try Charge(
            sender.kernel.budget, files.isEmpty ? .ancillary : .filesInFlight, Self.footprint + files.count * 32)
        self.files = files
        self.credentials = credentials
        self.table = table
        user = sender.credentials.uid
        table.countFiles(files.count, of: user)
    }
    deinit { table.countFiles(-files.count, of: user) }
}
