import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

private func errno(_ errno: Errno) -> Int64 { -Int64(errno.rawValue) }

/// wait4, waitid, and what happens to children.
struct Waiting {
    @Test func statusNumberAndSIGCHLD() throws {
        let sentry = try TestSentry()
        let parent = try sentry.spawn()
        parent.set(.chld, .handled)
        let child = try parent.fork()
        let status = parent.allocate(4)
        #expect(parent.call(.wait4, -1, status, 1, 0) == 0)
        child.exit(7)
        #expect(parent.signals.map(\.status) == [7])
        #expect(parent.signals.map(\.pid) == [Int32(child.pid)])
        #expect(parent.call(.wait4, -1, status, 0, 0) == child.pid)
        #expect(try parent.load(status, as: Int32.self) == 7 << 8)
        #expect(parent.call(.wait4, -1, status, 0, 0) == errno(.ECHILD))
    }

    @Test func pidfdsAreReadyAtTheEndAndHangUpWhenReaped() throws {
        let sentry = try TestSentry()
        let parent = try sentry.spawn()
        let child = try parent.fork()
        let platform = sentry.platform
        let early = try #require(parent.task.files[Int32(parent.call(.pidfd_open, child.pid, 0))])
        #expect(platform.readiness(of: early) == .none)
        child.exit()
        #expect(platform.readiness(of: early) == .readable)
        let late = try #require(parent.task.files[Int32(parent.call(.pidfd_open, child.pid, 0))])
        #expect(platform.readiness(of: late) == .readable)
        #expect(parent.call(.wait4, child.pid, 0, 0, 0) == child.pid)
        #expect(platform.readiness(of: early) == .hungUp)
        #expect(platform.readiness(of: late) == .hungUp)
    }

    @Test func anInitThatEndsWaitsForChildrenOfAnySignal() throws {
        let sentry = try TestSentry()
        let parent = try sentry.spawn()
        let inner = try sentry.kernel.clone(parent.task, CloneRequest(flags: [.newPID], exitSignal: 17))
        let quiet = try sentry.kernel.clone(inner, CloneRequest(flags: [], exitSignal: 0))
        sentry.platform.end(inner.group, status: 9, sentry.kernel)
        sentry.platform.end(quiet.group, status: 9, sentry.kernel)
        let number = inner.group.pid.number(in: sentry.kernel.initialPIDNamespace)
        #expect(parent.call(.wait4, -1, 0, 0, 0) == Int64(number))
    }

    @Test func aWaiterIsWoken() throws {
        let sentry = try TestSentry()
        let parent = try sentry.spawn()
        let child = try parent.fork()
        #expect(parent.call(.wait4, -1, 0, 0, 0) == TestTask.waits)
        #expect(parent.isWaiting)
        child.end(status: 9)
        #expect(parent.result == child.pid)
        #expect(!parent.isWaiting)
    }

