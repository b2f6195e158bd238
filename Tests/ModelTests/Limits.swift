import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

private func failed(_ errno: Errno) -> Int64 { -Int64(errno.rawValue) }
private func limit(_ soft: UInt64, _ hard: UInt64 = .max) -> [UInt8] {
    LittleEndian.bytes([soft, hard])
}
private let realTime = Signal(rawValue: 34)

/// What limits do in the model; the host's part is in the fixture "resource-limits".
struct Limits {
    private func queue(_ sender: TestTask, to target: TestTask) -> Int64 {
        var info = [UInt8](repeating: 0, count: 128)
        info.replaceSubrange(8..<12, with: [0xff, 0xff, 0xff, 0xff])
        return sender.call(.rt_sigqueueinfo, Int(target.pid), realTime, info)
    }

    @Test func queuedSignalsCountForTheReceiversUser() throws {
        let sentry = try TestSentry()
        let user = try sentry.spawn(uid: 1000), other = try sentry.spawn(uid: 1000)
        sentry.platform.setBlocked(realTime.bit, in: user.task)
        #expect(user.call(.setrlimit, 11, limit(2, 2)) == 0)
        #expect(queue(user, to: user) == 0)
        #expect(queue(other, to: user) == 0)
        #expect(queue(user, to: user) == failed(.EAGAIN))
        #expect(sentry.lastRule === Rule.signalQueueLimit)
        #expect(queue(other, to: user) == failed(.EAGAIN))
        // kill(2) tells nobody, and what waits already waits no second time.
        let before = user.signals.count
        #expect(user.call(.kill, Int(user.pid), realTime) == 0)
        #expect(user.signals.count == before)
        // The receiver's limit counts.
        sentry.platform.setBlocked(realTime.bit, in: other.task)
        #expect(queue(user, to: other) == 0)
        // A timer takes the place of a signal.
        let place = user.allocate(8)
        #expect(user.call(.timer_create, 1, 0, place) == failed(.EAGAIN))
        user.end(status: 9)
        sentry.initTask.call(.wait4, Int(user.pid), 0, 0, 0)
        let next = try sentry.spawn(uid: 1000)
        #expect(next.call(.setrlimit, 11, limit(2, 2)) == 0)
        #expect(next.call(.timer_create, 1, 0, place) == 0)
    }

    @Test func queuedSignalsCountForOwnersOfNamespaces() throws {
        let sentry = try TestSentry()
        let owner = try sentry.spawn(uid: 1000)
        #expect(owner.call(.setrlimit, 11, limit(1, 100)) == 0)
        let inside = try owner.fork(.newUser)
        // Its own limit is higher; the creator's holds for the namespace.
        #expect(owner.call(.prlimit64, Int(inside.pid), 11, limit(100, 100), 0) == 0)
        sentry.platform.setBlocked(realTime.bit, in: inside.task)
        #expect(queue(inside, to: inside) == 0)
        #expect(queue(inside, to: inside) == failed(.EAGAIN))
    }

    @Test func filesDoNotGrowBeyondTheLimit() throws {
        let sentry = try TestSentry()
        let user = try sentry.spawn()
        user.set(.xfsz, .handled)
        let fd = user.call(.open, "/tmp/file", 0o102, 0o644)
        #expect(user.call(.ftruncate, Int(fd), 3000) == 0)
        #expect(user.call(.setrlimit, 1, limit(1000)) == 0)
        #expect(sentry.platform.appliedLimits.last?.resource == 1)
        #expect(user.call(.ftruncate, Int(fd), 3001) == failed(.EFBIG))
        #expect(user.call(.truncate, "/tmp/file", 3001) == failed(.EFBIG))
        #expect(user.call(.fallocate, Int(fd), 0, 0, 3001) == failed(.EFBIG))
        #expect(user.signals.map(\.signal) == [.xfsz, .xfsz, .xfsz])
        // What makes it no larger is allowed.
        #expect(user.call(.ftruncate, Int(fd), 2000) == 0)
        #expect(user.call(.truncate, "/tmp/file", 1500) == 0)
    }

    @Test func allocationNeedsSpace() throws {
        let sentry = try TestSentry()
        let storage = try #require(sentry.platform.storage as? FakeStorage)
        storage.space = StorageSpace(total: 1 << 20, free: 8192)
        let user = try sentry.spawn()
        let fd = user.call(.open, "/tmp/file", 0o102, 0o644)
        #expect(user.call(.fallocate, Int(fd), 0, 0, 8193) == failed(.ENOSPC))
        #expect(user.call(.fallocate, Int(fd), 0, Int.max, 1) == failed(.EFBIG))
        #expect(user.call(.fallocate, Int(fd), 0, 100, 8000) == 0)
        let place = user.allocate(120)
        #expect(user.call(.statfs, "/tmp", place) == 0)
        #expect(try user.load(place.advanced(by: 16)) == UInt64(256))
        #expect(try user.load(place.advanced(by: 24)) == UInt64(2))
    }

    @Test func lockedMemoryIsBoundWithoutTheCapability() throws {
        let sentry = try TestSentry()
        let root = try sentry.spawn()
        #expect(root.call(.setresuid, 1000, 1000, 1000) == 0)
        #expect(sentry.platform.appliedLimits.last?.resource == 8)
        let count = sentry.platform.appliedLimits.count
        #expect(root.call(.setresuid, 1000, 1000, 1000) == 0)
        #expect(sentry.platform.appliedLimits.count == count)
    }

    @Test func aProgramWithPrivilegesHasNoMoreStackThanUsual() throws {
        let sentry = try TestSentry()
        let user = try sentry.spawn(uid: 1000)
        #expect(user.call(.setrlimit, 3, limit(64 << 20)) == 0)
        user.exec()
        #expect(user.task.group.limits[3].soft == 64 << 20)
        let commit = ExecCommit(
            credentials: user.task.credentials, image: AddressSpace(userNamespace: user.task.userNamespace),
            comm: Array("su".utf8), isSecure: true)
        sentry.kernel.executed(user.task, commit)
        #expect(user.task.group.limits[3].soft == 8 << 20)
        #expect(sentry.platform.appliedLimits.last?.resource == 3)
    }
}
