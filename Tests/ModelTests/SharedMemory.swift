import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

/// System V shared memory that is attached, in the model alone.
@Suite struct SharedMemory {
    private static let remove = 0
    private static let stat = 2

    /// shm_nattch, or a negative errno.
    private func attaches(_ segment: Int64, _ task: TestTask) throws -> Int64 {
        let record = task.allocate(112)
        let result = task.call(.shmctl, segment, Self.stat, record)
        return result < 0 ? result : try task.load(record.advanced(by: 88), as: Int64.self)
    }

    @Test func forkAndExitCount() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let segment = task.call(.shmget, 0, 8192, 0o600)
        let first = task.call(.shmat, segment, 0, 0), second = task.call(.shmat, segment, 0, 0o10000)
        #expect(first > 0 && second > 0 && first != second)
        #expect(try attaches(segment, task) == 2)
        let child = try task.fork(), sharing = try task.fork([.vm])
        #expect(try attaches(segment, task) == 4)
        #expect(child.call(.shmdt, first) == 0)
        #expect(child.call(.shmdt, first) == -22)
        #expect(try attaches(segment, task) == 3)
        child.exit()
        sharing.exit()
        #expect(try attaches(segment, task) == 2)
        task.exec()
        #expect(try attaches(segment, task) == 0)
    }

    @Test func aRemovedSegmentGoesWithItsLastAttach() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let segment = task.call(.shmget, 7, 4096, 0o1600)
        let address = task.call(.shmat, segment, 0, 0)
        #expect(task.call(.shmctl, segment, Self.remove, 0) == 0)
        #expect(task.call(.shmget, 7, 4096, 0) == -2)
        #expect(try attaches(segment, task) == 1)
        // munmap(2) is the host's alone, and found out later.
        let start = UInt64(bitPattern: address)
        sentry.platform.unmap(start..<start + 4096, task.task.image)
        #expect(try attaches(segment, task) == -22)
        #expect(task.call(.shmdt, address) == -22)
    }

    @Test func whatIsMappedKeepsItsNamespace() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        weak var namespace: IPCNamespace?
        #expect(task.call(.unshare, CloneFlags.newIPC) == 0)
        namespace = task.task.namespaces?.ipc
        let segment = task.call(.shmget, 0, 4096, 0o600)
        let address = task.call(.shmat, segment, 0, 0)
        #expect(task.call(.unshare, CloneFlags.newIPC) == 0)
        #expect(namespace != nil)
        #expect(task.call(.shmat, segment, 0, 0) == -22)
        #expect(task.call(.shmdt, address) == 0)
        #expect(namespace == nil)
    }

    @Test func placesAreChecked() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let segment = task.call(.shmget, 0, 4096, 0o600)
        let address = task.call(.shmat, segment, 0, 0)
        #expect(task.call(.shmat, segment, address, 0) == -22)
        #expect(task.call(.shmat, segment, address + 1, 0) == -22)
        #expect(task.call(.shmat, segment, 0, 0o40000) == -22)
        #expect(task.call(.shmat, segment, 1, 0o60000) == -22)
        #expect(task.call(.shmat, segment, UInt64.max - 4095, 0) == -22)
        #expect(task.call(.shmat, segment, address + 9, 0o60000) == address)
        #expect(try attaches(segment, task) == 1)
        #expect(try attaches(segment, try sentry.spawn(uid: 5)) == -13)
        #expect(try sentry.spawn(uid: 5).call(.shmat, segment, 0, 0) == -13)
        #expect(sentry.lastRule == .ipcAccessDenied)
    }
}
