import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

@Suite struct ProcMaps {
    @Test func mapOfTheInitialNamespace() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        for name in ["uid_map", "gid_map", "projid_map"] {
            #expect(try task.read("/proc/self/\(name)") == "         0          0 4294967295\n")
        }
        #expect(try task.read("/proc/self/setgroups") == "allow\n")
        #expect(rule { () throws(Refusal) in try task.write("/proc/self/uid_map", "0 0 1") } == .mapOfInitialNamespace)
    }

    @Test func userMapsItsOwnID() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(uid: 1000)
        #expect(task.call(.unshare, CloneFlags.newUser) == 0)
        #expect(try task.line("Uid", of: "/proc/self/status") == "65534\t65534\t65534\t65534")
        #expect(try task.write("/proc/self/uid_map", "0 1000 1\n") == 9)
        #expect(rule { () throws(Refusal) in try task.write("/proc/self/gid_map", "0 1000 1") } == .mapNotPermitted)
        #expect(try task.write("/proc/self/setgroups", "deny") == 4)
        #expect(try task.write("/proc/self/gid_map", "0 1000 1") == 8)
        #expect(try task.read("/proc/self/uid_map") == "         0       1000          1\n")
        #expect(try task.line("Uid", of: "/proc/self/status") == "0\t0\t0\t0")
        #expect(try sentry.initTask.line("Uid", of: "/proc/\(task.pid)/status") == "1000\t1000\t1000\t1000")
        #expect(rule { () throws(Refusal) in try task.write("/proc/self/uid_map", "0 1000 1") } == .mapAlreadySet)
    }

    @Test func namespaceIsTakenAtOpen() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(uid: 1000)
        let before = try task.open("/proc/self/uid_map")
        #expect(task.call(.unshare, CloneFlags.newUser) == 0)
        #expect(try String(decoding: before.contents(), as: UTF8.self) == "         0          0 4294967295\n")
        #expect(try task.read("/proc/self/uid_map").isEmpty)
    }

    @Test func strangersMayNotOpenForWriting() throws {
        let sentry = try TestSentry()
        let owner = try sentry.spawn(uid: 1000), other = try sentry.spawn(uid: 2000)
        #expect(owner.call(.unshare, CloneFlags.newUser) == 0)
        #expect(errno { () throws(Refusal) in try other.open("/proc/\(owner.pid)/uid_map", .writeOnly) } == .EACCES)
        #expect(
            rule { () throws(Refusal) in
                try sentry.spawn(uid: 1000).open("/proc/self/setgroups", .writeOnly)
            } == .setgroupsFileOpen)
    }

    @Test func undumpableTaskBelongsToRoot() throws {
        let sentry = try TestSentry()
        let task = try sentry.spawn(uid: 1000)
        #expect(try task.attributes("/proc/self/uid_map").uid == KUID(1000))
        task.task.image.dumpable = 0
        #expect(try task.attributes("/proc/self/uid_map").uid == .root)
        #expect(try task.attributes("/proc/self").uid == KUID(1000))
        #expect(errno { () throws(Refusal) in try task.open("/proc/self/uid_map", .writeOnly) } == .EACCES)
    }
}