    @Test func oldestDeadChildFirst() throws {
        let sentry = try TestSentry()
        let parent = try sentry.spawn()
        let children = try (0..<20).map { _ in try parent.fork() }
        for index in [9, 4, 12] { children[index].exit() }
        for index in [4, 9, 12] { #expect(parent.call(.wait4, -1, 0, 0, 0) == children[index].pid) }
        #expect(parent.call(.wait4, -1, 0, 1, 0) == 0)
    }

    @Test func optionsAndSelectors() throws {
        let sentry = try TestSentry()
        let parent = try sentry.spawn()
        #expect(parent.call(.wait4, -1, 0, 0x10, 0) == errno(.EINVAL))
        #expect(parent.call(.wait4, Int32.min, 0, 0, 0) == errno(.ESRCH))
        #expect(parent.call(.waitid, 0, 0, 0, 0, 0) == errno(.EINVAL))
        #expect(parent.call(.waitid, 7, 0, 0, 4, 0) == errno(.EINVAL))
        #expect(parent.call(.waitid, 1, 0, 0, 4, 0) == errno(.EINVAL))
        #expect(parent.call(.waitid, 3, 99, 0, 4, 0) == errno(.EBADF))
        let child = try parent.fork()
        let other = try parent.fork()
        #expect(parent.call(.wait4, 1, 0, 0, 0) == errno(.ECHILD))
        other.exit()
        #expect(parent.call(.wait4, Int(child.pid), 0, 1, 0) == 0)
        let info = parent.allocate(128)
        // WNOWAIT leaves the zombie.
        #expect(parent.call(.waitid, 0, 0, info, 4 | 0x0100_0000, 0) == 0)
        #expect(try parent.load(info.advanced(by: 16), as: Int32.self) == Int32(other.pid))
        #expect(parent.call(.wait4, 0, 0, 1, 0) == other.pid)
        let pidfd = parent.call(.pidfd_open, Int(child.pid), 0x800)
        #expect(pidfd >= 0)
        #expect(parent.call(.waitid, 3, Int(pidfd), 0, 4, 0) == errno(.EAGAIN))
        child.exit(1)
        #expect(parent.call(.waitid, 3, Int(pidfd), info, 4, 0) == 0)
        #expect(try parent.load(info.advanced(by: 24), as: Int32.self) == 1)
    }

    @Test func cloneChildren() throws {
        let sentry = try TestSentry()
        let parent = try sentry.spawn()
        let silent = parent.call(.clone, 0, 0, 0, 0, 0)
        #expect(parent.call(.wait4, -1, 0, 1, 0) == errno(.ECHILD))
        #expect(parent.call(.wait4, -1, 0, UInt32(0x8000_0001), 0) == 0)
        sentry.task(silent)?.exit()
        #expect(parent.signals.isEmpty)
        #expect(parent.call(.wait4, -1, 0, UInt32(0x4000_0000), 0) == silent)
    }

    @Test func ownThreadsChildren() throws {
        let sentry = try TestSentry()
        let parent = try sentry.spawn()
        let thread = try parent.thread()
        let child = try thread.fork()
        child.exit()
        #expect(parent.call(.wait4, -1, 0, UInt32(0x2000_0000), 0) == errno(.ECHILD))
        thread.exitThread()
        #expect(parent.call(.wait4, -1, 0, UInt32(0x2000_0000), 0) == child.pid)
    }

    @Test func stopsAndContinuations() throws {
        let sentry = try TestSentry()
        let parent = try sentry.spawn()
        parent.set(.chld, .handled)
        let child = try parent.fork()
        let status = parent.allocate(4)
        #expect(parent.call(.kill, Int(child.pid), Signal.stop) == 0)
        #expect(parent.signals.last?.code == ChildEvent.stopped)
        #expect(parent.call(.wait4, -1, status, 1, 0) == 0)
        #expect(parent.call(.wait4, -1, status, 3, 0) == child.pid)
        #expect(try parent.load(status, as: Int32.self) == 0x137f)
        #expect(parent.call(.wait4, -1, status, 3, 0) == 0)
        #expect(parent.call(.kill, Int(child.pid), Signal.cont) == 0)
        #expect(parent.call(.wait4, -1, status, 9, 0) == child.pid)
        #expect(try parent.load(status, as: Int32.self) == 0xffff)
    }

    @Test func ignoredSIGCHLDReapsAtOnce() throws {
        let sentry = try TestSentry()
        let parent = try sentry.spawn()
        let action = LittleEndian.bytes([1, 0, 0, 0] as [UInt64])
        #expect(parent.call(.rt_sigaction, Signal.chld, action, 0, 8) == 0)
        let child = try parent.fork()
        #expect(parent.call(.wait4, -1, 0, 0, 0) == TestTask.waits)
        child.exit()
        #expect(parent.result == errno(.ECHILD))
        #expect(sentry.task(child.pid) == nil)
    }
}

/// Orphans, subreapers, and the end of a PID namespace.
struct Reparenting {
    @Test func orphansGoToInit() throws {
        let sentry = try TestSentry()
        let parent = try sentry.spawn()
        let child = try parent.fork()
        parent.exit()
        #expect(child.call(.getppid) == 1)
        child.exit()
        #expect(sentry.initTask.call(.wait4, Int(child.pid), 0, 0, 0) == child.pid)
    }

