import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

/// Calls that wait, while a second thread changes what they were given.
@Suite struct WaitingCalls {
    private func failed(_ errno: Errno) -> Int64 { -Int64(errno.rawValue) }

    /// struct sembuf.
    private func operation(_ number: UInt16, _ change: Int16, _ flags: UInt16 = 0) -> [UInt8] {
        [number, UInt16(bitPattern: change), flags].withUnsafeBytes { Array($0) }
    }

    @Test func semopDoesWhatItWasAskedFor() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(), other = try task.thread()
        let set = task.call(.semget, 0, 2, 0o600)
        let place = task.allocate(6)
        try task.memory.store(operation(0, -1), at: place)
        #expect(task.call(.semop, set, place, 1) == TestTask.waits)
        #expect(other.call(.semctl, set, 0, 14) == 1)  // GETNCNT
        #expect(other.call(.semctl, set, 1, 14) == 0)
        // Neither the array nor its place counts any more.
        try task.memory.store(operation(1, 3), at: place)
        #expect(other.call(.semop, set, operation(1, 1), 1) == 0)
        #expect(task.result == nil)
        #expect(other.call(.semop, set, operation(0, 1), 1) == 0)
        #expect(task.result == 0)
        #expect(other.call(.semctl, set, 0, 12) == 0)  // GETVAL
        #expect(other.call(.semctl, set, 1, 12) == 1)
    }

    @Test func semopEndsBySignalTimeAndRemoval() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(), other = try sentry.spawn()
        task.set(.usr1, .handled)
        let set = task.call(.semget, 0, 1, 0o600)
        #expect(task.call(.semop, set, operation(0, -1), 1) == TestTask.waits)
        #expect(other.call(.kill, task.pid, Signal.usr1.rawValue) == 0)
        #expect(task.result == failed(.EINTR))
        #expect(other.call(.semctl, set, 0, 14) == 0)

        let time: [UInt8] = [Int64(2), 0].withUnsafeBytes { Array($0) }
        let place = task.allocate(16)
        try task.memory.store(time, at: place)
        #expect(task.call(.semtimedop, set, operation(0, -1), 1, place) == TestTask.waits)
        try task.memory.store([UInt8](repeating: 0xff, count: 16), at: place)
        #expect(task.task.waiting?.deadline == sentry.platform.monotonicNow + 2_000_000_000)
        sentry.kernel.deadlinePassed(task.task)
        #expect(task.result == failed(.EAGAIN))

        #expect(task.call(.semop, set, operation(0, -1), 1) == TestTask.waits)
        #expect(other.call(.semctl, set, 0, 0) == 0)  // IPC_RMID
        #expect(task.result == failed(.EIDRM))
    }

    @Test func msgrcvLooksAtTheModeAgain() throws {
        let sentry = try TestSentry()
        let owner = try sentry.spawn(uid: 1000), reader = try sentry.spawn(uid: 2000)
        let queue = owner.call(.msgget, 0, 0o604)
        #expect(reader.call(.msgrcv, queue, reader.allocate(64), 8, 0, 0) == TestTask.waits)
        // struct msqid_ds with another mode.
        let record = owner.allocate(120)
        #expect(owner.call(.msgctl, queue, 2, record) == 0)
        try owner.memory.store(UInt32(0o600), at: record.advanced(by: 20))
        #expect(owner.call(.msgctl, queue, 1, record) == 0)
        #expect(reader.result == failed(.EACCES))
    }

    @Test func msgsndKeepsTheMessage() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(), other = try task.thread()
        let queue = task.call(.msgget, 0, 0o600)
        let message = task.allocate(8200)
        try task.memory.store(Int64(1), at: message)
        for _ in 0..<2 { #expect(task.call(.msgsnd, queue, message, 8192, 0) == 0) }
        try task.memory.store(Int64(7), at: message)
        try task.memory.store(Array("first".utf8), at: message.advanced(by: 8))
        #expect(task.call(.msgsnd, queue, message, 5, 0) == TestTask.waits)
        try task.memory.store(Array("later".utf8), at: message.advanced(by: 8))
        let buffer = task.allocate(8200)
        #expect(other.call(.msgrcv, queue, buffer, 8192, 1, 0) == 8192)
        #expect(task.result == 0)
        #expect(other.call(.msgrcv, queue, buffer, 8192, 7, 0) == 5)
        #expect(try task.load(buffer.advanced(by: 8), as: UInt8.self) == UInt8(ascii: "f"))
    }

    @Test func aWaitingOpenHasItsNumber() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(), other = try task.thread()
        #expect(task.call(.mknod, "/tmp/fifo", 0o010644, 0) == 0)
        #expect(task.call(.open, "/tmp/fifo", 0) == TestTask.waits)
        // 0 is taken, though nothing is open there (get_unused_fd_flags).
        #expect(other.call(.open, "/tmp", OpenFlags.directory.rawValue) == 1)
        #expect(other.call(.dup2, 1, 0) == failed(.EBUSY))
        #expect(other.call(.unlink, "/tmp/fifo") == 0)
        #expect(other.call(.close, 0) == failed(.EBADF))
        // A signal frees it again.
        task.set(.usr1, .handled)
        #expect(other.call(.tgkill, task.pid, task.task.tid, Signal.usr1.rawValue) == 0)
        #expect(task.result == failed(.EINTR))
        #expect(other.call(.dup2, 1, 0) == 0)
    }

    @Test func acceptKeepsTheSocketThatItHad() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(), other = try task.thread(), client = try sentry.spawn()
        func address(_ name: String) -> [UInt8] { [1, 0, 0] + Array(name.utf8) }
        let fd = task.call(.socket, 1, 1, 0)
        #expect(task.call(.bind, fd, address("one"), 6) == 0)
        #expect(task.call(.listen, fd, 5) == 0)
        #expect(task.call(.accept, fd, 0, 0) == TestTask.waits)
        #expect(other.call(.close, fd) == 0)
        let socket = client.call(.socket, 1, 1, 0)
        #expect(client.call(.connect, socket, address("one"), 6) == 0)
        #expect(task.result == 1)
    }

    @Test func everyKindOfWaitEndsWithItsCaller() throws {
        let sentry = try TestSentry()
        let starts: [(TestTask) -> Int64] = [
            { $0.call(.semop, $0.call(.semget, 0, 1, 0o600), operation(0, -1), 1) },
            { $0.call(.msgrcv, $0.call(.msgget, 0, 0o600), $0.allocate(64), 8, 0, 0) },
            { task in
                task.call(.mknod, "/tmp/pipe", 0o010644, 0)
                return task.call(.open, "/tmp/pipe", OpenFlags.writeOnly.rawValue)
            },
            { task in
                _ = try? task.fork()
                return task.call(.wait4, -1, 0, 0, 0)
            },
            { task in
                let name = "/tmp/l\(task.call(.msgget, 0, 0o600))"
                let first = task.call(.open, name, OpenFlags([.create, .readWrite]).rawValue, 0o600)
                let second = task.call(.open, name, OpenFlags.readWrite.rawValue)
                #expect(task.call(.flock, first, 2) == 0)
                return task.call(.flock, second, 2)
            },
        ]
        for start in starts {
            let task = try sentry.spawn()
            task.set(.usr1, .handled)
            #expect(start(task) == TestTask.waits)
            let wait = try #require(task.task.waiting)
            let queue = wait.queue
            #expect(queue.waiters.count == 1)
            // Waking without what is waited for changes nothing.
            sentry.kernel.wake(queue)
            #expect(task.isWaiting && queue.waiters.count == 1)
            #expect(sentry.initTask.call(.kill, task.pid, Signal.usr1.rawValue) == 0)
            #expect(task.result != nil && queue.waiters.isEmpty)
            #expect(start(task) == TestTask.waits)
            let last = try #require(task.task.waiting?.queue)
            task.exit()
            #expect(last.waiters.isEmpty && task.task.waiting == nil)
        }
        #expect(sentry.kernel.locks.records.isEmpty)
    }
}

