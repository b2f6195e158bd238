import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

@Suite struct ProcNamespaces {
    @Test func linksAreInTheKernelsOrder() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        #expect(
            try task.list("/proc/self/ns") == [
                "net", "uts", "ipc", "pid", "pid_for_children", "user", "mnt", "cgroup", "time", "time_for_children",
            ])
        #expect(try task.readLink("/proc/self/ns/user") == "user:[4026531837]")
        #expect(try task.readLink("/proc/self/ns/time_for_children") == "time:[4026531834]")
        #expect(try task.readLink("/proc/thread-self/ns/mnt") == "mnt:[4026531832]")
    }

    @Test func fileIsImmutableAndIdentifiesTheNamespace() throws {
        let sentry = try TestSentry()
        let a = try sentry.spawn(), b = try sentry.spawn(uid: 1000)
        let attributes = try a.attributes("/proc/self/ns/user")
        #expect(attributes.inode == 4_026_531_837)
        #expect(attributes.mode == FileMode(.regular, 0o444))
        #expect(try b.attributes("/proc/self/ns/user").device == attributes.device)
        #expect(rule { () throws(Refusal) in try a.open("/proc/self/ns/user", .writeOnly) } == .nsfsIsImmutable)
        let file = try a.open("/proc/self/ns/user")
        #expect((file as? NsFile)?.namespace === sentry.kernel.initialUserNamespace)
        #expect(file.linkText == Array("user:[4026531837]".utf8))
        #expect(rule { () throws(Refusal) in try file.path.changeMode(0o777, for: a.task) } == .nsfsIsImmutable)
    }

    @Test func samePlaceForAsLongAsItIsHeld() throws {
        let sentry = try TestSentry()
        let child = try sentry.initTask.fork(.newUser)
        let held = try child.open("/proc/self/ns/user")
        #expect(try child.open("/proc/self/ns/user").path == held.path)
    }

    @Test func strangersMayStatButNotFollow() throws {
        let sentry = try TestSentry()
        let root = sentry.initTask, user = try sentry.spawn(uid: 1000)
        let path = "/proc/\(root.pid)/ns/user"
        #expect(rule { () throws(Refusal) in try user.readLink(path) } == .procPtraceAccess)
        #expect(rule { () throws(Refusal) in try user.open(path) } == .procPtraceAccess)
        #expect(try user.attributes(path, follow: false).mode == FileMode(.symlink, 0o777))
        #expect(errno { () throws(Refusal) in try user.open("/proc/\(root.pid)/ns") } == .EACCES)
        #expect(try root.readLink("/proc/\(user.pid)/ns/user") == "user:[4026531837]")
    }

    @Test func zombieKeepsUserAndPidOnly() throws {
        let sentry = try TestSentry()
        let child = try sentry.spawn()
        let base = "/proc/\(child.pid)"
        child.exit()
        let root = sentry.initTask
        #expect(try root.readLink(base + "/ns/user") == "user:[4026531837]")
        #expect(try root.readLink(base + "/ns/pid") == "pid:[4026531836]")
        for name in ["net", "uts", "ipc", "pid_for_children", "mnt", "cgroup", "time", "time_for_children"] {
            #expect(errno { () throws(Refusal) in try root.readLink(base + "/ns/" + name) } == .ENOENT)
        }
        #expect(try root.read(base + "/uid_map") == "         0          0 4294967295\n")
        #expect(try root.line("State", of: base + "/status") == "Z (zombie)")
        #expect(errno { () throws(Refusal) in try root.read(base + "/mountinfo") } == .EINVAL)
        #expect(errno { () throws(Refusal) in try root.read(base + "/environ") } == .ESRCH)
        #expect(try root.read(base + "/maps").isEmpty)
        #expect(try root.list(base + "/fd").isEmpty)
    }

    @Test func fakeFilesAreMarked() throws {
        let sentry = try TestSentry(profile: .gvisorPre13323)
        let task = sentry.initTask
        #expect((try task.open("/proc/self/ns/user") as? NsFile)?.isFake == true)
        #expect((try task.open("/proc/self/ns/uts") as? NsFile)?.isFake == false)
    }

    @Test func freshPIDNamespaceHasNoLinkBeforeItsInit() throws {
        let sentry = try TestSentry()
        let parent = try sentry.spawn()
        #expect(parent.call(.unshare, CloneFlags.newPID) == 0)
        #expect(errno { () throws(Refusal) in try parent.readLink("/proc/self/ns/pid_for_children") } == .ENOENT)
        _ = try parent.fork()
        #expect(try parent.readLink("/proc/self/ns/pid_for_children").hasPrefix("pid:["))
    }
}
