import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

/// Chains as long as a guest likes: they go without taking a stack frame for each link.
@Suite struct LongChains {
    private static let length = 200_000
    /// Enough for the small stack, and for tests that take longer for each link.
    private static let shortLength = 50_000

    /// Runs `body` on a thread whose stack holds a few thousand frames.
    private func onSmallStack(_ body: @escaping @Sendable () throws -> Void) throws {
        try #require(try onThread(stack: 512 << 10, body))
    }

    private static func descend(_ task: TestTask, _ length: Int) throws {
        for _ in 0..<length {
            try #require(task.call(.mkdir, "d", 0o755) == 0)
            try #require(task.call(.chdir, "d") == 0)
        }
    }

    @Test func directoriesOfAFileSystemThatGoes() throws {
        try onSmallStack {
            let sentry = try TestSentry()
            #expect(sentry.initTask.call(.chdir, "/tmp") == 0)
            try Self.descend(sentry.initTask, Self.length)
            let buffer = sentry.initTask.allocate(4096)
            #expect(sentry.initTask.call(.getcwd, buffer, 4096) == -Int64(Errno.ENAMETOOLONG.rawValue))
            #expect(sentry.initTask.call(.rename, "/tmp/d", "e") == -Int64(Errno.EINVAL.rawValue))
            #expect(sentry.initTask.call(.rename, "/tmp/d", "/tmp/e") == 0)
        }
    }

    @Test func removedDirectoriesThatAWorkingDirectoryKeeps() throws {
        try onSmallStack {
            let sentry = try TestSentry()
            let task = try sentry.spawn()
            #expect(task.call(.chdir, "/tmp") == 0)
            try Self.descend(task, Self.shortLength)
            let keeper = try task.fork()
            for _ in 0..<Self.shortLength {
                try #require(task.call(.chdir, "..") == 0)
                try #require(task.call(.rmdir, "d") == 0)
            }
            #expect(keeper.call(.mkdir, "e", 0o755) == -Int64(Errno.ENOENT.rawValue))
            #expect(keeper.call(.chdir, "/") == 0)
        }
    }

    /// Each keyring holds the next; a root user may have a million.
    @Test func keyrings() throws {
        try onSmallStack {
            let sentry = try TestSentry()
            let task = sentry.initTask
            // In the thread's keyring they are all possessed, so that each can be put into the one before.
            var keyrings: [Int64] = []
            for index in 0..<20_000 {
                keyrings.append(task.call(.add_key, "keyring", "k\(index)", 0, 0, -1))
                if index > 0 { try #require(task.call(.keyctl, 8, keyrings[index], keyrings[index - 1]) == 0) }
            }
            for keyring in keyrings.dropFirst() { try #require(task.call(.keyctl, 9, keyring, -1) == 0) }
            #expect(task.call(.keyctl, 9, keyrings[0], -1) == 0)
        }
    }

    @Test func processesEachTheParentOfTheNext() throws {
        try onSmallStack {
            let sentry = try TestSentry()
            let first = try sentry.spawn()
            var task = first
            for _ in 0..<20_000 { task = try task.fork() }
            first.end(status: 9)
            let orphan = try #require(sentry.task(first.pid + 1))
            #expect(orphan.call(.getppid) == 1)
            task.end(status: 9)
        }
    }
}
