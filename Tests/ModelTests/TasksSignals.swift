import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

private func errno(_ errno: Errno) -> Int64 { -Int64(errno.rawValue) }

/// Who may signal whom, and what the receiver learns.
struct Signals {
    @Test func permission() throws {
        let sentry = try TestSentry()
        let user = try sentry.spawn(uid: 1000)
        let same = try sentry.spawn(uid: 1000)
        let root = try sentry.spawn()
        #expect(user.call(.kill, Int(same.pid), 0) == 0)
        #expect(user.call(.kill, Int(root.pid), 0) == errno(.EPERM))
        #expect(sentry.lastRule === Rule.signalOtherUser)
        #expect(root.call(.kill, Int(user.pid), 0) == 0)
        #expect(user.call(.kill, Int(root.pid), 65) == errno(.EINVAL))
        #expect(user.call(.kill, 30000, 65) == errno(.ESRCH))
        #expect(user.call(.kill, Int32.min, 0) == errno(.ESRCH))
        // SIGCONT within the session.
        #expect(user.call(.kill, Int(root.pid), Signal.cont) == 0)
        #expect(root.call(.setsid) > 0)
        #expect(user.call(.kill, Int(root.pid), Signal.cont) == errno(.EPERM))
    }

    @Test func allAndGroups() throws {
        let sentry = try TestSentry()
        let user = try sentry.spawn(uid: 1000)
        // Others may not be reached, which is no error here.
        #expect(user.call(.kill, -1, 0) == errno(.ESRCH))
        let root = try sentry.spawn()
        #expect(user.call(.kill, -1, Signal.term) == 0)
        #expect(!root.task.isExiting)
        #expect(root.call(.kill, -1, Signal.term) == 0)
        #expect(user.task.isExiting)
        #expect(!sentry.initTask.task.isExiting)
        #expect(root.call(.kill, -999, 0) == errno(.ESRCH))
    }

    @Test func threads() throws {
        let sentry = try TestSentry()
        let process = try sentry.spawn()
        let thread = try process.thread()
        process.set(.usr1, .handled)
        #expect(process.call(.tgkill, 2, 3, Signal.usr1) == 0)
        #expect(process.call(.tgkill, 1, 3, Signal.usr1) == errno(.ESRCH))
        #expect(process.call(.tkill, 0, 0) == errno(.EINVAL))
        #expect(sentry.platform.deliveries.last?.task === thread.task)
        #expect(sentry.platform.deliveries.last?.wholeGroup == false)
        #expect(process.signals.last?.code == SignalInfo.threadCode)
    }

    @Test func initOfANamespaceIsImmune() throws {
        let sentry = try TestSentry()
        let outer = try sentry.spawn()
        let inner = try outer.fork(.newPID)
        let member = try inner.fork()
        for signal in [Signal.kill, .term, .stop, .segv] {
            #expect(inner.call(.kill, 1, signal) == 0)
            #expect(member.call(.kill, 1, signal) == 0)
        }
        #expect(outer.call(.kill, Int(inner.pid), Signal.term) == 0)
        #expect(inner.signals.isEmpty)
        inner.set(.usr1, .handled)
        #expect(member.call(.kill, 1, Signal.usr1) == 0)
        #expect(inner.signals.map(\.pid) == [2])
        #expect(outer.call(.kill, Int(inner.pid), Signal.kill) == 0)
        #expect(inner.signals.last?.pid == 0)
        #expect(inner.task.isExiting && member.task.isExiting)
    }

