import Credentials
import Kernel
import LinuxABI
import SentryTesting
import Testing

@Suite struct ProcSysctl {
    /// Root of a user namespace that maps 0 to user 1000, with every other namespace its own.
    private func container(_ sentry: TestSentry) throws -> TestTask {
        let task = try sentry.spawn(uid: 1000)
        #expect(task.call(.unshare, CloneFlags.newUser) == 0)
        try task.write("/proc/self/uid_map", "0 1000 1")
        #expect(task.call(.unshare, CloneFlags([.newIPC, .newNet, .newUTS])) == 0)
        return task
    }

    @Test func rootOfAContainer() throws {
        let sentry = try TestSentry()
        let task = try container(sentry)
        for path in ["kernel/hostname", "vm/swappiness", "kernel/pid_max", "fs/file-max"] {
            #expect(rule { () throws(Refusal) in try task.open("/proc/sys/\(path)", .writeOnly) } == .sysctlOwner)
        }
        let writable = [
            "kernel/shmmax", "kernel/msg_next_id", "net/ipv4/ip_forward", "net/core/somaxconn", "fs/mqueue/msg_max",
            "user/max_uts_namespaces",
        ]
        for path in writable {
            #expect(errno { () throws(Refusal) in try task.write("/proc/sys/\(path)", "1") } == nil)
        }
        #expect(try task.read("/proc/sys/net/ipv4/ip_forward") == "1\n")
        #expect(try sentry.initTask.read("/proc/sys/net/ipv4/ip_forward") == "0\n")
        #expect(try task.attributes("/proc/sys/net/ipv4/ip_forward").uid == KUID(1000))
        #expect(try task.attributes("/proc/sys/kernel/msg_next_id").mode == FileMode(.regular, 0o444))
        #expect(try sentry.initTask.read("/proc/sys/kernel/shmmax") == "18446744073692774399\n")
    }

    @Test func userLimits() throws {
        let sentry = try TestSentry()
        #expect(try sentry.initTask.read("/proc/sys/user/max_user_namespaces") == "96365\n")
        let task = try container(sentry)
        #expect(try task.read("/proc/sys/user/max_uts_namespaces") == "2147483647\n")
        for text in ["2147483648", "-1", "x"] {
            #expect(
                errno { () throws(Refusal) in try task.write("/proc/sys/user/max_uts_namespaces", text) } == .EINVAL)
        }
        try task.write("/proc/sys/user/max_uts_namespaces", "1\n")
        #expect(try task.read("/proc/sys/user/max_uts_namespaces") == "1\n")
        let user = try sentry.spawn(uid: 1000)
        let denied = rule { () throws(Refusal) in try user.open("/proc/sys/user/max_uts_namespaces", .writeOnly) }
        #expect(denied == .sysctlUserLimit)
    }

    @Test func hostnameIsTheCallersUTSNamespace() throws {
        let sentry = try TestSentry()
        let task = try sentry.initTask.fork(.newUTS)
        try task.write("/proc/sys/kernel/hostname", "inner\n")
        #expect(try task.read("/proc/sys/kernel/hostname") == "inner\n")
        #expect(try sentry.initTask.read("/proc/sys/kernel/hostname") == "sentry\n")
    }

    @Test func lastPID() throws {
        let sentry = try TestSentry()
        let user = try sentry.spawn(uid: 1000)
        #expect(rule { () throws(Refusal) in try user.write("/proc/sys/kernel/ns_last_pid", "100") } == .sysctlLastPID)
        try sentry.initTask.write("/proc/sys/kernel/ns_last_pid", "100")
        #expect(try sentry.initTask.fork().pid == 101)
    }

    @Test func integersAreReadAsTheKernelDoes() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        try task.write("/proc/sys/vm/swappiness", " 0x10\n")
        #expect(try task.read("/proc/sys/vm/swappiness") == "16\n")
        #expect(errno { () throws(Refusal) in try task.write("/proc/sys/vm/swappiness", "201") } == .EINVAL)
        #expect(errno { () throws(Refusal) in try task.write("/proc/sys/vm/swappiness", "1x") } == .EINVAL)
        try task.write("/proc/sys/kernel/sem", "1 2")
        #expect(try task.read("/proc/sys/kernel/sem") == "1\t2\t500\t32000\n")
        #expect(errno { () throws(Refusal) in try task.open("/proc/sys/kernel/osrelease", .writeOnly) } == .EACCES)
        var change = AttributeChange()
        change.permissions = 0o666
        let inode = try task.task.lookup(Array("/proc/sys/vm/swappiness".utf8)).inode
        #expect(rule { () throws(Refusal) in try inode.setAttributes(change, for: task.task) } == .sysctlModeIsFixed)
    }

    @Test func identifiersAreUUIDs() throws {
        let sentry = try TestSentry()
        let task = sentry.initTask
        let boot = try task.read("/proc/sys/kernel/random/boot_id")
        #expect(boot.utf8.count == 37)
        #expect(try task.read("/proc/sys/kernel/random/boot_id") == boot)
        #expect(try task.read("/proc/sys/kernel/random/uuid") != task.read("/proc/sys/kernel/random/uuid"))
    }
}