/// Calls for which the host is asked off the lock.
@Suite struct HostWorkTests {
    private let tree = HostTree(index: 0, isWritable: false)

    private func sentry() throws -> TestSentry {
        let sentry = try TestSentry(world: { storage in
            storage.grant(tree, "", .directory)
            storage.grant(tree, "mnt", .directory, isRemote: true)
            storage.grant(tree, "mnt/a", .regular, bytes: Array("text".utf8), isRemote: true)
            storage.grant(tree, "mnt/b", .regular, bytes: Array("more".utf8), isRemote: true)
            var description = WorldDescription()
            description.root = .tree(tree)
            return description
        })
        sentry.delaysWork = true
        return sentry
    }

    @Test func othersAreAnsweredMeanwhile() throws {
        let sentry = try sentry()
        let task = try sentry.spawn(), other = try sentry.spawn()
        #expect(task.call(.open, "/mnt/a", 0) == TestTask.waits)
        #expect(task.task.isInHostWork)
        #expect(other.call(.getppid) > 0)
        // A signal waits for the disk.
        task.set(.usr1, .handled)
        #expect(other.call(.kill, task.pid, Signal.usr1.rawValue) == 0)
        #expect(task.result == nil)
        sentry.finishWork()
        #expect(task.result == 0)
        #expect(!task.task.isInHostWork)
    }

