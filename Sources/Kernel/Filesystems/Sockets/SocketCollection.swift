import LinuxABI

extension Kernel {
    /// unix_gc(): drops what is on its way to sockets that no task can reach, since only messages to each other hold them.
    package func collectSockets() {
        var reached: Set<UInt64> = []
        var pending: [UnixSocket] = []
        func visit(_ socket: UnixSocket) {
            if reached.insert(socket.number).inserted { pending.append(socket) }
        }
        func visit(_ file: OpenFile) {
            if let file = file as? SocketFile { visit(file.socket) }
        }
        for pid in initialPIDNamespace.numbers.values {
            guard let task = pid.task else { continue }
            for (_, entry) in task.files.open { visit(entry.file) }
            // A call that waits keeps what it was given, though the fd may be another file's by now.
            task.waiting?.heldFiles.forEach(visit)
        }
        while let socket = pending.popLast() {
            for file in socket.travellingFiles { visit(file) }
            // Connections that wait to be accepted have no file yet.
            for end in socket.pending { visit(end) }
        }
        for socket in Array(sockets.holders.values) where !reached.contains(socket.number) { socket.dropCargo() }
    }
}
