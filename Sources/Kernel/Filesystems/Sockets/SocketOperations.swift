import Credentials
import LinuxABI

// bind(2), listen(2), connect(2) and accept(2) of AF_UNIX (net/unix/af_unix.c).
extension Kernel {
    /// The host description behind `fd` of `task`.
    package func borrow(_ fd: Int32, of task: Task) throws(Refusal) -> HostFile { try platform.borrow(fd, of: task) }

    /// unix_bind(); a nil name asks for one that is free (autobind).
    package func bind(_ file: SocketFile, to name: SocketName?, _ host: HostFile, by task: Task) throws(Refusal) {
        let socket = file.socket
        guard let name else {
            if socket.name == .unnamed { try autobind(socket, host) }
            return
        }
        switch name {
        case .unnamed: throw Refusal(.EINVAL)
        case .abstract(let bytes):
            if socket.name != .unnamed { throw Refusal(.EINVAL) }
            if sockets.isTaken(bytes, socket.kind, socket.net) { throw Refusal(.EADDRINUSE) }
            try hostBind(socket, host)
            sockets.set(socket, abstract: bytes)
        case .path(let path):
            let isBound = socket.name != .unnamed
            // The name is made before the socket is looked at, and taken back if that fails.
            let place = try makeSocketNode(path, file.inode.mode.permissions, by: task, onlyCheck: isBound)
            guard let place else { throw Refusal(.EINVAL) }
            try hostBind(socket, host)
            sockets.set(socket, path: path, place)
        }
    }

    /// unix_autobind(): five hexadecimal digits in the abstract name space (unix(7), "Autobind feature").
    package func autobind(_ socket: UnixSocket, _ host: HostFile) throws(Refusal) {
        let digits = Array("0123456789abcdef".utf8)
        var candidate = UInt32(truncatingIfNeeded: socket.number &* 0x9e37_79b9)
        for _ in 0..<0x10_0000 {
            let name = (0..<5).map { digits[Int((candidate >> (16 - 4 * UInt32($0))) & 0xf)] }
            if !sockets.isTaken(name, socket.kind, socket.net) {
                try hostBind(socket, host)
                sockets.set(socket, abstract: name)
                return
            }
            candidate &+= 1
        }
        throw Refusal(.ENOSPC)
    }

    private func hostBind(_ socket: UnixSocket, _ host: HostFile) throws(Refusal) {
        if socket.isHostBound { return }
        do throws(Errno) { try platform.sockets.bind(host, as: socket.number) } catch { throw Refusal(error) }
        sockets.setHostBound(socket)
    }

    /// The inode of a new path name (unix_bind_bsd); with `onlyCheck` nil when it could have been made.
    private func makeSocketNode(
        _ path: [UInt8], _ permissions: UInt32, by task: Task, onlyCheck: Bool
    ) throws(Refusal) -> Path? {
        var walk = PathWalk(task)
        let last = try walk.walkToParent(path)
        guard last.kind == .normal else { throw Refusal(.EADDRINUSE) }
        if try walk.child(last.name) != nil { throw Refusal(.EADDRINUSE) }
        if last.hasTrailingSlash { throw Refusal(.ENOENT) }
        let parent = walk.current
        try parent.checkWritable()
        try parent.checkCreate(for: task)
        if onlyCheck { return nil }
        return try task.makeChild(last.name, in: parent, FileMode(.socket, permissions))
    }

    /// unix_find_other(): the socket that bears `name`.
    package func findSocket(_ name: SocketName, for socket: UnixSocket, by task: Task) throws(Refusal) -> UnixSocket {
        switch name {
        case .unnamed: throw Refusal(.EINVAL)
        case .abstract(let bytes):
            guard let found = sockets.find(bytes, socket.kind, socket.net) else { throw Refusal(.ECONNREFUSED) }
            return found
        case .path(let path):
            let place = try task.lookup(path)
            // Connecting takes write permission (unix(7), "Pathname socket ownership and permissions").
            try place.check(.write, for: task)
            guard place.inode.mode.kind == .socket, let found = sockets.find(place.inode) else {
                throw Refusal(.ECONNREFUSED)
            }
            guard found.kind == socket.kind else { throw Refusal(.EPROTOTYPE) }
            return found
        }
    }