    @Test func parentDeathSignal() throws {
        let sentry = try TestSentry()
        let parent = try sentry.spawn()
        let child = try parent.fork()
        child.task.parentDeathSignal = .term
        child.set(.term, .handled)
        parent.exit()
        #expect(child.signals.map(\.signal) == [.term])
        #expect(child.signals.map(\.pid) == [Int32(parent.pid)])
    }

    @Test func aDyingNamespaceTakesItsMembersFirst() throws {
        let sentry = try TestSentry()
        let outer = try sentry.spawn()
        _ = try sentry.kernel.unshare(outer.task, .newPID)
        let inner = try outer.fork()
        let member = try inner.fork()
        let grandchild = try member.fork()
        inner.exit(3)
        #expect(grandchild.task.isReleased)
        #expect(member.task.isReleased)
        let status = outer.allocate(4)
        #expect(outer.call(.wait4, -1, status, 0, 0) == inner.pid)
        #expect(try outer.load(status, as: Int32.self) == 3 << 8)
        #expect(sentry.kernel.taskCount == 2)
        // A namespace whose init is dead takes nobody.
        #expect(outer.call(.fork) == errno(.ENOMEM))
        #expect(sentry.lastRule === Rule.forkIntoDeadPIDNamespace)
    }

    @Test func rebootEndsTheNamespace() throws {
        let sentry = try TestSentry()
        let outer = try sentry.spawn()
        let inner = try outer.fork(.newPID)
        let member = try inner.fork()
        #expect(member.call(.reboot, 1, 2, 3) == errno(.EINVAL))
        #expect(member.call(.reboot, UInt32(0xfee1_dead), 672_274_793, UInt32(0x4321_fedc)) == TestTask.waits)
        let status = outer.allocate(4)
        #expect(outer.call(.wait4, Int(inner.pid), status, 0, 0) == inner.pid)
        #expect(try outer.load(status, as: Int32.self) == 2)
        #expect(member.task.isReleased)
    }

    @Test func stoppedOrphansAreHungUp() throws {
        let sentry = try TestSentry()
        let shell = try sentry.spawn()
        #expect(shell.call(.setsid) > 0)
        let job = try shell.fork()
        #expect(shell.call(.setpgid, Int(job.pid), 0) == 0)
        #expect(shell.call(.kill, Int(job.pid), Signal.stop) == 0)
        job.set(.hup, .handled)
        shell.exit()
        #expect(job.signals.map(\.signal) == [.stop, .hup, .cont])
        #expect(job.task.group.stopSignal == nil)
    }

    /// Ten thousand children come and go; the time is that of each, not of all that are there.
    @Test func manyTasks() throws {
        let sentry = try TestSentry()
        let parent = try sentry.spawn()
        let clock = ContinuousClock()
        func wave(_ count: Int) throws -> Duration {
            try clock.measure {
                let children = try (0..<count).map { _ in
                    try sentry.kernel.clone(parent.task, CloneRequest(flags: [.vm, .fs, .files], exitSignal: 17))
                }
                for child in children.reversed() { sentry.kernel.exited(child, status: 0) }
                for _ in 0..<count { #expect(parent.call(.wait4, -1, 0, 0, 0) > 0) }
            }
        }
        let small = try wave(1000)
        let large = try wave(10000)
        #expect(large < small * 40)
        #expect(sentry.kernel.taskCount == 2)
        #expect(parent.task.group.children.isEmpty)
    }
}
