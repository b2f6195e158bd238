import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Syscalls
import Testing

/// The sandbox's own limits, which the model keeps.
@Suite struct LimitTests {
    private func sentry(tasks: Int = 8192, files: Int = 65536) throws -> TestSentry {
        var limits = SandboxLimits()
        limits.tasks = tasks
        limits.files = files
        return try TestSentry(limits: limits)
    }

    @Test(arguments: [(nil, 256), (16, 16), (64, 16), (300, 75), (4096, 256)] as [(UInt64?, Int)])
    func kernelObjectsFollowMemory(memory: UInt64?, objects: Int) {
        var limits = SandboxLimits()
        limits.memory = memory.map { $0 << 20 }
        #expect(limits.kernelObjects == objects << 20)
    }

    @Test func tasksEndWithEAGAIN() throws {
        let sentry = try sentry(tasks: 4)
        let root = try sentry.spawn()
        let child = try root.fork()
        _ = try child.thread()
        #expect(throws: (any Error).self) { try root.fork() }
        #expect(throws: (any Error).self) { try child.thread() }
        do throws(Refusal) { _ = try root.fork() } catch { #expect(error.errno == .EAGAIN) }
        // A zombie is one until somebody has waited for it.
        child.exit(0)
        _ = try root.fork()
        #expect(throws: (any Error).self) { try root.fork() }
        #expect(root.call(.wait4, Int(child.pid), 0, 0, 0) == child.pid)
        _ = try root.fork()
    }

    @Test func numbersSufficeForTheTasks() throws {
        #expect(try sentry().kernel.initialPIDNamespace.maximum == 32768)
        #expect(try sentry(tasks: 40000).kernel.initialPIDNamespace.maximum == 4_194_304)
    }

    @Test func aSettingOnlyLowersTheLimit() throws {
        let sentry = try sentry(tasks: 100, files: 100)
        #expect(sentry.kernel.taskLimit == 100 && sentry.kernel.fileLimit == 100)
        sentry.kernel.settings.values["kernel/threads-max"] = [40]
        sentry.kernel.settings.values["fs/file-max"] = [50]
        #expect(sentry.kernel.taskLimit == 40 && sentry.kernel.fileLimit == 50)
        sentry.kernel.settings.values["kernel/threads-max"] = [4000]
        sentry.kernel.settings.values["fs/file-max"] = [.max]
        #expect(sentry.kernel.taskLimit == 100 && sentry.kernel.fileLimit == 100)
    }

    @Test func filesEndWithENFILE() throws {
        let sentry = try sentry(files: 5)
        let root = try sentry.spawn()
        let null = root.call(.openat, -100, "/dev/null", 0, 0)
        #expect(null >= 0 && sentry.kernel.openFiles.used == 1)
        // Numbers are no files, and another table has the same ones.
        #expect(root.call(.dup, null) >= 0)
        let child = try root.fork()
        #expect(sentry.kernel.openFiles.used == 1)
        for _ in 0..<4 { #expect(root.call(.eventfd2, 0, 0) >= 0) }
        #expect(root.call(.openat, -100, "/dev/null", 0, 0) == -Int64(Errno.ENFILE.rawValue))
        #expect(root.call(.openat, -100, "/nowhere", 0, 0) == -Int64(Errno.ENFILE.rawValue))
        #expect(sentry.lastRule?.id == "too-many-open-files")
        for call in [SyscallNumber.eventfd2, .epoll_create1] {
            #expect(root.call(call, 0, 0) == -Int64(Errno.ENFILE.rawValue))
        }
        // The child still has it.
        #expect(root.call(.close, null) == 0)
        #expect(root.call(.close, null + 1) == 0)
        #expect(sentry.kernel.openFiles.used == 5)
        child.exit(0)
        #expect(sentry.kernel.openFiles.used == 4)
    }

    @Test func aPipeIsTwoFilesOrNone() throws {
        let sentry = try sentry(files: 3)
        let root = try sentry.spawn()
        let place = root.allocate(8)
        #expect(root.call(.pipe2, place, 0) == 0)
        #expect(root.call(.pipe2, place, 0) == -Int64(Errno.ENFILE.rawValue))
        #expect(sentry.kernel.openFiles.used == 2)
    }

    /// Of 40 pages two pipes get the usual 16, the next ones 2, and at 60 there is no more.
    @Test func pipesHoldSoManyPages() throws {
        let sentry = try sentry()
        sentry.platform.pipePageLimit = 40
        let root = try sentry.spawn()
        let place = root.allocate(8)
        for _ in 0..<2 { #expect(root.call(.pipe2, place, 0) == 0) }
        let last: Int32 = try root.load(place)
        // F_SETPIPE_SZ: to 24 pages, which become 32, is too many; to one is nothing gained.
        #expect(root.call(.fcntl, last, 1031, 24 * 4096) == -Int64(Errno.EPERM.rawValue))
        #expect(root.call(.fcntl, last, 1031, 4096) == 4096)
        for _ in 0..<14 { #expect(root.call(.pipe2, place, 0) == 0) }
        #expect(root.call(.pipe2, place, 0) == -Int64(Errno.ENFILE.rawValue))
        #expect(root.call(.close, last) == 0)
        #expect(root.call(.close, last + 1) == 0)
        #expect(root.call(.pipe2, place, 0) == 0)
    }
}