    /// unix_listen().
    package func listen(_ socket: UnixSocket, backlog: Int32, _ host: HostFile, by task: Task) throws(Refusal) {
        guard socket.kind != .datagram else { throw Refusal(.EOPNOTSUPP) }
        guard socket.name != .unnamed, !socket.isConnected else { throw Refusal(.EINVAL) }
        // As unsigned, so that negative ones mean the most (net.core.somaxconn).
        let limit = min(Int(UInt32(bitPattern: backlog)), 4096)
        do throws(Errno) {
            try platform.sockets.listen(host, backlog: Int32(limit))
        } catch { throw Refusal(error) }
        socket.state = .listening(backlog: limit)
        socket.peerCredentials = SocketCredentials(peer: task)
        wake(socket.room)
    }

    /// unix_stream_connect(); nil when the listener's queue is full.
    package func connectStream(
        _ socket: UnixSocket, to name: SocketName, _ host: HostFile, by task: Task
    ) throws(Refusal) -> UnixSocket? {
        if socket.remembersSenders, socket.name == .unnamed { try autobind(socket, host) }
        let listener = try findSocket(name, for: socket, by: task)
        guard listener.isListening else { throw Refusal(.ECONNREFUSED) }
        if listener.isFull { return listener }
        switch socket.state {
        case .unconnected: break
        case .connected: throw Refusal(.EISCONN)
        case .listening: throw Refusal(.EINVAL)
        }
        try budget.check(.sockets)
        do throws(Errno) {
            try platform.sockets.connect(host, to: listener.number)
        } catch {
            // The host's queue is full, or shut down.
            if error == .EAGAIN { return listener }
            throw Refusal(error)
        }
        let end = sockets.makeSocket(socket.kind, net: listener.net)
        end.name = listener.name
        end.state = .connected
        end.peer = socket
        end.peerCredentials = SocketCredentials(peer: task)
        end.passesCredentials = listener.passesCredentials
        end.passesProcessFiles = listener.passesProcessFiles
        socket.state = .connected
        socket.peer = end
        socket.peerCredentials = listener.peerCredentials
        listener.pending.append(end)
        wake(listener.readiness)
        return nil
    }

    /// unix_dgram_connect(); a nil name dissolves the connection.
    package func connectDatagram(
        _ socket: UnixSocket, to name: SocketName?, _ host: HostFile, by task: Task
    ) throws(Refusal) {
        var target: UnixSocket?
        if let name {
            if socket.remembersSenders, socket.name == .unnamed { try autobind(socket, host) }
            let found = try findSocket(name, for: socket, by: task)
            try checkMaySend(socket, to: found)
            target = found
        }
        do throws(Errno) {
            try platform.sockets.connect(host, to: target?.number)
        } catch { throw Refusal(error) }
        socket.peer = target
        socket.state = target == nil ? .unconnected : .connected
    }

    /// unix_may_send(): a connected datagram socket takes messages from its peer alone.
    package func checkMaySend(_ socket: UnixSocket, to target: UnixSocket) throws(Refusal) {
        if let peer = target.peer, peer !== socket { throw Refusal(.socketPeerConnectedElsewhere) }
    }

    /// The next connection of a listener; throws EAGAIN when there is none.
    package func accept(
        _ listener: UnixSocket, _ host: HostFile, nonblocking: Bool, by task: Task
    ) throws(Refusal) -> SocketFile {
        let accepted: HostFile
        do throws(Errno) {
            accepted = try platform.sockets.accept(host, nonblocking: nonblocking)
        } catch { throw Refusal(error) }
        guard !listener.pending.isEmpty else { throw Refusal(.ECONNABORTED) }
        let end = listener.pending.removeFirst()
        wake(listener.room)
        return sockets.open(
            end, host: accepted, flags: nonblocking ? .nonblock : [], credentials: task.credentials)
    }

    /// Two sockets connected to each other (unix_socketpair).
    package func makeSocketPair(
        _ kind: UnixSocket.Kind, flags: OpenFlags, _ hosts: [HostFile], by task: Task
    ) throws(Refusal) -> [SocketFile] {
        let net = try task.ownNamespaces().net
        let ends = hosts.map { _ in sockets.makeSocket(kind, net: net) }
        for (index, end) in ends.enumerated() {
            end.state = .connected
            end.peer = ends[(index + 1) % ends.count]
            end.peerCredentials = SocketCredentials(peer: task)
        }
        return zip(ends, hosts).map { sockets.open($0, host: $1, flags: flags, credentials: task.credentials) }
    }
}
