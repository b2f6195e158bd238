import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

private func errno(_ errno: Errno) -> Int64 { -Int64(errno.rawValue) }

/// PID numbers, also across nested namespaces.
struct TaskNumbers {
    @Test func firstIsOneAndNumbersCountUp() throws {
        let sentry = try TestSentry()
        #expect(sentry.initTask.pid == 1)
        let child = try sentry.spawn()
        #expect(child.pid == 2)
        #expect(child.call(.getppid) == 1)
        #expect(try sentry.spawn().pid == 3)
    }

    @Test func nestedNamespacesNumberEachOnTheirOwn() throws {
        let sentry = try TestSentry()
        let outer = try sentry.spawn()
        let first = try outer.fork(.newPID)
        #expect(first.call(.getpid) == 1)
        #expect(first.call(.getppid) == 0)
        #expect(first.call(.getpgrp) == 0)
        #expect(first.call(.getsid, 0) == 0)
        #expect(first.pid == 3)
        let second = try first.fork(.newPID)
        #expect(second.task.pid.numbers == [4, 2, 1])
        #expect(first.call(.fork) == 3)
        // A process is not found from below.
        #expect(second.call(.kill, 4, 0) == errno(.ESRCH))
        #expect(second.call(.kill, 1, 0) == 0)
    }

    @Test func numbersWrapAboveTheReserved() throws {
        let sentry = try TestSentry()
        sentry.kernel.initialPIDNamespace.maximum = 400
        var last: Int64 = 0
        for _ in 0..<398 {
            let child = try sentry.initTask.fork()
            last = child.pid
            child.exit()
            #expect(sentry.initTask.call(.wait4, Int(last), 0, 0, 0) == last)
        }
        #expect(last == 399)
        #expect(try sentry.initTask.fork().pid == 300)
    }

    @Test func setTIDNeedsCapabilityAndRoom() throws {
        let sentry = try TestSentry()
        let user = try sentry.spawn(uid: 1000)
        func clone3(_ task: TestTask, _ tids: [Int32], flags: UInt64 = 0) throws -> Int64 {
            var wanted: [UInt8] = []
            for tid in tids { wanted += LittleEndian.bytes(tid) }
            let address = UserAddress(wanted.register(task.memory))
            let words: [UInt64] = [flags, 0, 0, 0, 17, 0, 0, 0, address.rawValue, UInt64(tids.count), 0]
            let bytes = LittleEndian.bytes(words)
            return task.call(.clone3, bytes, bytes.count)
        }
        #expect(try clone3(sentry.initTask, [5000]) == 5000)
        #expect(try clone3(sentry.initTask, [5000]) == errno(.EEXIST))
        #expect(try clone3(sentry.initTask, [5001, 5001]) == errno(.EINVAL))
        #expect(try clone3(user, [0]) == errno(.EINVAL))
        #expect(try clone3(user, [5002]) == errno(.EPERM))
        #expect(sentry.lastRule === Rule.setTIDWithoutCapability)
        #expect(try clone3(sentry.initTask, [5], flags: CloneFlags.newPID.rawValue) == errno(.EINVAL))
        #expect(try clone3(user, [1], flags: CloneFlags([.newUser, .newPID]).rawValue) > 0)
        #expect(try clone3(user, [1, 31990], flags: CloneFlags([.newUser, .newPID]).rawValue) == errno(.EPERM))
    }

    @Test func abandonedChildLeavesNoTrace() throws {
        let sentry = try TestSentry()
        let child = try sentry.kernel.clone(
            sentry.initTask.task, CloneRequest(flags: [.newPID], exitSignal: 17))
        let namespace = child.pidNamespace
        sentry.kernel.abandon(child)
        #expect(sentry.kernel.taskCount == 1)
        #expect(!namespace.hadInit)
        #expect(sentry.initTask.call(.wait4, -1, 0, 0, 0) == errno(.ECHILD))
    }