    @Test func queuedInformation() throws {
        let sentry = try TestSentry()
        let sender = try sentry.spawn(uid: 1000)
        let receiver = try sentry.spawn(uid: 1000)
        receiver.set(.usr1, .handled)
        func info(code: Int32, pid: Int32, value: UInt64) -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 128)
            func put<T: FixedWidthInteger>(_ value: T, _ offset: Int) {
                bytes.replaceSubrange(
                    offset..<offset + MemoryLayout.size(ofValue: value), with: LittleEndian.bytes(value))
            }
            put(code, 8)
            put(pid, 16)
            put(UInt32(1000), 20)
            put(value, 24)
            return bytes
        }
        #expect(
            sender.call(.rt_sigqueueinfo, Int(receiver.pid), Signal.usr1, info(code: -1, pid: 77, value: 42)) == 0)
        #expect(receiver.signals.last?.pid == 77)
        #expect(receiver.signals.last?.value == 42)
        #expect(
            sender.call(.rt_sigqueueinfo, Int(receiver.pid), Signal.usr1, info(code: 0, pid: 77, value: 0))
                == errno(.EPERM))
        #expect(sentry.lastRule === Rule.signalForgedOrigin)
        #expect(sender.call(.rt_sigqueueinfo, Int(receiver.pid), Signal.usr1, 8) == errno(.EFAULT))
    }

    @Test func pidfds() throws {
        let sentry = try TestSentry()
        let user = try sentry.spawn(uid: 1000)
        let other = try sentry.spawn()
        #expect(user.call(.pidfd_open, 0, 0) == errno(.EINVAL))
        #expect(user.call(.pidfd_open, 2, 1) == errno(.EINVAL))
        #expect(user.call(.pidfd_open, 99, 0) == errno(.ESRCH))
        let thread = try other.thread()
        #expect(user.call(.pidfd_open, Int(thread.call(.gettid)), 0) == errno(.ENOENT))
        #expect(user.call(.pidfd_open, Int(thread.call(.gettid)), 0o200) == 0)
        let fd = user.call(.pidfd_open, Int(other.pid), 0)
        #expect(fd == 1)
        #expect(user.call(.pidfd_send_signal, Int(fd), 0, 0, 0) == errno(.EPERM))
        #expect(user.call(.pidfd_send_signal, Int(fd), 0, 0, 3) == errno(.EINVAL))
        #expect(user.call(.pidfd_send_signal, 55, 0, 0, 0) == errno(.EBADF))
        #expect(user.call(.pidfd_send_signal, -10000, 0, 0, 0) == 0)
        #expect(user.call(.pidfd_getfd, Int(fd), 0, 0) == errno(.EPERM))
        #expect(user.call(.pidfd_getfd, Int(fd), 0, 1) == errno(.EINVAL))
        let same = try sentry.spawn(uid: 1000)
        let sameFD = same.call(.pidfd_open, Int(user.pid), 0)
        #expect(same.call(.pidfd_getfd, Int(sameFD), Int(fd), 0) == 1)
        #expect(same.task.files[1] === user.task.files[1])
        #expect(same.call(.pidfd_getfd, Int(sameFD), 50, 0) == errno(.EBADF))
        other.exit()
        #expect(sentry.initTask.call(.wait4, Int(other.pid), 0, 0, 0) == other.pid)
        #expect(user.call(.pidfd_send_signal, Int(fd), 0, 0, 0) == errno(.ESRCH))
        let tiny = try sentry.spawn()
        tiny.exit()
        #expect(user.call(.pidfd_open, Int(tiny.pid), 0) >= 0)
    }

    @Test func limitsAndPriorities() throws {
        let sentry = try TestSentry()
        let user = try sentry.spawn(uid: 1000)
        let other = try sentry.spawn(uid: 1001)
        let limit = LittleEndian.bytes([100, 200] as [UInt64])
        let tooHigh = LittleEndian.bytes([300, 200] as [UInt64])
        let old = user.allocate(16)
        #expect(user.call(.prlimit64, 0, 7, limit, old) == 0)
        #expect(try user.load(old, as: UInt64.self) == 1024)
        #expect(user.task.openFileLimit == 100)
        #expect(user.call(.prlimit64, 0, 7, tooHigh, 0) == errno(.EINVAL))
        #expect(user.call(.prlimit64, 0, 16, 0, old) == errno(.EINVAL))
        #expect(user.call(.prlimit64, Int(other.pid), 7, 0, old) == errno(.EPERM))
        let raised = LittleEndian.bytes([100, 300] as [UInt64])
        #expect(user.call(.setrlimit, 7, raised) == errno(.EPERM))
        #expect(user.call(.setpriority, 0, 0, 5) == 0)
        #expect(user.call(.getpriority, 0, 0) == 15)
        #expect(user.call(.setpriority, 0, 0, 0) == errno(.EACCES))
        #expect(user.call(.setpriority, 0, Int(other.pid), 19) == errno(.EPERM))
        #expect(user.call(.setpriority, 3, 0, 0) == errno(.EINVAL))
        #expect(user.call(.ioprio_set, 1, Int(other.pid), 2 << 13) == errno(.EPERM))
        #expect(user.call(.ioprio_set, 1, 0, 1 << 13) == errno(.EPERM))
        let one = [UInt8](arrayLiteral: 1, 0, 0, 0)
        #expect(user.call(.sched_setscheduler, 0, 1, one) == errno(.EPERM))
        #expect(sentry.initTask.call(.sched_setscheduler, 0, 1, one) == 0)
        #expect(sentry.initTask.call(.sched_getscheduler, 0) == 1)
        #expect(user.call(.sched_setaffinity, Int(other.pid), 4, one) == errno(.EPERM))
    }

    @Test func memoryOfOthers() throws {
        let sentry = try TestSentry()
        let reader = try sentry.spawn(uid: 1000)
        let target = try sentry.spawn(uid: 1000)
        let root = try sentry.spawn()
        let secret = target.allocate(16)
        try target.task.memory.store(Array("hello".utf8), at: secret)
        let buffer = reader.allocate(16)
        func vector(_ address: UserAddress, _ count: Int) -> [UInt8] {
            LittleEndian.bytes([address.rawValue, UInt64(count)])
        }
        let (here, there) = (vector(buffer, 5), vector(secret, 5))
        #expect(reader.call(.process_vm_readv, Int(target.pid), here, 1, there, 1, 0) == 5)
        #expect(try reader.task.memory.bytes(buffer, count: 5) == Array("hello".utf8))
        #expect(reader.call(.process_vm_readv, Int(root.pid), here, 1, there, 1, 0) == errno(.EPERM))
        #expect(
            reader.call(.process_vm_readv, Int(target.pid), here, 1, vector(UserAddress(8), 5), 1, 0) == errno(.EFAULT))
        #expect(reader.call(.kcmp, Int(reader.pid), Int(reader.pid), 2, 0, 0) == 0)
        #expect(reader.call(.kcmp, Int(reader.pid), Int(target.pid), 1, 0, 0) > 0)
        #expect(reader.call(.kcmp, Int(reader.pid), Int(root.pid), 1, 0, 0) == errno(.EPERM))
    }
}