    @Test func theNameIsTheOneThatWasCopied() throws {
        let sentry = try sentry()
        let task = try sentry.spawn()
        let path = task.allocate(16)
        try task.memory.store(Array("/mnt/a\0".utf8), at: path)
        #expect(task.call(.open, path, 0) == TestTask.waits)
        try task.memory.store(Array("/mnt/b\0".utf8), at: path)
        sentry.finishWork()
        #expect(task.result == 0)
        #expect(task.task.files[0]?.path.dentry.name == "a")
    }

    @Test func whoDiesLeavesNothing() throws {
        let sentry = try sentry()
        let task = try sentry.spawn(), other = try sentry.spawn()
        #expect(task.call(.open, "/mnt/a", OpenFlags.writeOnly.rawValue) == TestTask.waits)
        task.exit()
        sentry.finishWork()
        #expect(sentry.storage.privateFileCount == 0)
        // Two copy the same file at once: one copy stays.
        let third = try sentry.spawn()
        #expect(other.call(.open, "/mnt/b", OpenFlags.writeOnly.rawValue) == TestTask.waits)
        #expect(third.call(.open, "/mnt/b", OpenFlags.writeOnly.rawValue) == TestTask.waits)
        sentry.finishWork()
        #expect(other.result == 0 && third.result == 0)
        #expect(sentry.storage.privateFileCount == 1)
        #expect(other.task.files[0]?.inode === third.task.files[0]?.inode)
    }

    @Test func aNameMadeMeanwhileIsFound() throws {
        let sentry = try sentry()
        let task = try sentry.spawn(), other = try sentry.spawn()
        sentry.delaysWork = false
        #expect(other.call(.stat, "/mnt", other.allocate(256)) == 0)
        sentry.delaysWork = true
        #expect(task.call(.open, "/mnt/new", 0) == TestTask.waits)
        let flags = OpenFlags([.create, .writeOnly]).rawValue
        #expect(other.call(.open, "/mnt/new", flags, 0o600) == TestTask.waits)
        sentry.finishWork()
        #expect(task.result == failed(.ENOENT))
        #expect(other.result == 0)
        #expect(task.call(.open, "/mnt/new", 0) == 0)
    }

    private func failed(_ errno: Errno) -> Int64 { -Int64(errno.rawValue) }
}