    @Test func afterAnAbandonedInitTheNextIsInit() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        #expect(task.call(.unshare, CloneFlags.newPID) == 0)
        let child = try sentry.kernel.clone(task.task, CloneRequest(flags: [], exitSignal: 17))
        #expect(child.tid == 1)
        sentry.kernel.abandon(child)
        let next = try task.fork()
        #expect(next.call(.getpid) == 1)
        #expect(next.task.isNamespaceInit)
    }

    @Test func abandonedChildGivesBackWhatItWasChargedFor() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(uid: 1000)
        let user = task.task.userNamespace
        let before = NamespaceKind.allCases.map { user.limits.count($0, KUID(1000)) }
        let free = try task.fork().pid + 1
        let fs = task.task.fs.users, files = task.task.files.users
        do {
            let child = try sentry.kernel.clone(
                task.task,
                CloneRequest(
                    flags: [.newUser, .newPID, .newMount, .newNet, .newIPC, .newUTS, .files, .vm], exitSignal: 17))
            #expect(user.limits.count(.user, KUID(1000)) == 1)
            sentry.kernel.abandon(child)
        }
        #expect(NamespaceKind.allCases.map { user.limits.count($0, KUID(1000)) } == before)
        #expect(task.task.fs.users == fs && task.task.files.users == files && task.task.image.users == 1)
        #expect(task.signals.isEmpty)
        // Its number is free, and its place in the process group is nobody's.
        #expect(sentry.task(free) == nil)
        #expect(task.call(.kill, free, 0) == errno(.ESRCH))
        #expect(task.call(.setpgid, 0, 0) == 0)
        #expect(task.call(.kill, -task.pid, 0) == 0)
    }

    @Test func whoWaitsForAnAbandonedChildWaitsForNothing() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let thread = try task.thread()
        let child = try sentry.kernel.clone(task.task, CloneRequest(flags: [], exitSignal: 17))
        #expect(thread.call(.wait4, -1, 0, 0, 0) == TestTask.waits)
        sentry.kernel.abandon(child)
        #expect(thread.result == errno(.ECHILD))
    }

    @Test func abandonedThreadKeepsNoProcess() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let flags: CloneFlags = [.vm, .fs, .files, .sighand, .thread, .sysvsem]
        func refused() throws -> Task {
            try sentry.kernel.clone(task.task, CloneRequest(flags: flags, exitSignal: 0))
        }
        for _ in 0..<3 { sentry.kernel.abandon(try refused()) }
        #expect(task.task.group.liveThreads == 1 && task.task.group.threads.count == 1)
        task.exitThread(3)
        #expect(sentry.initTask.call(.wait4, task.pid, 0, 0, 0) == task.pid)
        #expect(sentry.kernel.taskCount == 1)
    }

    @Test func aProcessKilledInCloneEndsWithTheThreadThatNeverWas() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let child = try sentry.kernel.clone(
            task.task, CloneRequest(flags: [.vm, .fs, .files, .sighand, .thread, .sysvsem], exitSignal: 0))
        let status = sentry.initTask.allocate(4)
        // The leader dies in its call; the host tells its end again when all is over.
        sentry.kernel.exited(task.task, status: 9)
        #expect(sentry.initTask.call(.wait4, task.pid, status, 1, 0) == 0)
        sentry.kernel.abandon(child)
        #expect(sentry.initTask.call(.wait4, task.pid, status, 0, 0) == task.pid)
        #expect(try sentry.initTask.load(status, as: Int32.self) == 9)
        #expect(sentry.kernel.taskCount == 1)
    }

    @Test func execByAThreadTakesTheLeadersNumber() throws {
        let sentry = try TestSentry()
        let leader = try sentry.spawn()
        let thread = try leader.thread()
        #expect(thread.call(.gettid) == 3)
        #expect(thread.call(.getpid) == 2)
        thread.exec()
        #expect(thread.call(.gettid) == 2)
        #expect(leader.task.isReleased)
        #expect(sentry.task(3) == nil)
        #expect(sentry.kernel.taskCount == 2)
    }
}

/// Process groups and sessions.
struct Sessions {
    @Test func sessionsAndGroups() throws {
        let sentry = try TestSentry()
        let shell = try sentry.spawn()
        #expect(shell.call(.setsid) == 2)
        #expect(shell.call(.setsid) == errno(.EPERM))
        let job = try shell.fork()
        #expect(shell.call(.setpgid, Int(job.pid), 0) == 0)
        #expect(job.call(.getpgrp) == job.pid)
        let other = try shell.fork()
        #expect(shell.call(.setpgid, Int(other.pid), Int(job.pid)) == 0)
        #expect(other.call(.getpgid, 0) == job.pid)
        #expect(shell.call(.setpgid, Int(other.pid), 999) == errno(.EPERM))
        #expect(shell.call(.setpgid, 0, 0) == errno(.EPERM))
        #expect(shell.call(.setpgid, 1, 0) == errno(.ESRCH))
        other.exec()
        #expect(shell.call(.setpgid, Int(other.pid), 0) == errno(.EACCES))
        // The group's number stays taken while a member lives.
        job.exit()
        #expect(shell.call(.wait4, Int(job.pid), 0, 0, 0) == job.pid)
        #expect(sentry.kernel.initialPIDNamespace.pid(Int32(job.pid)) != nil)
        #expect(shell.call(.kill, -Int(job.pid), 0) == 0)
        other.exit()
        #expect(shell.call(.wait4, -1, 0, 0, 0) == other.pid)
        #expect(sentry.kernel.initialPIDNamespace.pid(Int32(job.pid)) == nil)
    }
}

/// RLIMIT_NPROC.
struct ProcessLimits {
    @Test func countsPerUserAndThroughNamespaces() throws {
        let sentry = try TestSentry()
        let user = try sentry.spawn(uid: 1234)
        user.task.group.limits[ResourceLimit.processes].soft = 2
        let child = user.call(.fork)
        #expect(child > 0)
        #expect(user.call(.fork) == errno(.EAGAIN))
        #expect(sentry.lastRule === Rule.forkLimit)
        // A new user namespace starts a count of its own, below its creator's limit.
        #expect(user.call(.clone, CloneFlags.newUser.rawValue | 17, 0, 0, 0, 0) == errno(.EAGAIN))
        sentry.task(child)?.exit()
        #expect(user.call(.fork) == errno(.EAGAIN))
        #expect(user.call(.wait4, -1, 0, 0, 0) == child)
        #expect(user.call(.fork) > 0)
        // Root is not held back.
        let root = try sentry.spawn()
        root.task.group.limits[ResourceLimit.processes].soft = 0
        #expect(root.call(.fork) > 0)
    }
}
