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
        LittleEndian.bytes([number, UInt16(bitPattern: change), flags])
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

        let time: [UInt8] = LittleEndian.bytes([Int64(2), 0])
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

    /// struct msghdr with one buffer.
    private func header(_ task: TestTask, _ buffer: UserAddress, _ count: Int) throws -> UserAddress {
        let vector = task.allocate(16), header = task.allocate(56)
        try task.memory.store(SIMD2<UInt64>(buffer.rawValue, UInt64(count)), at: vector)
        try task.memory.store(vector.rawValue, at: header.advanced(by: 16))
        try task.memory.store(UInt64(1), at: header.advanced(by: 24))
        return header
    }

    private func pair(_ task: TestTask) throws -> (Int32, Int32) {
        let place = task.allocate(8)
        #expect(task.call(.socketpair, 1, 1, 0, place) == 0)
        let fds = try task.load(place, as: SIMD2<Int32>.self)
        return (fds.x, fds.y)
    }

    @Test func sendmsgEndsWithWhatItHasSent() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(), other = try sentry.spawn()
        task.set(.usr1, .handled)
        let (fd, _) = try pair(task)
        let buffer = task.allocate(64)
        let message = try header(task, buffer, 64)
        // At every point: nothing sent yet, a part, nearly all.
        for sent in [0, 1, 40, 63] {
            sentry.platform.socketRoom = sent
            #expect(task.call(.sendmsg, fd, message, 0) == TestTask.waits)
            #expect(other.call(.kill, task.pid, Signal.usr1.rawValue) == 0)
            #expect(task.result == (sent == 0 ? failed(.EINTR) : Int64(sent)))
        }
        sentry.platform.socketRoom = 10
        #expect(task.call(.sendmsg, fd, message, 0) == TestTask.waits)
        let queue = try #require(task.task.waiting?.queue)
        // The header does not count any more, and neither does the fd.
        try task.memory.store(UInt64(0), at: message.advanced(by: 24))
        #expect(task.call(.dup2, 1, fd) >= 0)
        sentry.platform.socketRoom = 20
        sentry.kernel.wake(queue)
        #expect(task.result == nil)
        sentry.platform.socketRoom = 100
        sentry.kernel.wake(queue)
        #expect(task.result == 64)
        #expect(sentry.platform.socketRoom == 66)
    }

    @Test func recvmsgEndsWithWhatHasCome() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(), other = try sentry.spawn()
        task.set(.usr1, .handled)
        let (fd, _) = try pair(task)
        let buffer = task.allocate(64)
        let message = try header(task, buffer, 8)
        sentry.platform.socketRoom = 0
        for come in [0, 1, 7] {
            sentry.platform.socketBytes = [UInt8](repeating: 5, count: come)
            #expect(task.call(.recvmsg, fd, message, 0x100) == TestTask.waits)  // MSG_WAITALL
            #expect(other.call(.kill, task.pid, Signal.usr1.rawValue) == 0)
            #expect(task.result == (come == 0 ? failed(.EINTR) : Int64(come)))
        }
        #expect(task.call(.recvmsg, fd, message, 0x100) == TestTask.waits)
        let queue = try #require(task.task.waiting?.queue)
        for byte: UInt8 in 1...8 {
            #expect(task.isWaiting)
            sentry.platform.socketBytes = [byte]
            sentry.kernel.wake(queue)
        }
        #expect(task.result == 8)
        #expect(try task.load(buffer, as: UInt64.self) == 0x0807_0605_0403_0201)
    }

    @Test func recvmmsgEndsWithTheMessagesThatHaveCome() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(), other = try sentry.spawn()
        task.set(.usr1, .handled)
        let (fd, _) = try pair(task)
        sentry.platform.socketRoom = 0
        let place = task.allocate(128), vector = task.allocate(16), buffer = task.allocate(8)
        try task.memory.store(SIMD2<UInt64>(buffer.rawValue, 4), at: vector)
        for index in 0..<2 {
            try task.memory.store(vector.rawValue, at: place.advanced(by: index * 64 + 16))
            try task.memory.store(UInt64(1), at: place.advanced(by: index * 64 + 24))
        }
        sentry.platform.socketBytes = Array("abcd".utf8)
        #expect(task.call(.recvmmsg, fd, place, 2, 0, 0) == TestTask.waits)
        #expect(other.call(.kill, task.pid, Signal.usr1.rawValue) == 0)
        #expect(task.result == 1)
        #expect(try task.load(place.advanced(by: 56), as: UInt32.self) == 4)
    }

    @Test func posixQueuesKeepMessageAndDeadline() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(), other = try task.thread()
        let attributes = LittleEndian.bytes([0, 1, 8, 0, 0, 0, 0, 0] as [Int64])
        let queue = task.call(.mq_open, "q", 0o102, 0o600, attributes)
        #expect(task.call(.mq_timedsend, queue, "first", 5, 0, 0) == 0)
        let text = task.allocate(8), buffer = task.allocate(8)
        try task.memory.store(Array("keep".utf8), at: text)
        #expect(task.call(.mq_timedsend, queue, text, 4, 3, 0) == TestTask.waits)
        try task.memory.store(Array("lost".utf8), at: text)
        #expect(other.call(.close, queue) == 0)
        let again = other.call(.mq_open, "q", 2, 0, 0)
        #expect(other.call(.mq_timedreceive, again, buffer, 8, 0, 0) == 5)
        #expect(task.result == 0)
        #expect(other.call(.mq_timedreceive, again, buffer, 8, 0, 0) == 4)
        #expect(try task.load(buffer, as: UInt32.self) == 0x7065_656b)
        // An absolute time, of which only the first reading counts.
        let time = task.allocate(16)
        try task.memory.store(SIMD2<Int64>(sentry.storage.now.seconds + 1000, 0), at: time)
        #expect(task.call(.mq_timedreceive, again, buffer, 8, 0, time) == TestTask.waits)
        let deadline = try #require(task.task.waiting?.deadline)
        try task.memory.store(SIMD2<Int64>(1, 0), at: time)
        #expect(task.task.waiting?.deadline == deadline)
        sentry.kernel.deadlinePassed(task.task)
        #expect(task.result == failed(.ETIMEDOUT))
    }

    @Test func aWaiterForALockLosesItWithItsNumber() throws {
        let sentry = try TestSentry()
        let holder = try sentry.spawn(), task = try sentry.spawn(), other = try task.thread()
        let flags = OpenFlags([.create, .readWrite]).rawValue
        let held = holder.call(.open, "/tmp/l", flags, 0o666), fd = task.call(.open, "/tmp/l", flags, 0o666)
        var lock = RecordLock()
        lock.type = 1
        let first = holder.allocate(32), second = task.allocate(32)
        try holder.memory.store(lock, at: first)
        try task.memory.store(lock, at: second)
        #expect(holder.call(.fcntl, held, 6, first) == 0)
        #expect(task.call(.fcntl, fd, 7, second) == TestTask.waits)
        #expect(other.call(.close, fd) == 0)
        #expect(holder.call(.close, held) == 0)
        #expect(task.result == failed(.EBADF))
        #expect(sentry.kernel.locks.records.isEmpty)
    }

    @Test func aLongMessageOfSeveralTakesTurns() throws {
        let sentry = try TestSentry()
        sentry.platform.socketRoom = 16 << 20
        let task = try sentry.spawn()
        let fds = task.allocate(8)
        #expect(task.call(.socketpair, 1, 1, 0, fds) == 0)
        // Two messages, of six times the same mebibyte each.
        let piece = task.allocate(1 << 20), vectors = task.allocate(96), headers = task.allocate(128)
        for i in 0..<6 {
            let vector = LittleEndian.bytes([piece.rawValue, 1 << 20])
            try task.memory.store(vector, at: vectors.advanced(by: i * 16))
        }
        for i in 0..<2 {
            let header: [UInt64] = [0, 0, vectors.rawValue, 6, 0, 0, 0, 0]
            try task.memory.store(LittleEndian.bytes(header), at: headers.advanced(by: i * 64))
        }
        // Nobody waits for anything: a turn is no wait.
        #expect(task.call(.sendmmsg, 0, headers, 2, 0) == 2)
        #expect(try task.memory.load(headers.advanced(by: 120), as: UInt32.self) == 6 << 20)
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
            var description = MountPlan()
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
