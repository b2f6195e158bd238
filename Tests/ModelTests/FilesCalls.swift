import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

/// The file calls, as a program makes them.
@Suite struct FilesCalls {
    private let create = OpenFlags([.create, .writeOnly]).rawValue

    private func failed(_ errno: Errno) -> Int64 { -Int64(errno.rawValue) }

    @Test func namesComeAndGo() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        #expect(task.call(.mkdir, "/tmp/d", 0o755) == 0)
        #expect(task.call(.mkdir, "/tmp/d", 0o755) == failed(.EEXIST))
        #expect(task.call(.open, "/tmp/d/f", create, 0o644) == 0)
        #expect(task.call(.rmdir, "/tmp/d") == failed(.ENOTEMPTY))
        #expect(task.call(.unlink, "/tmp/d") == failed(.EISDIR))
        #expect(task.call(.rename, "/tmp/d", "/tmp/d/e") == failed(.EINVAL))
        #expect(task.call(.rename, "/tmp/d/f", "/tmp/g") == 0)
        #expect(task.call(.link, "/tmp/g", "/tmp/h") == 0)
        #expect(task.call(.link, "/tmp/g", "/h") == failed(.EXDEV))
        #expect(task.call(.unlink, "/tmp/g") == 0)
        #expect(task.call(.access, "/tmp/g", 0) == failed(.ENOENT))
        #expect(task.call(.access, "/tmp/h", 0) == 0)
        #expect(task.call(.rmdir, "/tmp/d") == 0)
        #expect(task.call(.rmdir, "/tmp") == failed(.EBUSY))
        #expect(task.call(.close, 0) == 0)
        #expect(task.call(.close, 0) == failed(.EBADF))
    }

    @Test func openChecksFlagsAndMode() throws {
        let sentry = try TestSentry()
        let user = try sentry.spawn(uid: 1000)
        #expect(user.call(.open, "/tmp", OpenFlags.writeOnly.rawValue) == failed(.EISDIR))
        #expect(user.call(.open, "/new", create, 0o644) == failed(.EACCES))
        #expect(sentry.lastRule == .fileAccessDenied)
        #expect(user.call(.open, "/tmp/mine", create, 0o000) == 0)
        #expect(user.call(.open, "/tmp/mine", create, 0o000) == failed(.EACCES))
        #expect(user.call(.open, "/tmp/mine", create | OpenFlags.exclusive.rawValue, 0) == failed(.EEXIST))
        #expect(user.call(.open, "/tmp/mine/", create, 0) == failed(.EISDIR))
        #expect(user.call(.open, "", create, 0) == failed(.ENOENT))
        #expect(user.call(.symlink, "nowhere", "/tmp/l") == 0)
        #expect(user.call(.open, "/tmp/l", OpenFlags.nofollow.rawValue) == failed(.ELOOP))
    }

    @Test func ownersAndModesFollowTheirRules() throws {
        let sentry = try TestSentry()
        let root = sentry.initTask
        let user = try sentry.spawn(uid: 1000)
        #expect(root.call(.open, "/tmp/f", create, 0o644) == 0)
        #expect(user.call(.chmod, "/tmp/f", 0o777) == failed(.EPERM))
        #expect(sentry.lastRule == .chmodNotOwner)
        #expect(user.call(.unlink, "/tmp/f") == failed(.EPERM))
        #expect(sentry.lastRule == .fileStickyDirectory)
        #expect(root.call(.chown, "/tmp/f", 1000, 1000) == 0)
        #expect(user.call(.chmod, "/tmp/f", 0o4755) == 0)
        #expect(user.call(.chown, "/tmp/f", 0, 0) == failed(.EPERM))
        #expect(sentry.lastRule == .chownUserNotPermitted)
        // A user namespace without a map: the creator's IDs have no name in it, but keep their files.
        #expect(user.call(.unshare, CloneFlags.newUser.rawValue) == 0)
        #expect(user.call(.chown, "/tmp/f", 0, 0) == failed(.EINVAL))
        #expect(sentry.lastRule == .chownUnmappedID)
        let record = user.allocate(144)
        #expect(user.call(.stat, "/tmp/f", record.rawValue) == 0)
        #expect(try user.load(record, as: StatRecord.self).uid == 65534)
    }

    @Test func tablesLargerThanTheSettingAreNotCopied() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn()
        let file = task.call(.open, "/", 0, 0)
        #expect(file == 0)
        task.call(.dup2, file, 130)
        #expect(task.task.files.entry(130) != nil)
        #expect(task.call(.fork) > 0)
        sentry.kernel.settings.values["fs/nr_open"] = [128]
        #expect(task.call(.fork) == failed(.EMFILE))
        let sharer = try task.fork(.files)
        #expect(sharer.call(.unshare, CloneFlags.files.rawValue) == failed(.EMFILE))
        task.call(.close, 130)
        #expect(task.call(.dup2, file, 100) == 100)
        #expect(task.call(.fork) > 0)
        #expect(sharer.call(.unshare, CloneFlags.files.rawValue) == 0)
    }

    @Test func nonsenseIsAnErrno() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        #expect(task.call(.open, UInt64.max, 0, 0) == failed(.EFAULT))
        #expect(task.call(.stat, "/tmp", UInt64.max) == failed(.EFAULT))
        #expect(task.call(.getdents64, 99, 0, 0) == failed(.EBADF))
        #expect(task.call(.openat2, -100, "/tmp", 0, 23) == failed(.EINVAL))
        #expect(task.call(.mknodat, -100, "/tmp/x", 0o040000, 0) == failed(.EPERM))
        #expect(task.call(.fcntl, 0, 12345, 0) == failed(.EBADF))
        #expect(task.call(.dup2, 0, 1 << 30) == failed(.EBADF))
        #expect(task.call(.utimensat, -100, "/tmp", 0, 0xffff) == failed(.EINVAL))
        withExtendedLifetime(sentry) {}
    }
}
